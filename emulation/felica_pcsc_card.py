"""A FeliCa card as a PC/SC reader of ACS shows it: its IDm by Get Data, whole frames by FF 00 00 00 Lc.

Modelled from the maker's manual and public code; not checked against a reader.
"""

from emulation.card import Card, take_power
from emulation.virtual_card import GET_DATA, felica_atr

_FRAME = bytes.fromhex("ff000000")
_OK, _NO_ANSWER, _NO_SUCH_COMMAND = b"\x90\x00", b"\x63\x00", b"\x6a\x81"
_MODULATION = "212F"
_POLL_ANY = bytes.fromhex("0600ffff0000")


class FelicaPcscCard:
    """A software FeliCa card in such a reader; ``frames`` False is a reader that passes no frames on."""

    def __init__(self, card: Card, *, frames: bool = True) -> None:
        self.atr = felica_atr()
        self._card = card
        self._passes_frames = frames

    def power(self) -> None:
        """Let the card lose the field, if it minds."""
        take_power(self._card)

    def answer(self, command: bytes) -> bytes:
        """Answer an APDU as the reader does; the card itself gets FeliCa frames alone."""
        if command == GET_DATA:
            polled = self._card.answer(_MODULATION, _POLL_ANY)
            return _NO_ANSWER if polled is None else polled[2:10] + _OK
        if command[:4] == _FRAME and self._passes_frames and len(command) > 5:
            answer = self._card.answer(_MODULATION, command[5 : 5 + command[4]])
            return _NO_ANSWER if answer is None else answer + _OK
        return _NO_SUCH_COMMAND
