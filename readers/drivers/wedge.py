"""Keyboard wedges: readers and QR scanners that type what they read, as a keyboard of their own.

A reader's ``path`` is ``/dev/input/by-id/usb-…-event-kbd?holds=decimal&ends=enter``: the input device's lasting name
and how it speaks. The device is grabbed for as long as it is read: nobody else is given its keys, so a number is not
typed into whatever has the focus. A device that cannot be grabbed is not read: somebody else's grab is ``busy``, a file
that is no input device ``not_an_input_device``. Between plugging in and the grab, a console gets what is typed.

Why not python-evdev: it would give a structure and an ioctl's number, but no characters, and nothing built for ARM.
"""

import errno
import fcntl
import os
from collections.abc import Callable
from typing import Literal

from readers.cards.qr import VisitCodeReader
from readers.drivers.device_file import device_fault, read_arrived
from readers.drivers.faults import ReaderError
from readers.drivers.input_events import TypedText
from readers.drivers.line_path import LinePath, line_reader, spoken_by
from readers.drivers.line_session import read_lines, split_lines
from readers.drivers.supervise import Pace, SupervisedReader

EVIOCGRAB = 0x40044590
"""linux/input.h: take a device for this descriptor alone; closing it gives the device back."""

_EVENTS_PER_READ = 128
_NO_INPUT_DEVICE = frozenset((errno.ENOTTY, errno.EINVAL, errno.EISDIR))
_EXAMPLE = "/dev/input/by-id/usb-Maker_Scanner-event-kbd?holds=decimal&ends=enter"


class WedgePath(LinePath):
    """How a wedge speaks: each line ``ends`` with ``enter`` or ``tab``."""

    ends: Literal["enter", "tab"] = "enter"


def open_grabbed(path: str) -> int:
    """Open an input device for us alone and give its descriptor, which does not block.

    Raises:
        OSError: it is not there, may not be opened, is grabbed by another program (EBUSY) or is no input device.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


class Wedge:
    """One open keyboard and the text that is typed on it; a :class:`~readers.drivers.line_session.LinePort`."""

    def __init__(self, path: str, open_device: Callable[[str], int] = open_grabbed) -> None:
        """Open it.

        Args:
            path: the input device.
            open_device: how; :func:`open_grabbed`, but for what carries a keyboard's events and is no input device.

        Raises:
            ReaderError: it is not there, is another program's, is no input device, or may not be opened by this user.
        """
        try:
            self._descriptor = open_device(path)
        except OSError as error:
            if error.errno in _NO_INPUT_DEVICE:
                raise ReaderError("failing", "not_an_input_device") from error
            raise device_fault(error) from error
        self._typed = TypedText()

    def fileno(self) -> int:
        """Give the descriptor, to wait on."""
        return self._descriptor

    def read(self) -> bytes:
        """Give the text typed since the last call; empty for none.

        Raises:
            ReaderError: the device is gone.
        """
        return self._typed.feed(read_arrived(self._descriptor, _EVENTS_PER_READ * self._typed.event_bytes))

    def close(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


def wedge_reader(
    reader: str,
    path: str,
    codes: VisitCodeReader | None = None,
    *,
    pace: Pace | None = None,
    open_device: Callable[[str], int] = open_grabbed,
) -> SupervisedReader:
    """Make the driver of the wedge that ``path`` names, in the words of :class:`WedgePath`.

    ``codes`` and ``pace`` are those of :func:`~readers.drivers.serial_ascii.serial_reader`, ``open_device`` that of
    :class:`Wedge`. Raises ValueError for a path that says something else; names it and what was expected.
    """
    spoken = spoken_by(reader, path, WedgePath, _EXAMPLE)
    read = line_reader(reader, spoken, codes, "number typed by a reader")
    split = split_tabs if spoken.ends == "tab" else split_lines
    return read_lines(reader, lambda: Wedge(spoken.device, open_device), split, read, pace)


def split_tabs(data: bytes) -> tuple[list[bytes], bytes]:
    """Give the lines that tabs have ended, without empty ones, and what has not ended."""
    *lines, rest = data.split(b"\t")
    return [line for line in lines if line], rest
