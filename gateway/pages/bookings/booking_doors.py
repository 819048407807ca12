"""What a booking gives at the doors, in the page's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.bookings.granted import Granted
from gateway.pages.entrance.visit import Visit
from gateway.pages.words import Language


@dataclass(frozen=True, slots=True)
class ToldDoor:
    """One sentence, with its times where it holds for a time; ``is_fault``: somebody has to see to it."""

    words: str
    from_at: datetime | None
    until_at: datetime | None
    is_fault: bool


def tell_doors(visit: Visit, granted: Iterable[Granted]) -> tuple[ToldDoor, ...]:
    """Say what opens, for whom, until when, and what lacks."""
    return tuple(
        ToldDoor(each.told[0 if visit.language is Language.ja else 1], each.from_at, each.until_at, each.is_fault)
        for each in granted
    )
