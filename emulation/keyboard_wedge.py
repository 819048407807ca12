"""A reader that types, as the kernel tells of it: input events in a named pipe, which has no grab and is never torn."""

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

_EVENT = struct.Struct("@llHHi")
_SYN, _KEY, _MISC = 0, 1, 4
_REPORT, _DROPPED, _SCAN = 0, 3, 4
LEFT_SHIFT = 42
_KEYS = {character: 2 + place for place, character in enumerate("1234567890-=")}
_KEYS |= {character: 16 + place for place, character in enumerate("qwertyuiop[]\n")}
_KEYS |= {character: 30 + place for place, character in enumerate("asdfghjkl;'`")}
_KEYS |= {character: 43 + place for place, character in enumerate("\\zxcvbnm,./")} | {" ": 57, "\t": 15}
_WITH_SHIFT = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))


class KeyboardWedge:
    """The reader at the far end; ``path`` is what the program under test opens."""

    def __init__(self, path: Path, *, end: str = "\n") -> None:
        """Make it, plugged in; it types ``end`` after each line."""
        self.path = path
        self._end = end
        self._pipe = -1
        self.plug()

    def plug(self) -> None:
        """Plug it in, also after :meth:`unplug`."""
        os.mkfifo(self.path)
        self._pipe = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def unplug(self) -> None:
        """Pull it out: the program's reads end, and the path is gone."""
        self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            os.close(self._pipe)
        self._pipe = -1

    def tell(self, text: str) -> None:
        """Type a line."""
        self.write(events_of(text + self._end))

    def write(self, data: bytes) -> None:
        """Send bytes as they are; what does not fit in a pipe is lost."""
        with contextlib.suppress(OSError):
            os.write(self._pipe, data)


def event(kind: int, code: int, value: int) -> bytes:
    """Give one event of this machine's size, at a time of no matter."""
    return _EVENT.pack(1_900_000_000, 250_000, kind, code, value)


def key(code: int, *values: int) -> bytes:
    """Give a key's events, each with its scan code before and a report behind: 1 is pressed, 2 repeated, 0 released."""
    return b"".join(event(_MISC, _SCAN, 0x70000 + code) + event(_KEY, code, value) + REPORT for value in values)


def events_of(text: str) -> bytes:
    """Give the events that type this text on a US keyboard.

    Raises:
        KeyError: a character that such a keyboard has not.
    """
    return b"".join(_strokes(text))


def _strokes(text: str) -> Iterator[bytes]:
    for character in text:
        plain = _WITH_SHIFT.get(character, character.lower())
        stroke = key(_KEYS[plain], 1, 0)
        yield stroke if plain == character else key(LEFT_SHIFT, 1) + stroke + key(LEFT_SHIFT, 0)


REPORT = event(_SYN, _REPORT, 0)
DROPPED = event(_SYN, _DROPPED, 0)
"""What the kernel tells a reader that was too slow: events are missing."""
