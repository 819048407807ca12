"""A switch's dynamic authorisation (RFC 5176) on a UDP port: it obeys, refuses, is silent or forgets, as it is told to.

What hostapd was measured to do is what it does unless told otherwise: wrong secrets, unsigned and stale requests get no
answer, unknown sessions a NAK 503, a CoA a NAK 401.
"""

import asyncio
import random
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from pyrad.packet import CoANAK, CoAPacket, CoARequest, DisconnectNAK, DisconnectRequest, PacketError

from contract.radius_attributes import Attribute, ErrorCause

STALE_SECONDS = 300


@dataclass(slots=True)
class Faults:
    """What goes wrong: shares of lost requests and answers, seconds of delay each way, and sessions that do not end.

    ``lies``: it says ACK and ends nothing.
    """

    lost: float = 0.0
    delay_seconds: float = 0.0
    silent: bool = False
    refuses: ErrorCause | None = None
    forgets_timestamp: bool = False
    lies: bool = False


@dataclass(slots=True)
class Seen:
    """What was asked of the switch so far; ``ended_mono`` are the seconds of a clock that only grows, by session."""

    requests: int = 0
    dropped: int = 0
    ended: list[str] = field(default_factory=list)
    ended_mono: dict[str, float] = field(default_factory=dict)


class EmulatedSwitch(asyncio.DatagramProtocol):
    """One switch with sessions by Acct-Session-Id and Calling-Station-Id; ``seed`` decides what is lost."""

    def __init__(self, secret: bytes, now: Callable[[], datetime], *, seed: int = 0) -> None:
        self.sessions: dict[str, str] = {}
        self.stations_cut: list[str] = []
        """Terminals whose port was taken down for a moment: whoever plays them asks again."""
        self.faults = Faults()
        self.seen = Seen()
        self._secret = secret
        self._now = now
        self._chance = random.Random(seed)  # noqa: S311 (which packet is lost)
        self._transport: asyncio.DatagramTransport | None = None
        self._answers: dict[bytes, bytes | None] = {}
        """What was answered to each request: told again, it says the same (RFC 5176 §2.1)."""

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Open a port, or any (0), and give it."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        opened: int = transport.get_extra_info("sockname")[1]
        return opened

    def list_sessions(self) -> list[tuple[str, str]]:
        """Give its own list of sessions: Acct-Session-Id and Calling-Station-Id of each."""
        return list(self.sessions.items())

    def forget(self) -> None:
        """Begin anew, as after a power cut: no session is left, and nobody is told."""
        self.sessions.clear()
        self._answers.clear()

    def close(self) -> None:
        """Close the port."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a request, or drop it."""
        self.seen.requests += 1
        reply = None if self.faults.silent or self._is_lost() else self._answer_once(data)
        if reply is None or self._is_lost():
            self.seen.dropped += 1
            return
        asyncio.get_running_loop().call_later(2 * self.faults.delay_seconds, self._send, reply, addr)

    def _send(self, reply: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(reply, addr)

    def _is_lost(self) -> bool:
        return self._chance.random() < self.faults.lost

    def _answer_once(self, data: bytes) -> bytes | None:
        if data not in self._answers:
            self._answers[data] = self._answer(data)
        return self._answers[data]

    def _answer(self, data: bytes) -> bytes | None:
        try:
            request = CoAPacket(secret=self._secret, packet=data)
        except PacketError:
            return None
        if not self._is_signed(request):
            return None
        if request.code == CoARequest:
            return self._refuse(request, CoANAK, ErrorCause.unsupported_attribute)
        if request.code != DisconnectRequest:
            return None
        if self.faults.refuses is not None:
            return self._refuse(request, DisconnectNAK, self.faults.refuses)
        return self._end(request)

    def _is_signed(self, request: CoAPacket) -> bool:
        if not (
            request.message_authenticator and request.VerifyCoARequest() and request.verify_message_authenticator()
        ):
            return False
        told = request.get(int(Attribute.event_timestamp), [b""])[0]
        if len(told) != 4:
            return self.faults.forgets_timestamp
        told_at: int = struct.unpack("!I", told)[0]
        return abs(told_at - self._now().timestamp()) <= STALE_SECONDS

    def _end(self, request: CoAPacket) -> bytes:
        session = request.get(int(Attribute.acct_session_id), [b""])[0].decode()
        station = request.get(int(Attribute.calling_station_id), [b""])[0].decode()
        known = [id_ for id_, of in self.sessions.items() if session in {"", id_} and station in {"", of}]
        if not known or not (session or station):
            return self._refuse(request, DisconnectNAK, ErrorCause.session_context_not_found)
        if not self.faults.lies:
            for id_ in known:
                self.stations_cut.append(self.sessions.pop(id_))
        self.seen.ended.extend(known)
        self.seen.ended_mono |= dict.fromkeys(known, time.monotonic())
        return self._finish(request.CreateReply())

    def _refuse(self, request: CoAPacket, code: int, cause: ErrorCause) -> bytes:
        reply = request.CreateReply()
        reply.code = code
        reply[int(Attribute.error_cause)] = [struct.pack("!I", cause)]
        return self._finish(reply)

    def _finish(self, reply: CoAPacket) -> bytes:
        reply.add_message_authenticator()
        data: bytes = reply.ReplyPacket()
        return data
