"""A city's rules as data: hours, thresholds, counters, caps and rates.

What differs from city to city is a field here, never an ``if`` elsewhere. ``HAGI`` follows the usual ordinance model of
a city; ``LSA`` is plain national law over the same office hours. The clause behind each field stands beside its value
in the file of the profile (``contract/profiles``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from domain.attendance.shift import REST, STATUTORY_REST, Hours, Shift, work_shift


class Counting(StrEnum):
    """Where overtime begins: outside the ordinance's regular hours, or beyond the statutory 8:00 and 40:00 (L3)."""

    ordinance = "ordinance"
    statutory = "statutory"


RATES: Mapping[str, int] = MappingProxyType(
    {
        "weekday_day": 125,
        "weekday_night": 150,
        "restday_day": 135,
        "restday_night": 160,
        "parttime_day": 100,
        "parttime_night": 125,
        "within_statutory": 100,
        "within_statutory_night": 125,
        "statutory_rest": 135,
        "statutory_rest_night": 160,
        "holiday_regular": 135,
        "night_regular": 25,
        "swap_week": 25,
    }
)
"""Percent of the hourly pay by class, before the 60-hour step (R5, L4, L7–L9, L11)."""

RAISED_RATES: Mapping[str, int] = MappingProxyType(
    {
        "weekday_day": 150,
        "weekday_night": 175,
        "restday_day": 150,
        "restday_night": 175,
        "parttime_day": 150,
        "parttime_night": 175,
        "swap_week": 50,
    }
)
"""Percent for the minutes beyond 60 hours in a month (R5, L5, L11)."""


class BreakStep(NamedTuple):
    """Work of more than ``over_minutes`` has a break of ``due_minutes`` (R7)."""

    over_minutes: int
    due_minutes: int


BREAK_STEPS = (BreakStep(6 * 60, 45), BreakStep(8 * 60, 60))
OFFICE_HOURS = Hours(8 * 60 + 30, 17 * 60 + 15, ((12 * 60, 13 * 60),))
_WORK = work_shift(OFFICE_HOURS)


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that may differ between two employers; minutes are whole, weekdays begin on Monday."""

    name: str
    title: str
    counting: Counting
    week: tuple[Shift, ...]
    date_change_minutes: int = 5 * 60
    stay_threshold_minutes: int = 15
    early_threshold_minutes: int = 15
    swap_in_60h: bool = False
    sunday_in_60h: bool = True
    swap_week_threshold_minutes: int = 38 * 60 + 45
    year_start: int = 4
    night_starts_minute: int = 22 * 60
    night_ends_minute: int = 5 * 60
    statutory_day_minutes: int = 8 * 60
    statutory_week_minutes: int = 40 * 60
    part_time_day_minutes: int = 7 * 60 + 45
    step_minutes: int = 60 * 60
    pay_rounding_minutes: int = 30
    interval_minutes: int = 11 * 60
    swap_weeks_before: int = 4
    swap_weeks_after: int = 8
    special_duty_minutes: int = 6 * 60
    stretch_max_minutes: int = 48 * 60
    arrival_window_minutes: int = 2 * 60
    debounce_seconds: int = 60
    standby_is_work: bool = False
    daily_rounding_minutes: int = 1
    break_steps: tuple[BreakStep, ...] = BREAK_STEPS
    month_cap_minutes: int = 45 * 60
    year_cap_minutes: int = 360 * 60
    driven_month_cap_minutes: int = 100 * 60
    driven_year_cap_minutes: int = 720 * 60
    average_cap_minutes: int = 80 * 60
    months_over_cap: int = 6
    notice_minutes: int = 80 * 60
    analysis_months: int = 6
    consecutive_days_max: int = 24
    hours_off_unit_minutes: int = 4 * 60
    hours_off_months: int = 2
    hourly_leave_days_max: int | None = None
    five_day_leave_duty: bool = False
    retention_years: int = 5
    rates: Mapping[str, int] = field(default_factory=lambda: RATES)
    raised_rates: Mapping[str, int] = field(default_factory=lambda: RAISED_RATES)

    def is_night(self, clock_minute: int) -> bool:
        """Tell whether a minute of the civil day (0–1439) lies in the night band, 22:00–05:00."""
        return clock_minute >= self.night_starts_minute or clock_minute < self.night_ends_minute


HAGI = Profile(
    name="hagi",
    title="萩市（条例準則型） / city ordinance model",
    counting=Counting.ordinance,
    week=(_WORK, _WORK, _WORK, _WORK, _WORK, REST, REST),
)
LSA = Profile(
    name="lsa",
    title="労働基準法のみ / plain national law",
    counting=Counting.statutory,
    week=(_WORK, _WORK, _WORK, _WORK, _WORK, REST, STATUTORY_REST),
    hourly_leave_days_max=5,
    five_day_leave_duty=True,
)

PROFILES: Mapping[str, Profile] = MappingProxyType({profile.name: profile for profile in (HAGI, LSA)})
"""The shipped profiles by name."""
