"""What a day is planned to be: regular hours with breaks, a rest day, a statutory rest day, or a holiday."""

from dataclasses import dataclass
from enum import StrEnum

from domain.attendance.spans import Spans, subtract, total


class DayKind(StrEnum):
    """週休日 ``rest``, 法定休日 ``statutory_rest``, 祝日と年末年始 ``holiday``; any other day is ``work``."""

    work = "work"
    rest = "rest"
    statutory_rest = "statutory_rest"
    holiday = "holiday"


@dataclass(frozen=True, slots=True)
class Hours:
    """Regular hours in minutes from 00:00 of the day, past 1440 on the day after; breaks lie inside, in order.

    A split shift (分割勤務) has ``gaps``: between its parts nothing is due, and what is ordered there is overtime.
    """

    starts_minute: int
    ends_minute: int
    breaks: Spans = ()
    gaps: Spans = ()

    @property
    def parts(self) -> Spans:
        """Give the windows of the day: one, or several where the shift is split."""
        return subtract(((self.starts_minute, self.ends_minute),), self.gaps)

    @property
    def duty(self) -> Spans:
        """Give the working minutes: the windows without their breaks."""
        return subtract(self.parts, self.breaks)

    @property
    def net_minutes(self) -> int:
        """Count the working minutes: 465 for 08:30–17:15 with a break of an hour."""
        return total(self.duty)


@dataclass(frozen=True, slots=True)
class Shift:
    """One day's plan before swaps. A holiday keeps hours (they tell 休日勤務 from overtime); a rest day has none.

    A day of ``work`` without hours is one on which nothing is due and which is no rest day: 非番 after a long duty.
    ``on_holidays``: a roster's duty is due on holidays too, as 休日勤務; a week's hours are not. ``flexible``: the
    hours are those assigned beforehand under フレックスタイム (L20); only the profile's core is due at its time.
    """

    kind: DayKind
    hours: Hours | None = None
    on_holidays: bool = False
    flexible: bool = False


REST = Shift(DayKind.rest)
STATUTORY_REST = Shift(DayKind.statutory_rest)
OFF_DUTY = Shift(DayKind.work)
"""非番: the day after a long duty; its hours lie in the day before, overtime on it is that of a day of work."""


def work_shift(hours: Hours) -> Shift:
    """Give a day of work."""
    return Shift(DayKind.work, hours)


def first_part(hours: Hours, minutes: int) -> Hours:
    """Give the hours that hold the first so many working minutes, breaks between them kept."""
    spans = hours.duty
    rest = minutes
    for start, end in spans:
        if end - start >= rest:
            ends_minute = start + rest
            breaks, gaps = (_inside(each, hours.starts_minute, ends_minute) for each in (hours.breaks, hours.gaps))
            return Hours(hours.starts_minute, ends_minute, breaks, gaps)
        rest -= end - start
    return hours


def without_last_part(hours: Hours, minutes: int) -> Hours | None:
    """Give the hours that are left when the last so many working minutes fall away; None when none is left."""
    kept = hours.net_minutes - minutes
    return None if kept <= 0 else first_part(hours, kept)


def _inside(spans: Spans, starts_minute: int, ends_minute: int) -> Spans:
    return tuple((start, end) for start, end in spans if start > starts_minute and end < ends_minute)
