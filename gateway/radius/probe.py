"""What a model of switch does when it is told to end sessions: a table of answers, each beside what is expected.

Vendors differ, and what a data sheet says of RFC 5176 is little: so a switch is asked before it is trusted. Nothing
here touches a session but the one that is named, and that one only at the end.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pyrad.packet import (
    CoAACK,
    CoANAK,
    CoAPacket,
    CoARequest,
    DisconnectACK,
    DisconnectNAK,
    DisconnectRequest,
    PacketError,
)

from contract.radius_attributes import Attribute, ErrorCause
from gateway.radius.disconnect import Switch, Target

STALE = timedelta(seconds=400)
NOBODY = "sekisho-probe-of-nobody"
NO_STATION = "02-00-5E-00-53-00"
"""A session, and the network address of a terminal, that no switch has (locally administered; RFC 7042 §2.1.2)."""


class Mark(StrEnum):
    """What an answer is worth."""

    good = "good"
    weak = "weak"  # it works, and could be abused or helps less than it might
    bad = "bad"  # sessions cannot be ended reliably


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its name, and what is expected and what would do, in Japanese and English."""

    name: str
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What came: ``got`` in words of the protocol (``ACK``, ``NAK 503``; ``-``: nothing), after how long."""

    asked: Asked
    got: str
    mark: Mark
    milliseconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Variant:
    """How a request is made: what is wrong with it on purpose."""

    code: int = DisconnectRequest
    secret: bytes | None = None
    signed: bool = True
    age: timedelta | None = timedelta()
    values: Mapping[Attribute, str] = field(default_factory=lambda: MappingProxyType({}))


_SILENT = "-"
_LOOK_SECONDS = 0.2
_UNKNOWN = f"NAK {ErrorCause.session_context_not_found.value}"

CHECKS: tuple[tuple[Asked, _Variant, Mapping[str, Mark], Mark], ...] = (
    (
        Asked("secret", "違う共有鍵には答えない", "no answer to a wrong secret"),
        _Variant(secret=b"sekisho probe: not the secret"),
        {_SILENT: Mark.good},
        Mark.bad,
    ),
    (
        Asked("unknown", "知らないセッションには NAK 503", "NAK 503 for a session it does not know"),
        _Variant(),
        {_UNKNOWN: Mark.good, _SILENT: Mark.bad},
        Mark.weak,
    ),
    (
        Asked("unsigned", "Message-Authenticator のない要求には答えない", "no answer without a Message-Authenticator"),
        _Variant(signed=False),
        {_SILENT: Mark.good},
        Mark.weak,
    ),
    (
        Asked("undated", "Event-Timestamp のない要求には答えない", "no answer without an Event-Timestamp"),
        _Variant(age=None),
        {_SILENT: Mark.good},
        Mark.weak,
    ),
    (
        Asked("stale", "古い要求には答えない", "no answer to a request of long ago"),
        _Variant(age=STALE),
        {_SILENT: Mark.good},
        Mark.weak,
    ),
    (
        Asked("vlan", "CoA で VLAN を変えられるか", "whether CoA can move a session to another VLAN"),
        _Variant(code=CoARequest),
        {"ACK": Mark.good},
        Mark.good,
    ),
)
"""Asked of a session that nobody has: the question, how it is made, what each answer is worth, and any other one."""


ENDING: tuple[tuple[Asked, Mapping[str, Mark], Mark], ...] = (
    (Asked("end", "セッションを切って ACK を返す", "ends a session and says ACK"), {"ACK": Mark.good}, Mark.bad),
    (
        Asked("again", "同じ要求をもう一度受けても同じ答え", "the same request again gets the same answer"),
        {"ACK": Mark.good, _UNKNOWN: Mark.good},
        Mark.weak,
    ),
    (Asked("gone", "切ったあとはもう知らない", "afterwards it knows it no more"), {_UNKNOWN: Mark.good}, Mark.bad),
)
"""Asked of the session that may be ended: once, the same once more, and a second later by another request."""

BOUNCE = Asked("bounce", "端末がすぐつなぎ直す（リンクを落とす）", "its terminal asks again at once (the port bounces)")
"""Seen in our own book: the switch's answer does not say it."""
BOUNCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """Whom to ask, and by which clocks: ``now`` stamps the requests, ``clock`` counts seconds that only grow."""

    switch: Switch
    now: Callable[[], datetime]
    clock: Callable[[], float]
    wait_seconds: float = 1.5
    came_back: Callable[[datetime], bool] | None = None
    """Tells whether the terminal has asked again since an instant; None: nobody can tell, and it is not looked for."""
    sleep: Callable[[float], None] = time.sleep

    def ask(self, target: Target | None) -> Iterator[Answered]:
        """Ask everything, and give each answer as it comes; ``target`` may be ended, at the end (None: nothing is)."""
        with socket.socket(_family(self.switch.host), socket.SOCK_DGRAM) as line:
            line.connect((self.switch.host, self.switch.port))
            for asked, variant, worth, other in CHECKS:
                got, milliseconds = self._exchange(line, _write(self.switch, variant, self.now()))
                yield Answered(asked, got, worth.get(got, other), milliseconds)
            if target is not None:
                yield from self._end(line, target)

    def _end(self, line: socket.socket, target: Target) -> Iterator[Answered]:
        values = {attribute: target.values.get(attribute, "") for attribute in self.switch.finds_by}
        request = _write(self.switch, _Variant(values=values), self.now())
        later = _write(self.switch, _Variant(values=values), self.now() + timedelta(seconds=1))
        ended_at, began, has_ended = self.now(), self.clock(), False
        for (asked, worth, other), told in zip(ENDING, (request, request, later), strict=True):
            got, milliseconds = self._exchange(line, told)
            has_ended |= got == "ACK"
            yield Answered(asked, got, worth.get(got, other), milliseconds)
        if has_ended and self.came_back is not None:
            yield self._await_return(self.came_back, ended_at, began)

    def _await_return(self, came_back: Callable[[datetime], bool], ended_at: datetime, began: float) -> Answered:
        while True:
            is_back, taken = came_back(ended_at), self.clock() - began
            if is_back:
                return Answered(BOUNCE, "Access-Request", Mark.good, taken * 1000)
            if taken >= BOUNCE_SECONDS:
                return Answered(BOUNCE, _SILENT, Mark.weak)
            self.sleep(_LOOK_SECONDS)

    def _exchange(self, line: socket.socket, request: CoAPacket) -> tuple[str, float | None]:
        began = self.clock()
        line.send(request.RequestPacket())
        request.secret = self.switch.secret  # an answer is the switch's own, whatever the request was signed with
        while (left := self.wait_seconds - (self.clock() - began)) > 0:
            line.settimeout(left)
            try:
                data = line.recv(4096)
            except (TimeoutError, ConnectionRefusedError):
                break
            if (got := _read(self.switch, request, data)) is not None:
                return got, (self.clock() - began) * 1000
        return _SILENT, None


def _write(switch: Switch, variant: _Variant, now: datetime) -> CoAPacket:
    request = CoAPacket(code=variant.code, secret=variant.secret or switch.secret)
    values = variant.values or dict.fromkeys(switch.finds_by, NOBODY) | (
        {Attribute.calling_station_id: NO_STATION} if Attribute.calling_station_id in switch.finds_by else {}
    )
    for attribute, value in values.items():
        if value:
            request[int(attribute)] = [value.encode()]
    if variant.age is not None:
        request[int(Attribute.event_timestamp)] = [struct.pack("!I", int((now - variant.age).timestamp()))]
    if variant.signed:
        request.add_message_authenticator()
    return request


def _read(switch: Switch, request: CoAPacket, data: bytes) -> str | None:
    """Give what an answer says; None for one that belongs to another request or is not the switch's."""
    try:
        reply = CoAPacket(secret=switch.secret, packet=data)
    except PacketError:
        return None
    if reply.id != request.id or not request.VerifyReply(reply, data):
        return None
    if reply.code in {DisconnectACK, CoAACK}:
        return "ACK"
    told = reply.get(int(Attribute.error_cause), [b""])[0]
    cause = struct.unpack("!I", told)[0] if len(told) == 4 else ""
    return f"NAK {cause}".rstrip() if reply.code in {DisconnectNAK, CoANAK} else None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
