"""A city's rules as data: hours, thresholds, counters, caps and rates.

What differs from city to city is a field here, never an ``if`` elsewhere. Values stand in files alone, each with the
clause behind it (``contract/profiles``): the ordinance model of a city, and plain national law over the same hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from domain.attendance.shift import Shift


class Counting(StrEnum):
    """Where overtime begins: outside the ordinance's regular hours, or beyond the statutory 8:00 and 40:00 (L3)."""

    ordinance = "ordinance"
    statutory = "statutory"


class BreakStep(NamedTuple):
    """Work of more than ``over_minutes`` has a break of ``due_minutes`` (R7)."""

    over_minutes: int
    due_minutes: int


class InForce(Protocol):
    """What holds on each day: one profile for all time, or several with the days until which they held."""

    def on(self, day: date, /) -> "Profile":
        """Give the profile that holds on a day."""

    def former(self, day: date, /) -> "tuple[FormerProfile, ...]":
        """Give what held before the profile of a day, in order; empty where that one has always held."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that may differ between two employers; minutes are whole, weekdays begin on Monday.

    ``rates`` are percent of the hourly pay by class before the 60-hour step, ``raised_rates`` those beyond it (R5).
    What begins with ``flex_`` is フレックスタイム (L20) and holds only where it is adopted: the settlement period in
    weeks (0: the calendar month) counted from a day on, the band and the core as minutes of the day, the standard day,
    the least that may be assigned of a day, and the hours that a week has on average.
    """

    name: str
    title: str
    counting: Counting
    week: tuple[Shift, ...]
    date_change_minutes: int
    stay_threshold_minutes: int
    early_threshold_minutes: int
    swap_in_60h: bool
    sunday_in_60h: bool
    swap_week_threshold_minutes: int
    year_start: int
    night_starts_minute: int
    night_ends_minute: int
    statutory_day_minutes: int
    statutory_week_minutes: int
    part_time_day_minutes: int
    part_time_week_minutes: int  # 0: by the day
    step_minutes: int
    pay_rounding_minutes: int
    interval_minutes: int
    swap_weeks_before: int
    swap_weeks_after: int
    special_duty_minutes: int
    stretch_max_minutes: int
    arrival_window_minutes: int
    debounce_seconds: int
    standby_is_work: bool
    daily_rounding_minutes: int
    break_steps: tuple[BreakStep, ...]
    month_cap_minutes: int
    year_cap_minutes: int
    driven_month_cap_minutes: int
    driven_year_cap_minutes: int
    average_cap_minutes: int
    months_over_cap: int
    notice_minutes: int
    analysis_months: int
    consecutive_days_max: int
    hours_off_unit_minutes: int
    hours_off_months: int
    hourly_leave_days_max: int | None
    five_day_leave_duty: bool
    retention_years: int
    flex_adopted: bool
    flex_period_weeks: int
    flex_period_from_on: date
    flex_band_starts_minute: int
    flex_band_ends_minute: int
    flex_core_starts_minute: int
    flex_core_ends_minute: int
    flex_day_minutes: int
    flex_day_least_minutes: int
    flex_week_minutes: int
    rates: Mapping[str, int]
    raised_rates: Mapping[str, int]

    def is_night(self, clock_minute: int) -> bool:
        """Tell whether a minute of the civil day (0–1439) lies in the night band, 22:00–05:00."""
        return clock_minute >= self.night_starts_minute or clock_minute < self.night_ends_minute

    def on(self, _: date) -> "Profile":
        """Give this profile: alone it holds on every day."""
        return self

    def former(self, _: date) -> "tuple[FormerProfile, ...]":
        """Give nothing: alone it has always held."""
        return ()


class FormerProfile(NamedTuple):
    """What held until a day, that day included."""

    until_on: date
    profile: Profile


@dataclass(frozen=True, slots=True)
class DatedProfiles:
    """A city's rules through time: ``latest`` holds since the last of ``before``, which are in order, was over."""

    before: tuple[FormerProfile, ...]
    latest: Profile

    def on(self, day: date) -> Profile:
        """Give the profile that holds on a day."""
        return next((profile for until_on, profile in self.before if day <= until_on), self.latest)

    def former(self, day: date) -> tuple[FormerProfile, ...]:
        """Give what held before the profile of a day, in order."""
        return tuple(each for each in self.before if each.until_on < day)


def held_since(rules: InForce, day: date) -> date | None:
    """Give the first day of force of the profile that holds on a day; None where it has always held."""
    former = rules.former(day)
    return former[-1].until_on + timedelta(days=1) if former else None


def name_rules(rules: InForce, day: date) -> str:
    """Give the name of the profile of a day, with its first day of force where it has not always held."""
    since, name = held_since(rules, day), rules.on(day).name
    return name if since is None else f"{name} ({since})"
