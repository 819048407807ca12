"""What every software card can do: answer a frame of its technology, or stay silent."""

from typing import Protocol, runtime_checkable


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


@runtime_checkable
class PoweredCard(Protocol):
    """A card that forgets something when the field goes."""

    def lose_power(self) -> None:
        """Forget what only power kept: sessions, challenges, states."""


def take_power(card: object) -> None:
    """Tell a card that the field is gone, if it cares."""
    if isinstance(card, PoweredCard):
        card.lose_power()


class TornCard:
    """A card that leaves in mid-exchange: after so many answers the next one comes cut short, then nothing.

    ``hears_last`` says whether the card still did what the torn command told it (its answer was lost), or not (the
    command was).
    """

    def __init__(self, card: Card, *, answers: int, cut_to_bytes: int = 1, hears_last: bool = True) -> None:
        self._card = card
        self._answers_left = answers
        self._cut_to_bytes = cut_to_bytes
        self._hears_last = hears_last

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer as the card does while it is still there."""
        if self._answers_left < 0 or (self._answers_left == 0 and not self._hears_last):
            return None
        whole = self._card.answer(modulation, frame)
        if whole is None:
            return None
        self._answers_left -= 1
        return whole if self._answers_left >= 0 else whole[: self._cut_to_bytes]

    def lose_power(self) -> None:
        """Pass it on; see :class:`PoweredCard`."""
        take_power(self._card)


class HeardCard:
    """A card whose frames are kept: what it was sent and what it answered, oldest first."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self.heard: list[tuple[bytes, bytes | None]] = []

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer as the card does."""
        answer = self._card.answer(modulation, frame)
        self.heard.append((frame, answer))
        return answer

    def lose_power(self) -> None:
        """Pass it on; see :class:`PoweredCard`."""
        take_power(self._card)
