"""What a desk does with cards, the same for every technology: issue one, give one newer keys. Both mend torn cards.

Every call ends with the card proven the way a door proves it; only then does it return. The version that a card is
moved *from* is not chosen: it is whichever the card has, as long as the desk can still derive that version's keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contract.technologies import KeyedTechnology
from readers.cards.port import CardChannel, CardReading


class DeskRefusedError(Exception):
    """The card is of another kind or does not allow it; nothing was changed. Says what to do, Japanese first."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """A card that carries the wanted version, proven; ``changed`` tells whether it did not before."""

    reading: CardReading
    changed: bool


class DeskTechnology(Protocol):
    """One technology at the desk.

    Both calls raise the same errors:

    - DeskRefusedError: the card is of another kind, or does not allow it; nothing was changed;
    - NotGenuineError: the card does not hold a key that it should hold, or refused a step;
    - CardLeftError, GarbledAnswerError: torn; the same call on the same card completes what was begun;
    - RefusedCardError: its number is random or emulated, or two cards lie there;
    - KeyUnavailableError: a master cannot be used; ReaderError: it was the reader that failed.
    """

    @property
    def technology(self) -> KeyedTechnology:
        """What it is called in records and in the register."""

    def masters(self, version: int) -> tuple[str, ...]:
        """Give the labels of the masters that cards of a version need; asking for them changes nothing."""

    def issue(self, channel: CardChannel, version: int) -> CardReading:
        """Make a blank card one of ours, with keys of ``version``; give what a door will read."""

    def rekey(self, channel: CardChannel, version: int, known: Sequence[int]) -> Rekeyed:
        """Give a card of ours the keys of ``version``.

        Args:
            channel: the card.
            version: the version it is to carry.
            known: versions it may have had, likeliest first, for a torn card that says the new one already.
        """
