"""Telling a switch to end a session: Disconnect-Request (RFC 5176) with tries, and what the switch answered.

CoA with another VLAN is not used: switches refuse it or ignore it. Each request has an Event-Timestamp and a
Message-Authenticator; an answer counts when its authenticators are right. A try repeats the same packet, so that a
switch that obeyed and whose answer was lost answers again.
"""

import asyncio
import logging
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import cast

from pyrad.packet import CoAPacket, DisconnectACK, DisconnectNAK, DisconnectRequest, PacketError

from contract.radius_attributes import Attribute, ErrorCause
from domain.zones.tier_session import CUT_TRIES, SessionAct

log = logging.getLogger(__name__)

WAITS_SECONDS = (0.25, 0.5, 1.0)
"""How long an answer to each try is waited for: three tries end within two seconds."""

AT_ONCE = 128
"""So many requests to one switch wait for an answer at the same time; an identifier is one octet."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch as it is told of: where it listens, the secret, and which attributes it needs to find a session."""

    id: str
    host: str
    port: int
    secret: bytes
    finds_by: tuple[Attribute, ...] = (Attribute.calling_station_id, Attribute.acct_session_id)


@dataclass(frozen=True, slots=True)
class Target:
    """A session as its switch knows it; what is empty was never told."""

    values: Mapping[Attribute, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: obeyed, unknown, refused or unanswered, after so many tries, and the switch's own reason."""

    act: SessionAct
    tries: int
    error_cause: int | None = None


class _Line:
    """The requests to one switch that wait for an answer."""

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(AT_ONCE)
        self.waiting: dict[int, tuple[CoAPacket, asyncio.Future[CoAPacket]]] = {}
        self.last = 0

    def take_id(self) -> int:
        """Give an identifier that nothing waits under; there are twice as many as may wait."""
        while True:
            self.last = (self.last + 1) % 256
            if self.last not in self.waiting:
                return self.last


class Disconnector(asyncio.DatagramProtocol):
    """Sends over one socket to all switches; ``now`` stamps the requests."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lines: dict[tuple[str, int], _Line] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, now: Callable[[], datetime], *, bind: str = "0.0.0.0") -> "Disconnector":  # noqa: S104 (it asks, nothing listens)
        """Open the socket."""
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_datagram_endpoint(lambda: cls(now), local_addr=(bind, 0))
        return protocol

    def close(self) -> None:
        """Close the socket; what waits is unanswered."""
        if self._transport is not None:
            self._transport.close()

    async def cut(self, switch: Switch, target: Target) -> Outcome:
        """Tell a switch to end a session, and give what came of it; it never raises for what a switch does."""
        place = (switch.host, switch.port)
        line = self._lines.setdefault(place, _Line())
        async with line.room:
            id_ = line.take_id()
            request = self._write(switch, target, id_)
            data: bytes = request.RequestPacket()
            answer: asyncio.Future[CoAPacket] = asyncio.get_running_loop().create_future()
            line.waiting[id_] = (request, answer)
            try:
                for tries, seconds in enumerate(WAITS_SECONDS[:CUT_TRIES], 1):
                    self._send(data, place)
                    done, _ = await asyncio.wait((answer,), timeout=seconds)
                    if done:
                        return _read(answer.result(), tries)
                return Outcome(SessionAct.unanswered, CUT_TRIES)
            finally:
                del line.waiting[id_]

    def _write(self, switch: Switch, target: Target, id_: int) -> CoAPacket:
        request = CoAPacket(code=DisconnectRequest, id=id_, secret=switch.secret)
        for attribute in switch.finds_by:
            if value := target.values.get(attribute, ""):
                number = attribute is Attribute.nas_port
                request[int(attribute)] = [struct.pack("!I", int(value)) if number else value.encode()]
        request[int(Attribute.event_timestamp)] = [struct.pack("!I", int(self._now().timestamp()))]
        request.add_message_authenticator()
        return request

    def _send(self, data: bytes, place: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, place)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Give an answer to whoever waits for it; anything else is dropped."""
        line = self._lines.get((addr[0], addr[1]))
        waiting = line.waiting.get(data[1]) if line is not None and len(data) > 1 else None
        if waiting is None:
            return
        request, answer = waiting
        try:
            reply = CoAPacket(secret=request.secret, packet=data)
            is_right = reply.code in {DisconnectACK, DisconnectNAK} and request.VerifyReply(reply, data)
        except PacketError:
            is_right = False
        if is_right and not answer.done():
            answer.set_result(reply)

    def error_received(self, exc: Exception) -> None:
        """A switch that does not listen: its request waits its time and is unanswered."""
        log.debug("disconnect: %s", type(exc).__name__)


def _read(reply: CoAPacket, tries: int) -> Outcome:
    if reply.code == DisconnectACK:
        return Outcome(SessionAct.obeyed, tries)
    told = reply.get(int(Attribute.error_cause), [b""])[0]
    cause = struct.unpack("!I", told)[0] if len(told) == 4 else None
    gone = cause == ErrorCause.session_context_not_found
    return Outcome(SessionAct.unknown if gone else SessionAct.refused, tries, cause)
