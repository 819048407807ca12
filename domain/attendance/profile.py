"""A city's rules as data: hours, thresholds, counters and rates, each with the clause it comes from.

``HAGI`` follows the usual ordinance model of a city; ``LSA`` is plain national law over the same office hours. What the
reference marks as differing from city to city is a field here, never an ``if`` elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

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
    rates: Mapping[str, int] = field(default_factory=lambda: RATES)
    raised_rates: Mapping[str, int] = field(default_factory=lambda: RAISED_RATES)

    def is_night(self, clock_minute: int) -> bool:
        """Tell whether a minute of the civil day (0–1439) lies in the night band, 22:00–05:00."""
        return clock_minute >= self.night_starts_minute or clock_minute < self.night_ends_minute


SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "counting": "L3; 労基法32 / 人事院規則15-14",
        "week": "L1; 勤務時間条例（平成17萩市条例40）の型",
        "date_change_minutes": "L22; 昭63.1.1 基発1（R3）",
        "stay_threshold_minutes": "R14; 労働時間ガイドライン 平29.1.20（数値は市が定める）",
        "early_threshold_minutes": "R14, R15; 同ガイドライン（数値は市が定める）",
        "swap_in_60h": "L11; 給与条例の型（市により異なる）",
        "sunday_in_60h": "L6; 給与法16③ 括弧書（市により異なる）",
        "swap_week_threshold_minutes": "L11; 筑後市規則30（38:45）/ 長門市規則51（40:00）",
        "year_start": "L23; 人事院規則15-14 16の2の2",
        "night_starts_minute": "R5; 労基法37④",
        "night_ends_minute": "R5; 労基法37④",
        "statutory_day_minutes": "R1; 労基法32②",
        "statutory_week_minutes": "R1, R2; 労基法32①",
        "part_time_day_minutes": "L9; 給与法16②",
        "step_minutes": "R5, L5; 労基法37①, 給与法16③",
        "pay_rounding_minutes": "R12, L14; 昭63.3.14 基発150",
        "interval_minutes": "R18; 人事院規則15-14 1の2",
        "swap_weeks_before": "L10; 職職-328",
        "swap_weeks_after": "L10, L12; 職職-328",
        "special_duty_minutes": "L18; 管理職員特別勤務手当規則（平成17萩市規則39）",
        "stretch_max_minutes": "R3; 二日をこえる在庁は打刻漏れとみる",
        "arrival_window_minutes": "R3; 始業前の到着はその始業の日に属する",
        "rates": "R5, L4, L7–L9, L11; 労基法37, 給与法16",
        "raised_rates": "R5, L5, L11; 労基法37①, 給与法16③",
    }
)
"""The clause behind each field; rows R and L are those of the rule catalogue."""

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
)

PROFILES: Mapping[str, Profile] = MappingProxyType({profile.name: profile for profile in (HAGI, LSA)})
"""The shipped profiles by name."""
