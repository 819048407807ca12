"""Which caps over a year or several months a person is near or has crossed (R8, R9, L2), with when and what is ahead.

A month's own caps are ``limits`` of that month; these need the whole year. Those who are far from all of them are many,
so ``least_minutes`` says from what sums on it is worth to count a year at all.
"""

from dataclasses import dataclass
from datetime import date

from domain.attendance.caps import CountedMonth, Month, may_exceed, year_of
from domain.attendance.facts import MonthFacts
from domain.attendance.forecast import CapForecast, forecast_assessed
from domain.attendance.limits import assess_limits
from domain.attendance.month import assess_month, count_assessed
from domain.attendance.plan import derive_plan
from domain.attendance.profile import Profile

NEAR_PERCENT = 80
"""From this part of a cap on it is near."""

YEAR_RULES = frozenset({"year_360h", "year_720h", "months_over_45h"})
AVERAGE_RULE = "average_80h"
MONTHS_RULE = "months_over_45h"
AVERAGE_LENGTHS = range(2, 7)
"""Over how many months, the month itself the last of them, the average is taken."""


@dataclass(frozen=True, slots=True)
class LongCap:
    """A cap that is near or was crossed.

    ``scope`` is the year (``2025``) or, of an average, the month. ``used`` and ``limit`` are minutes, but of the months
    beyond the month's cap their number; the limit of an average is what the months before leave to this one.
    ``crossed_at`` is the axis minute at which it was full, ``foreseen_at`` the one at which it will be by the orders
    given so far, ``pace_on`` the day at the present pace; None where it is not.
    """

    rule: str
    scope: str
    used: int
    limit: int
    crossed_at: int | None = None
    foreseen_at: int | None = None
    pace_on: date | None = None


@dataclass(frozen=True, slots=True)
class LeastSums:
    """Sums below which no cap over more than a month can be near: of the year, and of so many months up to this one."""

    year_minutes: int
    average_minutes: dict[int, int]


def least_sums(profile: Profile) -> LeastSums:
    """Give the sums from which on somebody may be near a cap by these rules."""
    year = min(_near(profile.year_cap_minutes), profile.months_over_cap * (profile.month_cap_minutes + 1))
    average = {length: _near(length * profile.average_cap_minutes) for length in AVERAGE_LENGTHS}
    return LeastSums(max(1, year), average)


def assess_long_caps(facts: MonthFacts, now: int) -> tuple[LongCap, ...]:
    """Give the caps that are near or were crossed, by the year's facts up to the month that they are about.

    Args:
        facts: known from the year's first day on (``store.months.load_year_facts``).
        now: the axis minute; what is ordered after it is foreseen alone.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    profile = facts.profile
    month = (facts.first_on.year, facts.first_on.month)
    year = str(year_of(month, profile))
    assessed = assess_month(facts, derive_plan(facts))
    counted = count_assessed(assessed)
    crossed: dict[str, int] = {}
    for limit in assess_limits(counted, facts.rules, facts.staff, facts.known_from_on):
        if limit.rule in YEAR_RULES or (limit.rule == AVERAGE_RULE and facts.first_on <= limit.on <= facts.last_on):
            crossed.setdefault(limit.rule, limit.at)
    found = []
    for cap in forecast_assessed(assessed, now).caps:
        if cap.rule in YEAR_RULES or cap.rule == AVERAGE_RULE:
            scope = year if cap.rule in YEAR_RULES else f"{facts.first_on:%Y-%m}"
            found.append(_judge(cap, scope, crossed.get(cap.rule)))
    if may_exceed(facts.staff, profile, int(year)):
        found.append(_judge_months(counted, profile, year, crossed.get(MONTHS_RULE)))
    return tuple(each for each in found if each is not None)


def _judge(cap: CapForecast, scope: str, crossed_at: int | None) -> LongCap | None:
    if crossed_at is not None:
        return LongCap(cap.rule, scope, cap.counted_minutes, cap.limit_minutes, crossed_at)
    if cap.counted_minutes < _near(cap.limit_minutes):
        return None
    return LongCap(
        cap.rule, scope, cap.counted_minutes, cap.limit_minutes, foreseen_at=cap.crossed_at, pace_on=cap.pace_on
    )


def _judge_months(
    counted: dict[Month, CountedMonth], profile: Profile, year: str, crossed_at: int | None
) -> LongCap | None:
    # Near is that not one month more may be beyond its cap.
    over = sum(
        1
        for month, each in counted.items()
        if year_of(month, profile) == int(year)
        and sum(entry.minutes for entry in each.overtime) > profile.month_cap_minutes
    )
    if crossed_at is None and over < profile.months_over_cap:
        return None
    return LongCap(MONTHS_RULE, year, over, profile.months_over_cap, crossed_at)


def _near(limit: int) -> int:
    return -(-limit * NEAR_PERCENT // 100)
