"""Wires between hosts: latency, one-way cuts, and connections that die of a lost packet but are missed only later."""

from collections.abc import Callable
from random import Random

from tests.sim.timeline import SECOND, Action, Timeline

MISSED_AFTER = 20 * SECOND
"""How long both ends believe in a connection that has lost a packet: a keep-alive and a half, as configured."""

Host = str
Way = tuple[Host, Host]


class Wire:
    """One connection between two hosts; in each direction packets arrive in order or, from some point on, never."""

    __slots__ = ("_arrives_at", "_dead", "_lost", "a", "b", "network", "open")

    def __init__(self, network: "Network", a: Host, b: Host, lost: Callable[[], None]) -> None:
        self.network = network
        self.a = a
        self.b = b
        self.open = True
        self._lost = lost
        self._dead: set[Way] = set()
        self._arrives_at: dict[Way, int] = {}

    def send(self, sender: Host, action: Action) -> None:
        """Have ``action`` happen at the other end, unless the packet is lost or the connection has ended by then."""
        way = (self.a, self.b) if sender == self.a else (self.b, self.a)
        if not self.open or way in self._dead:
            return
        if self.network.is_cut(way):
            self._dead.add(way)  # TCP gives no packet after a hole, so nothing follows on this connection
            self.network.timeline.after(MISSED_AFTER, self.close)
            return
        arrives_at = max(self.network.timeline.now + self.network.draw_latency(), self._arrives_at.get(way, 0))
        self._arrives_at[way] = arrives_at
        self.network.timeline.at(arrives_at, lambda: self._arrive(action))

    def close(self) -> None:
        """End the connection; both ends notice at once (a reset, or the keep-alive ran out)."""
        if self.open:
            self.open = False
            self._lost()

    def _arrive(self, action: Action) -> None:
        if self.open:
            action()


class Network:
    """All wires. A cut has a direction and ends by itself."""

    def __init__(self, timeline: Timeline, random: Random) -> None:
        self.timeline = timeline
        self._random = random
        self._cut_until: dict[Way, int] = {}

    def cut(self, way: Way, micros: int) -> None:
        """Lose every packet of the way from now on for so long."""
        self._cut_until[way] = max(self._cut_until.get(way, 0), self.timeline.now + micros)

    def is_cut(self, way: Way) -> bool:
        """Tell whether packets of the way are lost now."""
        return self._cut_until.get(way, 0) > self.timeline.now

    def heal(self) -> None:
        """End every cut."""
        self._cut_until.clear()

    def draw_latency(self) -> int:
        """Draw the microseconds that a packet takes: mostly a few hundred, sometimes many."""
        random = self._random.random()
        return 200 + int(random * 800) if random < 0.98 else 20_000 + int(random * 100_000)
