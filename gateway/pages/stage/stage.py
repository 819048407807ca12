"""The stage: in a demo, the visitor taps a card himself. Whoever runs one gives it to ``create_pages``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StageAccount:
    """An account the sign-in page may offer with its password, because nobody real stands behind it."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class StageCard:
    """A card to tap with. ``person_id`` is empty for a card nobody has; ``note`` says what is special about it."""

    id: str
    person_id: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class StageReader:
    """A reader to tap at; ``id`` is the site's reader id, from which its door and its names follow."""

    id: str


class Stage(Protocol):
    """What the demo lends to the pages."""

    def accounts(self) -> Sequence[StageAccount]:
        """Give the accounts that the sign-in page offers."""

    def cards(self) -> Sequence[StageCard]:
        """Give the cards, in the order to show them."""

    def readers(self) -> Sequence[StageReader]:
        """Give the readers, in the order to show them."""

    def tap(self, card_id: str, reader_id: str) -> None:
        """Hold the card to the reader; returns at once, the door answers by the ordinary path."""
