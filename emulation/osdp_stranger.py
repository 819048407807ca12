"""OSDP readers and lines that do not play by the rules: what a reader network has to survive."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable

from emulation.osdp_bus import OsdpDevice, address_of, block_of, check_value, code_of, make_frame, sequence_of
from emulation.osdp_session import ReaderSession

POLL, ID, CAP, LSTAT, ISTAT, CHLNG, SCRYPT = 0x60, 0x61, 0x62, 0x64, 0x65, 0x76, 0x77
ACK, NAK, PDID, PDCAP, LSTATR, ISTATR, RAW, CCRYPT, RMAC_I, BUSY = (
    0x40, 0x41, 0x45, 0x46, 0x48, 0x49, 0x50, 0x76, 0x78, 0x79,
)  # fmt: skip
CARD = bytes((RAW, 0, 1, 26, 0)) + bytes.fromhex("deadbec0")
"""A card of 26 bits, as a reader tells it."""

SECURE_CAPABILITIES = bytes((1, 1, 2, 2, 1, 2, 4, 1, 1, 5, 1, 1, 8, 1, 0, 9, 1, 0))
"""Two inputs, two relays, lamp, tone, CRC, AES-128."""


class StrangeReader:
    """A reader that speaks the protocol by itself and can be told to break it.

    ``key_kind`` is what it says of its key (0: the default key). ``secret_replies`` are sent one a poll, as a session's
    messages; ``answers`` replaces what it would say to a command code, in clear.
    """

    def __init__(
        self, address: int, key: bytes, *, key_kind: int = 1, capabilities: bytes = SECURE_CAPABILITIES
    ) -> None:
        self.address = address
        self.secret_replies: deque[bytes] = deque()
        self.answers: dict[int, bytes] = {}
        self._key = key
        self._key_kind = key_kind
        self._capabilities = capabilities
        self._session: ReaderSession | None = None
        self._last: tuple[int, bytes] = (-1, b"")

    def answer(self, frame: bytes) -> Iterable[bytes]:
        """Hear a command; see :class:`~emulation.osdp_bus.OsdpDevice`."""
        if address_of(frame) != self.address:
            return []
        sequence = sequence_of(frame)
        if sequence and sequence == self._last[0]:
            return [self._last[1]]
        reply = self._reply(frame, code_of(frame), sequence)
        self._last = (sequence, reply)
        return [reply]

    def _reply(self, frame: bytes, code: int, sequence: int) -> bytes:
        if code in self.answers:
            return make_frame(self.address, sequence, self.answers[code])
        body = frame[5 + len(block_of(frame)) + 1 :]
        match code:
            case 0x61:
                return make_frame(self.address, sequence, bytes((PDID,)) + bytes(12))
            case 0x62:
                return make_frame(self.address, sequence, bytes((PDCAP,)) + self._capabilities)
            case 0x76:
                self._session = ReaderSession(self._key, body[:8])
                pd_random = os.urandom(8)
                proof = self._session.client_cryptogram(pd_random)
                payload = bytes((CCRYPT,)) + bytes(8) + pd_random + proof
                return make_frame(self.address, sequence, payload, bytes((3, 0x12, self._key_kind)))
            case 0x77 if self._session is not None:
                payload = bytes((RMAC_I,)) + self._session.first_reply_mac(body[:16])
                return make_frame(self.address, sequence, payload, bytes((3, 0x14, 1)))
        if self._session is None or not self._session.accepts(frame[:-6], frame[-6:-2]):
            return make_frame(self.address, sequence, bytes((NAK, 6)))
        return self._secret(self._session, code, sequence)

    def _secret(self, session: ReaderSession, code: int, sequence: int) -> bytes:
        match code:
            case 0x64:
                payload = bytes((LSTATR, 0, 0))
            case 0x65:
                payload = bytes((ISTATR, 1, 0))
            case 0x60 if self.secret_replies:
                payload = self.secret_replies.popleft()
            case _:
                payload = bytes((ACK,))
        return seal(session, self.address, sequence, payload)


def seal(session: ReaderSession, address: int, sequence: int, payload: bytes) -> bytes:
    """Give a message of a session: encrypted where it has data, with its MAC."""
    code, data = payload[:1], payload[1:]
    block = bytes((2, 0x18 if data else 0x16))
    payload = code + (session.encrypt(data) if data else b"")
    unsealed = make_frame(address, sequence, payload, block, mac=bytes(4))
    return make_frame(address, sequence, payload, block, mac=session.seal(unsealed[:-6]))


class Tampering:
    """Somebody in the line: ``change`` gets a command and the honest reply, and says what reaches the panel."""

    def __init__(self, device: OsdpDevice, change: Callable[[bytes, bytes], Iterable[bytes]]) -> None:
        self._device = device
        self.change = change

    def answer(self, frame: bytes) -> Iterable[bytes]:
        """Hear a command; see :class:`~emulation.osdp_bus.OsdpDevice`."""
        return [piece for reply in self._device.answer(frame) for piece in self.change(frame, reply)]


class Slow:
    """A line on which replies trickle: so many bytes at a time."""

    def __init__(self, device: OsdpDevice, size: int, pause_seconds: float) -> None:
        self._device = device
        self._size = size
        self._pause_seconds = pause_seconds

    def answer(self, frame: bytes) -> Iterable[bytes]:
        """Hear a command; see :class:`~emulation.osdp_bus.OsdpDevice`."""
        for reply in self._device.answer(frame):
            for at in range(0, len(reply), self._size):
                time.sleep(self._pause_seconds)
                yield reply[at : at + self._size]


def with_true_check(frame: bytes) -> bytes:
    """Give a changed frame the check value that fits it, as anybody can."""
    return frame[:-2] + check_value(frame[:-2])
