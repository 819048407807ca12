"""An MQTT 5 broker with mosquitto's measured vices (docs/decisions/0008-simulation.md names each).

What it holds is in memory alone; PUBACK says only that the broker took the message; a full queue drops the newest in
silence and still says yes; un-acknowledged deliveries come again, but only when the client reconnects; the client that
connects last under a name cuts off the one before.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Protocol

from tests.sim.network import Network, Wire
from tests.sim.timeline import Trace

INFLIGHT_MAX = 20
NAME = "broker"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to a subscriber; ``packet`` is what an acknowledgement names."""

    packet: int
    topic: str
    payload: bytes
    retained: bool = False
    again: bool = False


class Client(Protocol):
    """What the broker tells a client; ``wire`` says through which connection it came."""

    name: str  # the client id, and the host's name on the network

    def on_connected(self, wire: Wire, *, resumed: bool) -> None:
        """CONNACK; ``resumed`` tells that the broker still held the session."""

    def on_message(self, wire: Wire, delivery: Delivery) -> None:
        """PUBLISH from the broker."""

    def on_puback(self, wire: Wire, packet: int) -> None:
        """The broker says yes to a publish. It proves nothing."""

    def on_disconnected(self, wire: Wire) -> None:
        """The connection ended."""


@dataclass(slots=True)
class _Session:
    client: Client
    wire: Wire | None
    lasting: bool
    filters: set[str] = field(default_factory=set)
    queue: deque[tuple[str, bytes, bool]] = field(default_factory=deque)
    inflight: "OrderedDict[int, Delivery]" = field(default_factory=OrderedDict)
    packet: int = 0


class Broker:
    """The broker process and its host."""

    def __init__(self, network: Network, trace: Trace, *, queue_max: int) -> None:
        self.network = network
        self.up = True
        self.deliver_twice = 0  # a fault: so many of the next deliveries go out two times
        self.drops_next = 0  # a fault: so many of the next messages are thrown away
        self.dropped = 0
        self._trace = trace
        self._queue_max = queue_max
        self._sessions: dict[str, _Session] = {}
        self._retained: dict[str, bytes] = {}
        self._routes: dict[str, list[_Session]] = {}

    # ---- what clients ask ----------------------------------------------------------------------------------------

    def connect(self, client: Client, *, lasting: bool) -> Wire:
        """Open a connection and send CONNECT; the answer comes to ``client.on_connected``, or never."""
        wire = Wire(self.network, client.name, NAME, lambda: self._on_lost(client, wire))
        if self.up:
            wire.send(client.name, lambda: self._on_connect(client, wire, lasting=lasting))
        else:
            self.network.timeline.after(1000, wire.close)  # connection refused
        return wire

    def subscribe(self, wire: Wire, filters: list[str]) -> None:
        """Add filters to the session of the connection's client; retained messages follow."""
        wire.send(wire.a, lambda: self._on_subscribe(wire, filters))

    def publish(self, wire: Wire, packet: int, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish with QoS 1."""
        wire.send(wire.a, lambda: self._on_publish(wire, packet, topic, payload, retain=retain))

    def acknowledge(self, wire: Wire, packet: int) -> None:
        """PUBACK of a delivery."""
        wire.send(wire.a, lambda: self._on_acknowledged(wire, packet))

    # ---- faults --------------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """SIGKILL: connections, sessions, queues and retained messages are gone; persistence is off."""
        self.up = False
        held = sum(len(s.queue) + len(s.inflight) for s in self._sessions.values())
        self._trace.note(NAME, "killed", held)
        sessions, self._sessions = list(self._sessions.values()), {}
        self._retained.clear()
        self._routes.clear()
        for session in sessions:
            if session.wire is not None:
                session.wire.close()

    def start(self) -> None:
        """Start with nothing."""
        self.up = True
        self._trace.note(NAME, "started")

    def inject(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Route a message as though somebody allowed to had published it."""
        if self.up:
            self._route(topic, payload, retain=retain)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _on_connect(self, client: Client, wire: Wire, *, lasting: bool) -> None:
        if not self.up:
            wire.close()
            return
        session = self._sessions.get(client.name)
        if session is not None and session.wire is not None:
            self._trace.note(NAME, "took over", client.name)
            session.wire.close()
            session = self._sessions.get(client.name)
        resumed = session is not None and lasting
        if session is None or not lasting:
            session = self._sessions[client.name] = _Session(client, wire, lasting)
        session.client, session.wire, session.lasting = client, wire, lasting
        self._routes.clear()
        wire.send(NAME, lambda: client.on_connected(wire, resumed=resumed))
        for delivery in list(session.inflight.values()):
            again = Delivery(delivery.packet, delivery.topic, delivery.payload, delivery.retained, again=True)
            self._send(session, again)
        self._drain(session)

    def _on_subscribe(self, wire: Wire, filters: list[str]) -> None:
        session = self._session_of(wire)
        if session is None:
            return
        session.filters.update(filters)
        self._routes.clear()
        for topic, payload in self._retained.items():
            if any(_fits(pattern, topic) for pattern in filters):
                self._enqueue(session, topic, payload, retained=True)

    def _on_publish(self, wire: Wire, packet: int, topic: str, payload: bytes, *, retain: bool) -> None:
        session = self._session_of(wire)
        if session is None:
            return
        self._route(topic, payload, retain=retain)
        client = session.client
        wire.send(NAME, lambda: client.on_puback(wire, packet))

    def _on_acknowledged(self, wire: Wire, packet: int) -> None:
        session = self._session_of(wire)
        if session is not None:
            session.inflight.pop(packet, None)
            self._drain(session)

    def _on_lost(self, client: Client, wire: Wire) -> None:
        session = self._sessions.get(client.name)
        if session is not None and session.wire is wire:
            session.wire = None
            if not session.lasting:
                del self._sessions[client.name]
            self._routes.clear()
        self.network.timeline.after(0, lambda: client.on_disconnected(wire))

    def _session_of(self, wire: Wire) -> _Session | None:
        session = self._sessions.get(wire.a)
        return session if session is not None and session.wire is wire else None

    def _route(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if retain:
            self._retained[topic] = payload
        sessions = self._routes.get(topic)
        if sessions is None:
            sessions = [s for s in self._sessions.values() if any(_fits(pattern, topic) for pattern in s.filters)]
            self._routes[topic] = sessions
        for session in sessions:
            self._enqueue(session, topic, payload, retained=False)

    def _enqueue(self, session: _Session, topic: str, payload: bytes, *, retained: bool) -> None:
        if len(session.queue) >= self._queue_max or self.drops_next > 0:
            self.drops_next = max(0, self.drops_next - 1)
            self.dropped += 1
            self._trace.note(NAME, "dropped in silence", topic)
            return
        session.queue.append((topic, payload, retained))
        self._drain(session)

    def _drain(self, session: _Session) -> None:
        while session.wire is not None and session.queue and len(session.inflight) < INFLIGHT_MAX:
            topic, payload, retained = session.queue.popleft()
            session.packet += 1
            delivery = Delivery(session.packet, topic, payload, retained)
            session.inflight[delivery.packet] = delivery
            self._send(session, delivery)

    def _send(self, session: _Session, delivery: Delivery) -> None:
        wire, client = session.wire, session.client
        if wire is None:
            return
        times = 1
        if self.deliver_twice > 0:
            self.deliver_twice -= 1
            times = 2
        for _ in range(times):
            wire.send(NAME, lambda: client.on_message(wire, delivery))


def _fits(pattern: str, topic: str) -> bool:
    if pattern == topic:
        return True
    ours, theirs = pattern.split("/"), topic.split("/")
    return len(ours) == len(theirs) and all(a in {"+", b} for a, b in zip(ours, theirs, strict=True))
