"""A Type A card that speaks APDUs over the air: ISO/IEC 14443-4 blocks around any card body of the PC/SC side.

Blocks as nfcpy and readers send them: I with chaining both ways, R(ACK), R(NAK), no CID, no NAD. Frames without CRC.
"""

from emulation.type_a_card import WAKE, TypeACard
from emulation.virtual_card import GET_DATA, LiftedError, PcscBody

ANSWER_TO_SELECT = bytes.fromhex("067577810280")
"""As a DESFire's: frames of 64 bytes to the card, 77 ms to answer."""

FRAME_BYTES = 61
"""What the card puts into one block, less than readers take, so that long answers are chained."""

_RATS = 0xE0
_CHAINED, _NUMBER = 0x10, 0x01
_I_BLOCK, _ACK, _NAK = 0x02, 0xA2, 0xB2


class IsoDepCard:
    """A card body in the field of a software reader."""

    def __init__(self, body: PcscBody) -> None:
        self._body = body
        self.lose_power()

    def lose_power(self) -> None:
        """Forget session and selection; a random number is drawn anew."""
        self._body.power()
        self._numbered = TypeACard(self._body.answer(GET_DATA)[:-2])
        self._command = b""
        self._answer: list[bytes] = []
        self._last = b""
        self._is_selected = False

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer a Type A frame; see :class:`~emulation.card.Card`."""
        if modulation != "106A" or not frame:
            return None
        if frame in WAKE:
            self._is_selected = False
        if not self._is_selected:
            self._is_selected = frame[0] == _RATS and len(frame) == 2
            return ANSWER_TO_SELECT if self._is_selected else self._numbered.answer(modulation, frame)
        kind, number = frame[0] & ~(_NUMBER | _CHAINED), frame[0] & _NUMBER
        if kind == _I_BLOCK:
            self._last = self._take(frame, number)
        elif frame[0] & ~_NUMBER == _ACK and self._answer:
            self._last = self._give(number)
        elif frame[0] & ~_NUMBER != _NAK:
            return None
        return self._last or None

    def _take(self, frame: bytes, number: int) -> bytes:
        self._command += frame[1:]
        if frame[0] & _CHAINED:
            return bytes((_ACK | number,))
        command, self._command = self._command, b""
        try:
            whole = self._body.answer(command)
        except LiftedError:
            return b""
        self._answer = [whole[at : at + FRAME_BYTES] for at in range(0, len(whole), FRAME_BYTES)]
        return self._give(number)

    def _give(self, number: int) -> bytes:
        part = self._answer.pop(0)
        return bytes((_I_BLOCK | number | (_CHAINED if self._answer else 0),)) + part
