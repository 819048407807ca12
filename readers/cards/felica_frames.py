"""FeliCa frames (JIS X 6319-4, FeliCa Card User's Manual): commands built, answers checked to the byte. Pure.

A frame is its length (itself included), a code and the body; an answer's code is the command's plus one, and every
answer but that to Polling repeats the IDm it was sent to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from readers.cards.port import GarbledAnswerError

IDM_BYTES = 8
PMM_BYTES = 8
BLOCK_BYTES = 16
BLOCKS_MAX = 4
"""What one frame asks for at most; FeliCa Lite-S gives no more."""

ANY_SYSTEM = 0xFFFF

_POLLING, _READ, _WRITE, _REQUEST_SYSTEM_CODE = 0x00, 0x06, 0x08, 0x0C
_FRAME_BYTES_MAX = 255
_WITH_SYSTEM_CODE, _ONE_TIME_SLOT = 0x01, 0x00
_SHORT_BLOCK = 0x80  # a block list element of two bytes: first service of the list, block below 256

WriteOutcome = Literal["written", "worn"]
"""``worn``: written, and the card says that it was written more often than its maker vouches for (status FF 71)."""

Refusal = Literal["no_such_service", "no_such_block", "needs_authentication", "mac_refused", "memory_error", "other"]

_WORN = 0x71
_REFUSALS: dict[int, Refusal] = {
    0x70: "memory_error",
    0xA6: "no_such_service",
    0xA8: "no_such_block",
    0xB1: "needs_authentication",
    0xB2: "mac_refused",
}


class CommandRefusedError(Exception):
    """The card answered with an error status: ``why`` sorts it, the text has both status flags."""

    def __init__(self, flag1: int, flag2: int) -> None:
        super().__init__(f"status {flag1:02x} {flag2:02x}")
        self.why: Refusal = _REFUSALS.get(flag2, "other")


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What a card says to Polling: its number in the system that answered, its parameters, and that system's code."""

    idm: bytes
    pmm: bytes
    system: int | None


def build_polling(system: int) -> bytes:
    """Ask for a card with this system (ANY_SYSTEM: any), in one time slot, and for the system's code."""
    return _frame(_POLLING, system.to_bytes(2, "big") + bytes((_WITH_SYSTEM_CODE, _ONE_TIME_SLOT)))


def parse_polling(frame: bytes) -> PollAnswer:
    """Give what a card answered to Polling; old cards leave the system code out.

    Raises:
        GarbledAnswerError: it is no such answer.
    """
    body = _body(frame, _POLLING)
    if len(body) not in {IDM_BYTES + PMM_BYTES, IDM_BYTES + PMM_BYTES + 2}:
        raise GarbledAnswerError(f"an answer to Polling of {len(frame)} bytes")
    code = body[IDM_BYTES + PMM_BYTES :]
    return PollAnswer(body[:IDM_BYTES], body[IDM_BYTES:][:PMM_BYTES], int.from_bytes(code, "big") if code else None)


def build_request_system_code(idm: bytes) -> bytes:
    """Ask for the codes of all the card's systems; FeliCa Lite-S does not know this command and stays silent."""
    return _frame(_REQUEST_SYSTEM_CODE, _checked_idm(idm))


def parse_system_codes(frame: bytes, idm: bytes) -> tuple[int, ...]:
    """Give the card's system codes, in its order.

    Raises:
        GarbledAnswerError: it is no such answer.
    """
    body = _body_of(frame, _REQUEST_SYSTEM_CODE, idm)
    if not body or len(body) != 1 + 2 * body[0]:
        raise GarbledAnswerError("a list of system codes that does not fit its count")
    return tuple(int.from_bytes(body[at : at + 2], "big") for at in range(1, len(body), 2))


def build_read(idm: bytes, service: int, blocks: Sequence[int]) -> bytes:
    """Read Without Encryption: 1 to BLOCKS_MAX blocks of one service.

    Raises:
        ValueError: an argument is out of range.
    """
    return _frame(_READ, _checked_idm(idm) + _service(service) + _block_list(blocks))


def parse_read(frame: bytes, idm: bytes, count: int) -> tuple[bytes, ...]:
    """Give the blocks read, BLOCK_BYTES each.

    Raises:
        CommandRefusedError: the card refused.
        GarbledAnswerError: it is no such answer, or not of ``count`` blocks.
    """
    body = _body_of(frame, _READ, idm)
    if len(body) < 2:
        raise GarbledAnswerError("an answer to a read without its status")
    if body[:2] != b"\x00\x00":
        raise CommandRefusedError(body[0], body[1])
    data = body[3:]
    if len(body) != 3 + BLOCK_BYTES * count or body[2] != count:
        raise GarbledAnswerError(f"an answer of {len(data)} bytes to a read of {count} blocks")
    return tuple(data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES))


def build_write(idm: bytes, service: int, blocks: Sequence[tuple[int, bytes]]) -> bytes:
    """Write Without Encryption: blocks of one service, each its number and BLOCK_BYTES of data.

    Raises:
        ValueError: an argument is out of range.
    """
    if any(len(data) != BLOCK_BYTES for _, data in blocks):
        raise ValueError(f"a block has {BLOCK_BYTES} bytes")
    data = b"".join(data for _, data in blocks)
    return _frame(_WRITE, _checked_idm(idm) + _service(service) + _block_list([number for number, _ in blocks]) + data)


def parse_write(frame: bytes, idm: bytes) -> WriteOutcome:
    """Tell that the card wrote.

    Raises:
        CommandRefusedError: the card refused.
        GarbledAnswerError: it is no such answer.
    """
    body = _body_of(frame, _WRITE, idm)
    if len(body) != 2:
        raise GarbledAnswerError(f"an answer of {len(frame)} bytes to a write")
    if body[1] == _WORN:
        return "worn"
    if body != b"\x00\x00":
        raise CommandRefusedError(body[0], body[1])
    return "written"


def _frame(code: int, body: bytes) -> bytes:
    length = 2 + len(body)
    if length > _FRAME_BYTES_MAX:
        raise ValueError(f"a frame has at most {_FRAME_BYTES_MAX} bytes, not {length}")
    return bytes((length, code)) + body


def _service(service: int) -> bytes:
    return b"\x01" + service.to_bytes(2, "little")


def _block_list(blocks: Sequence[int]) -> bytes:
    if not 1 <= len(blocks) <= BLOCKS_MAX or not all(0 <= number <= 0xFF for number in blocks):
        raise ValueError(f"expected 1 to {BLOCKS_MAX} blocks below 256, not {list(blocks)}")
    return bytes((len(blocks),)) + b"".join(bytes((_SHORT_BLOCK, number)) for number in blocks)


def _checked_idm(idm: bytes) -> bytes:
    if len(idm) != IDM_BYTES:
        raise ValueError(f"an IDm has {IDM_BYTES} bytes")
    return idm


def _body(frame: bytes, command: int) -> bytes:
    if len(frame) < 2 or frame[0] != len(frame):
        raise GarbledAnswerError(f"a frame of {len(frame)} bytes that says otherwise")
    if frame[1] != command + 1:
        raise GarbledAnswerError(f"an answer {frame[1]:02x} to the command {command:02x}")
    return frame[2:]


def _body_of(frame: bytes, command: int, idm: bytes) -> bytes:
    body = _body(frame, command)
    if body[:IDM_BYTES] != idm:
        raise GarbledAnswerError("an answer in the name of another card")
    return body[IDM_BYTES:]
