"""A My Number card as far as a reader without a PIN sees it, and a witness of what a reader tried.

The rules follow public code (OpenSC, jpki/myna) and no real card. It counts every VERIFY and notes every application
that was asked for, so that a test can say that none but the permitted was touched.
"""

import os
from collections.abc import Callable

from emulation.virtual_card import GET_DATA, contactless_atr

JPKI = bytes.fromhex("d392f000260100000001")
FACE = bytes.fromhex("d3921000310001010402")
CERTIFICATE_FILE, SIGNING_FILE = b"\x00\x0a", b"\x00\x01"

_OK, _NOT_FOUND, _NOT_ALLOWED, _NEEDS_PIN = b"\x90\x00", b"\x6a\x82", b"\x69\x86", b"\x69\x82"
_NO_SUCH_COMMAND, _WRONG_OFFSET, _ENDED_EARLY = b"\x6d\x00", b"\x6b\x00", b"\x62\x82"
_PIN_TRIES = 3


class MyNumberCard:
    """A card with an authentication certificate (DER); its number is drawn anew whenever the field comes on."""

    def __init__(self, certificate: bytes | None, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self.atr = contactless_atr(bytes.fromhex("000005e0b381a100"))
        self.verify_commands = 0
        self.asked_applications: list[bytes] = []
        self._files = {} if certificate is None else {CERTIFICATE_FILE: certificate}
        self._random_bytes = random_bytes
        self.power()

    def power(self) -> None:
        """Lose the field and find it again."""
        self._number = self._random_bytes(4)
        self._application = b""
        self._file = b""

    def answer(self, command: bytes) -> bytes:
        """Answer an APDU."""
        if command == GET_DATA:
            return self._number + _OK
        if len(command) < 4 or command[0] != 0x00:
            return b"\x6e\x00"
        body = command[5 : 5 + command[4]] if len(command) > 5 else b""
        match command[1]:
            case 0xA4 if command[2] == 0x04:
                return self._select(body)
            case 0xA4 if command[2] == 0x02:
                return self._select_file(body)
            case 0x20:
                self.verify_commands += 1
                return bytes((0x63, 0xC0 | max(0, _PIN_TRIES - self.verify_commands)))
            case 0xB0:
                return self._read(command)
        return _NO_SUCH_COMMAND

    def _select(self, application: bytes) -> bytes:
        self.asked_applications.append(application)
        if application not in {JPKI, FACE}:
            return _NOT_FOUND
        self._application, self._file = application, b""
        return _OK

    def _select_file(self, file: bytes) -> bytes:
        if self._application != JPKI:
            return _NOT_ALLOWED
        if file not in {*self._files, SIGNING_FILE}:
            return _NOT_FOUND
        self._file = file
        return _OK

    def _read(self, command: bytes) -> bytes:
        if not self._file:
            return _NOT_ALLOWED
        if self._file == SIGNING_FILE:
            return _NEEDS_PIN
        content, offset = self._files[self._file], (command[2] & 0x7F) << 8 | command[3]
        wanted = command[4] or 256
        if offset >= len(content):
            return _WRONG_OFFSET
        part = content[offset : offset + wanted]
        return part + (_OK if len(part) == wanted else _ENDED_EARLY)
