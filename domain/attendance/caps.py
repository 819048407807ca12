"""Which caps on overtime hold for a person in a month and in a year (R8, R9, R16, L2), as values of the profile.

Someone who moves between kinds of department within a year has the year's cap of the externally driven one, and in each
month the caps of the department: of a month of both, those of the driven one.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.classes import Entry
from domain.attendance.facts import Staff, Workplace
from domain.attendance.profile import Counting, Profile
from domain.civil import month_end

Month = tuple[int, int]
"""Year and month."""

_EXCEPTIONAL = frozenset({Workplace.externally_driven, Workplace.under_agreement})


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """A month's entries in order of time, once for each way of counting.

    ``with_holidays`` adds work on statutory rest days where the law does (R8), ``notice`` adds all holiday work (R16).
    """

    overtime: tuple[Entry, ...] = ()
    with_holidays: tuple[Entry, ...] = ()
    step: tuple[Entry, ...] = ()
    notice: tuple[Entry, ...] = ()


class Counted(StrEnum):
    """Which of a month's entries a cap looks at; the words are the fields of :class:`CountedMonth`."""

    overtime = "overtime"
    with_holidays = "with_holidays"
    step = "step"
    notice = "notice"


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap of so many minutes: crossed beyond them, or with ``when_reached`` as soon as they are full."""

    rule: str
    minutes: int
    counts: Counted
    when_reached: bool = False

    @property
    def room_minutes(self) -> int:
        """Give the most minutes that do not cross it."""
        return self.minutes - self.when_reached

    def entries(self, counted: CountedMonth) -> tuple[Entry, ...]:
        """Give the month's entries that the cap looks at."""
        match self.counts:
            case Counted.overtime:
                return counted.overtime
            case Counted.with_holidays:
                return counted.with_holidays
            case Counted.step:
                return counted.step
            case Counted.notice:
                return counted.notice


def month_caps(staff: Staff, profile: Profile, month: Month) -> tuple[Cap, ...]:
    """Give the caps on a month; who was a manager on every day of it has the notice alone (R16, L18).

    Whoever becomes or ceases to be one within it keeps the whole caps, for they are those of a month and of no part of
    it (労基法36⑥, 人事院規則15-14 16の2の2); a manager's days add nothing to them.
    """
    caps = [Cap("notice_80h", profile.notice_minutes, Counted.notice)]
    if counts_as_manager(staff, month):
        return tuple(caps)
    if Workplace.externally_driven not in _workplaces_in(staff, month):
        caps.append(Cap("month_45h", profile.month_cap_minutes, Counted.overtime))
    if has_maximum(staff, profile, month):
        caps.append(Cap("month_100h", profile.driven_month_cap_minutes, Counted.with_holidays, when_reached=True))
    return tuple(caps)


def year_caps(staff: Staff, profile: Profile, year: int) -> tuple[Cap, ...]:
    """Give the caps on a year, named by the calendar year in which it begins; of a manager throughout it none."""
    if staff.is_manager_throughout(*year_bounds(year, profile)):
        return ()
    workplaces = _workplaces_of_year(staff, profile, year)
    caps = []
    if Workplace.externally_driven not in workplaces:
        caps.append(Cap("year_360h", profile.year_cap_minutes, Counted.overtime))
    if workplaces & _EXCEPTIONAL:
        caps.append(Cap("year_720h", profile.driven_year_cap_minutes, Counted.overtime))
    return tuple(caps)


def counts_as_manager(staff: Staff, month: Month) -> bool:
    """Tell whether somebody was a manager on every day of a month."""
    return staff.is_manager_throughout(*_bounds(month))


def has_maximum(staff: Staff, profile: Profile, month: Month) -> bool:
    """Tell whether a month must stay below 100 hours and the average of 2 to 6 months within 80."""
    return profile.counting is Counting.statutory or bool(_workplaces_in(staff, month) & _EXCEPTIONAL)


def may_exceed(staff: Staff, profile: Profile, year: int) -> bool:
    """Tell whether more than 45 hours are for a few months of the year."""
    return bool(_workplaces_of_year(staff, profile, year) & _EXCEPTIONAL)


def year_of(month: Month, profile: Profile) -> int:
    """Give the calendar year in which the month's year of counting begins (L23)."""
    year, number = month
    return year if number >= profile.year_start else year - 1


def year_bounds(year: int, profile: Profile) -> tuple[date, date]:
    """Give the first and last day of a year of counting."""
    first_on = date(year, profile.year_start, 1)
    return first_on, date.fromordinal(first_on.replace(year=year + 1).toordinal() - 1)


def analysis_due_on(crossed_on: date, profile: Profile) -> date:
    """Give the day by which the causes of exceeding a cap for 特例業務 must be analysed (L2).

    It lies so many months after the end of the year of counting in which the cap was crossed.
    """
    _, last_on = year_bounds(year_of((crossed_on.year, crossed_on.month), profile), profile)
    return month_end(last_on, months=profile.analysis_months)


def _workplaces_in(staff: Staff, month: Month) -> frozenset[Workplace]:
    return staff.workplaces(*_bounds(month))


def _workplaces_of_year(staff: Staff, profile: Profile, year: int) -> frozenset[Workplace]:
    return staff.workplaces(*year_bounds(year, profile))


def _bounds(month: Month) -> tuple[date, date]:
    first_on = date(*month, 1)
    return first_on, month_end(first_on)
