"""How the due time of a key is found: one rule, one value."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.civil import MINUTES_PER_DAY

MINUTES_MAX = 366 * MINUTES_PER_DAY


class DueKind(StrEnum):
    """How a due time is found."""

    absolute = "absolute"  # at ``at``
    relative = "relative"  # so many minutes after it was taken
    end_of_reservation = "end_of_reservation"  # and so many minutes after that
    office_day = "office_day"  # on the same day; when that is over or no office day, on the next office day


@dataclass(frozen=True, slots=True)
class DueRule:
    """A rule and its one value: ``at`` of an absolute one, ``minutes`` of the others.

    Of ``office_day`` it is the minute of the day until which keys are taken back (1035 is 17:15).
    """

    kind: DueKind
    minutes: int = 0
    at: datetime | None = None
