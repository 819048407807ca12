"""An ISO/IEC 14443 Type A card as far as its number: REQA, anticollision, selection. Frames come without CRC."""

import os
from collections.abc import Callable
from functools import reduce
from operator import xor

WAKE = (b"\x26", b"\x52")
"""REQA and WUPA."""

_CASCADE_TAG = b"\x88"
_LEVELS = (0x93, 0x95, 0x97)
_ANTICOLLISION, _SELECT = 0x20, 0x70
_UID_INCOMPLETE = 0x04

ATQA = b"\x44\x03"
SAK_ISO_DEP = 0x20


class TypeACard:
    """A card with a UID of 4, 7 or 10 bytes; ``random_uid`` gives a fresh 08xxxxxx whenever the field comes on."""

    def __init__(
        self, uid: bytes = b"", *, random_uid: bool = False, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._uid = uid
        self._random_bytes = random_bytes if random_uid else None
        self._levels: list[bytes] = []

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer a Type A frame; see :class:`~emulation.card.Card`."""
        if modulation != "106A":
            return None
        if frame in WAKE:
            self._wake()
            return ATQA
        if len(frame) < 2 or frame[0] not in _LEVELS[: len(self._levels)]:
            return None
        level = _LEVELS.index(frame[0])
        part = self._levels[level]
        if frame[1:] == bytes((_ANTICOLLISION,)):
            return part
        if frame[1:] == bytes((_SELECT,)) + part:
            return bytes((SAK_ISO_DEP if level == len(self._levels) - 1 else _UID_INCOMPLETE,))
        return None

    def _wake(self) -> None:
        uid = self._uid if self._random_bytes is None else b"\x08" + self._random_bytes(3)
        if len(uid) > 4:
            uid = _CASCADE_TAG + uid
        if len(uid) > 8:
            uid = uid[:4] + _CASCADE_TAG + uid[4:]
        parts = (uid[at : at + 4] for at in range(0, len(uid), 4))
        self._levels = [part + bytes((reduce(xor, part),)) for part in parts]
