"""Kinds of leave (休暇の種類) as values; a city's own stand in a file (``contract/profiles/leave_kinds.toml``)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Allowance(StrEnum):
    """What limits a kind of leave."""

    granted = "granted"  # a balance: what was granted less what was taken (年次休暇)
    yearly = "yearly"  # so many days in each leave year, without a grant (夏季, 看護 …)
    event = "event"  # so many days for each event (結婚, 忌引 …)
    open = "open"  # nothing but the decision (欠勤, 職専免 …)


class LeaveUnit(StrEnum):
    """By what it may be taken."""

    day = "day"
    half = "half"
    hour = "hour"  # in ``LeaveKind.unit_minutes``


class DayCount(StrEnum):
    """How the days of an event are counted: those with work alone, or each of the calendar (連続する日数)."""

    working = "working"
    calendar = "calendar"


class MonthDay(NamedTuple):
    """A day of any year."""

    month: int
    day: int


class Season(NamedTuple):
    """From a day of the year to another, both included; it lies within one calendar year."""

    first: MonthDay
    last: MonthDay

    def holds(self, on: date) -> bool:
        """Tell whether a day lies in it."""
        return self.first <= (on.month, on.day) <= self.last


@dataclass(frozen=True, slots=True)
class LeaveKind:
    """One kind of leave.

    ``days`` are those of a leave year or of an event, of the person's own day length; None where nothing counts them.
    ``event_gap_days``: leave with no more days of the calendar between is of the same event (``leave_event``).
    ``route`` names the roles that decide, in order.
    ``counts_as_presence`` tells whether the time counts as attendance where a share of days attended is asked for.
    """

    id: str
    title: str
    title_en: str
    is_paid: bool
    allowance: Allowance
    route: tuple[str, ...]
    units: frozenset[LeaveUnit]
    days: int | None = None
    day_count: DayCount = DayCount.working
    event_gap_days: int = 0
    unit_minutes: int = 60
    day_minutes_max: int | None = None
    carry_days_max: int = 0
    year_start: int = 1
    season: Season | None = None
    needs_reason: bool = False
    needs_proof: bool = False
    counts_as_presence: bool = True

    @property
    def has_balance(self) -> bool:
        """Tell whether minutes of it can run out."""
        return self.allowance in {Allowance.granted, Allowance.yearly}


def pay_name(kind_id: str) -> str:
    """Give the name under which payroll adds a kind up: what stands before the dot of its id."""
    return kind_id.partition(".")[0]


def leave_year(year_start: int, on: date) -> tuple[date, date]:
    """Give the first and last day of the leave year around a day; ``year_start`` is the month it begins with."""
    year = on.year if on.month >= year_start else on.year - 1
    return date(year, year_start, 1), date(year + 1, year_start, 1) - timedelta(days=1)
