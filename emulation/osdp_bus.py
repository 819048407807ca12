"""An RS-485 bus in software: devices hear every command on a line, and what they answer goes back.

Frames are IEC 60839-11-5's: mark, start, address, length, control, security block, code, data, MAC, check value.
"""

import binascii
import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

from emulation.pty_line import PtyLine

START = 0x53
_SEQUENCE, _CRC, _BLOCK = 0x03, 0x04, 0x08
_CRC_START = 0x1D0F
_COMMANDS_KEPT = 20_000


class OsdpDevice(Protocol):
    """Something on the bus."""

    def answer(self, frame: bytes) -> Iterable[bytes]:
        """Hear a command (from its start byte on); give what goes back on the line, piece by piece."""


class OsdpBus:
    """Runs devices on a line in a thread, until closed."""

    def __init__(self, line: PtyLine, devices: Sequence[OsdpDevice]) -> None:
        self.line = line
        self.devices = list(devices)
        self.commands: list[bytes] = []
        self.replies: list[bytes] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="osdp-bus", daemon=True)
        self._thread.start()

    @property
    def codes(self) -> list[int]:
        """The codes of all commands heard."""
        return [code_of(command) for command in self.commands]

    def close(self) -> None:
        """End the thread and unplug the line."""
        self._ended.set()
        self._thread.join(5)
        self.line.unplug()

    def _run(self) -> None:
        heard = b""
        while not self._ended.is_set():
            frames, heard = split_frames(heard + self.line.read(0.05))
            for frame in frames:
                self.commands = [*self.commands[-_COMMANDS_KEPT:], frame]
                for device in list(self.devices):
                    for piece in device.answer(frame):
                        self.replies = [*self.replies[-_COMMANDS_KEPT:], piece]
                        self.line.write(piece)


def split_frames(data: bytes) -> tuple[list[bytes], bytes]:
    """Give the whole frames in what a control panel sent, from their start bytes on, and the rest."""
    frames: list[bytes] = []
    while (at := data.find(START)) >= 0:
        data = data[at:]
        size = int.from_bytes(data[2:4], "little")
        if len(data) < 5 or len(data) < size:
            return frames, data
        frames.append(data[:size])
        data = data[size:]
    return frames, b""


def make_frame(
    address: int, sequence: int, payload: bytes, block: bytes = b"", *, mac: bytes = b"", crc: bool = True
) -> bytes:
    """Give a reply of a reader at ``address``: ``payload`` is code and data, ``block`` the security block whole."""
    control = sequence | (_CRC if crc else 0) | (_BLOCK if block else 0)
    size = 5 + len(block) + len(payload) + len(mac) + (2 if crc else 1)
    head = bytes((START, address | 0x80)) + size.to_bytes(2, "little") + bytes((control,)) + block + payload + mac
    return head + check_value(head, crc=crc)


def check_value(data: bytes, *, crc: bool = True) -> bytes:
    """Give the check value over a frame's bytes before it."""
    if crc:
        return binascii.crc_hqx(data, _CRC_START).to_bytes(2, "little")
    return bytes((-sum(data) & 0xFF,))


def sequence_of(frame: bytes) -> int:
    """Give a frame's sequence number."""
    return frame[4] & _SEQUENCE


def address_of(frame: bytes) -> int:
    """Give the address a frame is for or from."""
    return frame[1] & 0x7F


def block_of(frame: bytes) -> bytes:
    """Give a frame's security block; empty if it has none."""
    return frame[5 : 5 + frame[5]] if frame[4] & _BLOCK else b""


def code_of(frame: bytes) -> int:
    """Give a frame's command or reply code."""
    return frame[5 + len(block_of(frame))]
