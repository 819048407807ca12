"""What every software card can do: answer a frame of its technology, or stay silent."""

from typing import Protocol


class Card(Protocol):
    """A card in a field."""

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer one frame.

        Args:
            modulation: ``212F``, ``424F`` (FeliCa, frames with their length byte) or ``106A`` (Type A, without CRC).
            frame: what the reader sends.

        Returns:
            The card's frame; None is silence, which is all that a card of another technology ever gives.
        """


class TornCard:
    """A card that leaves in mid-exchange: after so many answers it sends the next one cut short, then nothing."""

    def __init__(self, card: Card, *, answers: int, cut_to_bytes: int = 1) -> None:
        self._card = card
        self._answers_left = answers
        self._cut_to_bytes = cut_to_bytes

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer as the card does while it is still there."""
        whole = self._card.answer(modulation, frame)
        if whole is None or self._answers_left < 0:
            return None
        self._answers_left -= 1
        return whole if self._answers_left >= 0 else whole[: self._cut_to_bytes]
