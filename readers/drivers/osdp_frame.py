"""OSDP's frames (IEC 60839-11-5, data link layer): whole, with a true check value, of exactly the form they claim."""

import binascii
from dataclasses import dataclass

FRAME_BYTES_MAX = 256
"""libosdp's packet buffer; a longer frame is none that it could answer."""

SEARCH_BYTES_MAX = 2048
"""How much may gather while a reply is searched for; more is a flood."""

MARK, START = 0xFF, 0x53
CHALLENGE, CRYPTOGRAM, AUTHENTICATED, ENCRYPTED = 0x11, 0x13, 0x15, 0x17
"""Security block types of commands (SCS_11, 13, 15, 17); the reply to each has the next number."""

_HEADER_BYTES = 5
_CRC_START = 0x1D0F
_REPLY, _SEQUENCE, _CRC, _BLOCK = 0x80, 0x03, 0x04, 0x08
_MAC_BYTES, _CIPHER_BLOCK = 4, 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. ``block`` is its security block type (0: none), ``key_kind`` the byte a handshake block carries.

    ``body`` is what follows the command or reply code, without MAC and check value; encrypted where the block says so.
    """

    address: int
    is_reply: bool
    sequence: int
    block: int
    key_kind: int
    code: int
    body: bytes
    raw: bytes


def read_frame(raw: bytes) -> Frame | None:
    """Read one frame that ``raw`` is from start byte to check value (a mark before it is skipped).

    None for whatever is not exactly that: false length or check value, reserved control bits, a security block that
    does not fit its type, a body that does not fit its block. What libosdp computes with lengths is safe behind this.
    """
    raw = raw[1:] if raw[:1] == bytes((MARK,)) else raw
    if not _HEADER_BYTES + 2 <= len(raw) <= FRAME_BYTES_MAX or raw[0] != START:
        return None
    address, size, control = raw[1], int.from_bytes(raw[2:4], "little"), raw[4]
    if size != len(raw) or control & ~(_SEQUENCE | _CRC | _BLOCK):
        return None
    check = 2 if control & _CRC else 1
    if raw[-check:] != _check_value(raw[:-check], check):
        return None
    block, key_kind, begin, end = 0, 0, _HEADER_BYTES, len(raw) - check
    if control & _BLOCK:
        length, block = raw[begin], raw[begin + 1]
        handshake = CHALLENGE <= block < AUTHENTICATED
        if (
            not CHALLENGE <= block <= ENCRYPTED + 1
            or length != (3 if handshake else 2)
            or size < begin + length + check
        ):
            return None
        key_kind = raw[begin + 2] if handshake else 0
        begin += length
        end -= 0 if handshake else _MAC_BYTES
    if end <= begin or not _body_fits(block, end - begin - 1):
        return None
    is_reply, sequence = bool(address & _REPLY), control & _SEQUENCE
    return Frame(address & 0x7F, is_reply, sequence, block, key_kind, raw[begin], raw[begin + 1 : end], raw)


class ReplySearch:
    """Finds the frames of one address in what the line brings, whatever lies between them."""

    def __init__(self, address: int) -> None:
        self._start = bytes((START, address | _REPLY))
        self._gathered = b""
        self.brought = 0

    @property
    def is_flooded(self) -> bool:
        """Tell whether more came than any reply with noise around it."""
        return self.brought > SEARCH_BYTES_MAX

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes and give the replies that are complete now. A false start hides no true one behind it."""
        self.brought += len(data)
        if self.is_flooded:
            self._gathered = b""
            return []
        gathered = self._gathered + data
        found: list[Frame] = []
        at, done, unfinished = 0, 0, -1
        while (at := gathered.find(self._start, at)) >= 0:
            size = int.from_bytes(gathered[at + 2 : at + 4], "little")
            frame = read_frame(gathered[at : at + size])
            if frame is not None:
                found.append(frame)
                at = done = at + size
                unfinished = -1
                continue
            missing = max(_HEADER_BYTES, size) - (len(gathered) - at)
            if unfinished < 0 and missing > 0 and size <= FRAME_BYTES_MAX:
                unfinished = at
            at += 1
        self._gathered = gathered[unfinished if unfinished >= 0 else max(done, len(gathered) - 1) :]
        return found


def _check_value(data: bytes, size: int) -> bytes:
    if size == 2:
        return binascii.crc_hqx(data, _CRC_START).to_bytes(2, "little")
    return bytes((-sum(data) & 0xFF,))


def _body_fits(block: int, size: int) -> bool:
    return block not in (ENCRYPTED, ENCRYPTED + 1) or (size > 0 and size % _CIPHER_BLOCK == 0)
