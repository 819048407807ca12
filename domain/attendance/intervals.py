"""Rest between two duties: less than eleven hours is told (R18)."""

from dataclasses import dataclass
from datetime import date

from domain.attendance.day import DayAssessment
from domain.attendance.profile import InForce


@dataclass(frozen=True, slots=True)
class ShortInterval:
    """The rest before the duty of ``on``; ends are axis minutes."""

    on: date
    starts: int
    ends: int

    @property
    def minutes(self) -> int:
        """Count the minutes of rest."""
        return self.ends - self.starts


def assess_intervals(days: tuple[DayAssessment, ...], profile: InForce) -> tuple[ShortInterval, ...]:
    """Find the rests that are too short.

    A duty reaches over its counted minutes and over flagged presence, which may turn out to be work (R14, R15). A few
    minutes before the start or after the end, below the threshold, are neither (S2).
    """
    short: list[ShortInterval] = []
    ended: int | None = None
    for day in days:
        spans = [*day.regular, *day.unordered, *(span for _, ordered in day.ordered for span in ordered)]
        if not spans:
            continue
        starts = min(start for start, _ in spans)
        if ended is not None and 0 < starts - ended < profile.on(day.on).interval_minutes:
            short.append(ShortInterval(day.on, ended, starts))
        ended = max(end for _, end in spans)
    return tuple(short)
