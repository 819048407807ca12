"""A FeliCa card without keys: polling, system codes, and blocks that anybody may read.

Written from nfcpy's source and public FeliCa write-ups, tested against nfcpy only: that this card refuses something
proves nothing about real cards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

COMMON_AREA = 0xFE00
FCF_SERVICE = 0x1A8B
"""The staff and student card format FCF: number and name, readable without a key by design."""

PATIENT_PMM = bytes.fromhex("0120ffffffffffff")
"""IC code 20, a Standard card, with the longest time-outs. A Lite-S says 00f1000000014300, 0.9 ms for a read, which no
datagram socket keeps under load."""

_POLLING, _READ, _REQUEST_SYSTEM_CODE = 0x00, 0x06, 0x0C
_SYSTEM_CODE_REQUESTED, _RATE_REQUESTED = 1, 2
_NO_SUCH_SERVICE, _NO_SUCH_BLOCK, _MALFORMED = b"\xff\xa6", b"\x01\xa8", b"\xff\xa1"

Services = Mapping[int, tuple[bytes, ...]]
"""Service code → its blocks of 16 bytes."""


@dataclass(frozen=True, slots=True)
class FelicaCard:
    """A card with its IDm (8 bytes), PMm (8 bytes) and systems in order; system n answers with n in the IDm's top."""

    idm: bytes
    pmm: bytes = PATIENT_PMM
    systems: Mapping[int, Services] = field(default_factory=lambda: {COMMON_AREA: {}})

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer a FeliCa frame; see :class:`~emulation.card.Card`."""
        if modulation not in {"212F", "424F"} or len(frame) < 2 or frame[0] != len(frame):
            return None
        response = self._poll(frame) if frame[1] == _POLLING else self._command(frame)
        return None if response is None else bytes((len(response) + 1,)) + response

    def _poll(self, frame: bytes) -> bytes | None:
        if len(frame) != 6:
            return None
        for number, system in enumerate(self.systems):
            code = system.to_bytes(2, "big")
            if all(wanted in {0xFF, have} for wanted, have in zip(frame[2:4], code, strict=True)):
                request = {_SYSTEM_CODE_REQUESTED: code, _RATE_REQUESTED: b"\x00\x83"}.get(frame[4], b"")
                return b"\x01" + self._idm_of(number) + self.pmm + request
        return None

    def _command(self, frame: bytes) -> bytes | None:
        number = frame[2] >> 4 if len(frame) >= 10 else len(self.systems)
        if number >= len(self.systems) or frame[2:10] != self._idm_of(number):
            return None
        if frame[1] == _REQUEST_SYSTEM_CODE:
            codes = b"".join(system.to_bytes(2, "big") for system in self.systems)
            body = bytes((len(self.systems),)) + codes
        elif frame[1] == _READ:
            body = _read(list(self.systems.values())[number], frame[10:])
        else:
            return None
        return bytes((frame[1] + 1,)) + frame[2:10] + body

    def _idm_of(self, number: int) -> bytes:
        return bytes(((self.idm[0] & 0x0F) | number << 4,)) + self.idm[1:]


def fcf_card(idm: bytes, staff_number: str) -> FelicaCard:
    """Make a staff card in the FCF format with block 0 alone: division "01", number (12 characters), reissue "0".

    The name block of a real card is personal data; no software card carries one.
    """
    block = b"01" + staff_number.encode("ascii").ljust(12)[:12] + b"0" + b"0"
    return FelicaCard(idm, systems={COMMON_AREA: {FCF_SERVICE: (block,)}})


def parse_block_list(request: bytes) -> tuple[list[int], list[tuple[int, int]], bytes]:
    """Take a read's or a write's body apart: its service codes, its blocks as (service code, number), and what follows.

    Raises:
        IndexError: it ends too early, or a block names a service that is not listed.
    """
    end = 1 + 2 * request[0]
    codes = [int.from_bytes(request[at : at + 2], "little") for at in range(1, end, 2)]
    blocks, at = [], end + 1
    for _ in range(request[end]):
        short = request[at] & 0x80
        number = request[at + 1] if short else int.from_bytes(request[at + 1 : at + 3], "little")
        blocks.append((codes[request[at] & 0x0F], number))
        at += 2 if short else 3
    return codes, blocks, request[at:]


def _read(services: Services, request: bytes) -> bytes:
    """Read Without Encryption: one or more services, then a list of blocks of two or three bytes each."""
    try:
        codes, blocks, _ = parse_block_list(request)
    except IndexError:
        return _MALFORMED
    if any(code not in services for code in codes):
        return _NO_SUCH_SERVICE
    if any(number >= len(services[code]) for code, number in blocks):
        return _NO_SUCH_BLOCK
    return b"\x00\x00" + bytes((len(blocks),)) + b"".join(services[code][number] for code, number in blocks)
