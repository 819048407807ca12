"""The kernel's input events of a keyboard, and the text that they type.

Layout: a US keyboard, which scanners come set to. The letters and digits of numbers and visit codes lie where a
Japanese keyboard has them, too. CapsLock and NumLock are passed over: capitals are typed with shift, the keypad types
digits. The key numbers are those of linux/input-event-codes.h.
"""

import struct

WORD_BYTES = struct.calcsize("@L")
"""The size of the two numbers of an event's time; a 32-bit process is given its own by a 64-bit kernel."""

NO_CHARACTER = b"\0"
"""What a key types that has no character (F1, a key with Ctrl), and what stands for events that the kernel dropped: it
is in no number and no code, so that nothing is read from a line with a gap."""

_EV_SYN, _EV_KEY = 0, 1
_SYN_REPORT, _SYN_DROPPED = 0, 3
_RELEASED, _PRESSED = 0, 1

_SHIFTS = frozenset((42, 54))
_CHORDS = frozenset((29, 97, 56, 100, 125, 126))  # Ctrl, Alt, Meta
_LOCKS = frozenset((58, 69, 70))

_ROWS = (
    (2, b"1234567890-=", b"!@#$%^&*()_+"),
    (15, b"\tqwertyuiop[]\n", b"\tQWERTYUIOP{}\n"),
    (30, b"asdfghjkl;'`", b'ASDFGHJKL:"~'),
    (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
    (55, b"*", b"*"),
    (57, b" ", b" "),
    (71, b"789-456+1230.", b"789-456+1230."),
    (96, b"\n", b"\n"),
    (98, b"/", b"/"),
)


_PLAIN = {first + place: bytes((typed,)) for first, row, _ in _ROWS for place, typed in enumerate(row)}
_SHIFTED = {first + place: bytes((typed,)) for first, _, row in _ROWS for place, typed in enumerate(row)}


class TypedText:
    """What the events of one keyboard type, wherever their bytes are cut.

    Enter types LF, tab types HT. Only presses type: releases and a held key's repetition do not.
    """

    def __init__(self, word_bytes: int = WORD_BYTES) -> None:
        """Begin with no key held; ``word_bytes`` is 8 for events of 24 bytes, 4 for events of 16."""
        self._event = struct.Struct(f"={2 * word_bytes}xHHi")
        self._rest = b""
        self._held: set[int] = set()
        self._is_dropping = False

    @property
    def event_bytes(self) -> int:
        """The size of one event."""
        return self._event.size

    def feed(self, data: bytes) -> bytes:
        """Give the text that these bytes type, with those that an earlier call left over."""
        data = self._rest + data
        whole = len(data) - len(data) % self.event_bytes
        self._rest = data[whole:]
        return b"".join(self._typed(*event) for event in self._event.iter_unpack(data[:whole]))

    def _typed(self, kind: int, code: int, value: int) -> bytes:
        if kind == _EV_SYN:
            return self._synchronised(code)
        if kind != _EV_KEY or self._is_dropping:
            return b""
        if code in _SHIFTS | _CHORDS:
            (self._held.discard if value == _RELEASED else self._held.add)(code)
            return b""
        if value != _PRESSED or code in _LOCKS:
            return b""
        if self._held & _CHORDS:
            return NO_CHARACTER
        return (_SHIFTED if self._held & _SHIFTS else _PLAIN).get(code, NO_CHARACTER)

    def _synchronised(self, code: int) -> bytes:
        """Mark a gap; what follows a drop up to the next report is of no use, and which keys are held is not known."""
        if code == _SYN_DROPPED:
            self._is_dropping = True
            self._held.clear()
            return NO_CHARACTER
        if code == _SYN_REPORT:
            self._is_dropping = False
        return b""
