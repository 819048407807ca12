"""A city hall that has adopted flexible hours (L20): a week from Sunday on, and Ishii's week planned by them."""

from dataclasses import replace
from datetime import date

from domain.civil import instant, parse_clock
from gateway.operations.attendance.keep_shift_kind import ShiftKindForm, keep_shift_kind
from gateway.operations.attendance.plan_shifts import plan_shifts
from tests.pages.city import City

WEEK = (10, 11, 12, 13, 14)
HOURS = "flex 08:30-17:15 break 12:00-13:00"


def adopt_flexible_hours(city: City) -> None:
    """Let the city's rules have flexible hours, settled by the week."""
    rules = city.context.rules
    profile = replace(
        rules.profile_of("2025-11"), flex_adopted=True, flex_period_weeks=1, flex_period_from_on=date(2025, 11, 2)
    )
    city.context.rules = replace(rules, profiles=profile)


def plan_week(city: City, *more: int) -> None:
    """Keep a kind of flexible hours and plan Ishii's week, and other days, by it."""
    profile = city.context.rules.profile_of("2025-11")
    with city.store.transaction(city.clock()) as tx:
        keep_shift_kind(tx, ShiftKindForm("フ", "フレックス日勤", HOURS), profile=profile)
        plan_shifts(tx, "s0002", {date(2025, 11, day): "フ" for day in (*WEEK, *more)}, by="aoki", profile=profile)


def leave_on_friday(city: City, clock: str) -> None:
    """Let Ishii's forgotten tap be there after all."""
    city.tap("staff_out", "s0002", instant(date(2025, 11, 14), parse_clock(clock)))
