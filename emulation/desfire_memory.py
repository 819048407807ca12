"""What a DESFire keeps: applications with their keys, and standard data files; and the words it refuses with."""

from dataclasses import dataclass, field

OK = 0x00
OUT_OF_MEMORY, ILLEGAL_COMMAND, INTEGRITY_ERROR, NO_SUCH_KEY = 0x0E, 0x1C, 0x1E, 0x40
LENGTH_ERROR, PERMISSION_DENIED, PARAMETER_ERROR, APPLICATION_NOT_FOUND = 0x7E, 0x9D, 0x9E, 0xA0
AUTHENTICATION_ERROR, ADDITIONAL_FRAME, BOUNDARY_ERROR, ABORTED = 0xAE, 0xAF, 0xBE, 0xCA
DUPLICATE, FILE_NOT_FOUND = 0xDE, 0xF0

TRANSPORT_KEY = bytes(16)
AES_KEYS = 0x80

FREE_DIRECTORY, CREATE_WITHOUT_MASTER, CHANGE_MASTER = 0x02, 0x04, 0x01
"""Bits of the key settings: who may list, who may create, whether the master key may change."""

_READ, _WRITE, _READ_AND_WRITE = 12, 8, 4  # where the right's nibble is
_FREE = 0x0E
_FULL = 0x03


class StatusError(Exception):
    """The card refuses; ``status`` is DESFire's code."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:02X}")
        self.status = status


@dataclass(slots=True)
class File:
    """A standard data file: how it travels (0 clear, 1 MAC, 3 enciphered), its rights by key, its content."""

    communication: int
    rights: int
    content: bytearray

    @property
    def is_enciphered(self) -> bool:
        """Tell whether it travels enciphered."""
        return self.communication == _FULL

    def read(self, key_number: int | None, at: int, length: int) -> bytes:
        """Give a range, 0 bytes meaning all. StatusError: no right to it, or not in the file."""
        self._check(key_number, _READ)
        content = bytes(self.content[at : at + length] if length else self.content[at:])
        if len(content) < length or at >= len(self.content):
            raise StatusError(BOUNDARY_ERROR)
        return content

    def write(self, key_number: int | None, at: int, content: bytes) -> None:
        """Write a range. StatusError: no right to it, or not in the file."""
        self._check(key_number, _WRITE)
        if at + len(content) > len(self.content):
            raise StatusError(BOUNDARY_ERROR)
        self.content[at : at + len(content)] = content

    @property
    def settings(self) -> bytes:
        """The answer to GetFileSettings."""
        size = len(self.content).to_bytes(3, "little")
        return bytes((0, self.communication)) + self.rights.to_bytes(2, "little") + size

    def _check(self, key_number: int | None, right: int) -> None:
        holders = {(self.rights >> right) & 0x0F, (self.rights >> _READ_AND_WRITE) & 0x0F}
        if not holders & {key_number, _FREE}:
            raise StatusError(AUTHENTICATION_ERROR)


@dataclass(slots=True)
class Application:
    """Keys with their versions, the key settings, and files. The card itself is one too."""

    keys: list[tuple[bytes, int]]
    settings: int = 0x0F
    files: dict[int, File] = field(default_factory=dict)

    def key(self, number: int) -> tuple[bytes, int]:
        """Give a key and its version. StatusError: there is none."""
        if number >= len(self.keys):
            raise StatusError(NO_SUCH_KEY)
        return self.keys[number]

    def changer(self, number: int) -> int | None:
        """Give the key that may change a key; None: nobody may."""
        if number == 0:
            return 0 if self.settings & CHANGE_MASTER else None
        needed = self.settings >> 4
        return {0x0E: number, 0x0F: None}.get(needed, needed)

    def file(self, number: int) -> File:
        """Give a file. StatusError: there is none."""
        if number not in self.files:
            raise StatusError(FILE_NOT_FOUND)
        return self.files[number]

    def create_file(self, header: bytes) -> None:
        """Create a file from CreateStdDataFile's seven bytes. StatusError: it is there."""
        if header[0] in self.files:
            raise StatusError(DUPLICATE)
        rights, size = int.from_bytes(header[2:4], "little"), int.from_bytes(header[4:7], "little")
        self.files[header[0]] = File(header[1], rights, bytearray(size))
