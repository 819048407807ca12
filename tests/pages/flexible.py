"""A city hall that has adopted flexible hours (L20): a week from Sunday on, and Ishii's week planned by them."""

import re
from datetime import date
from pathlib import Path

from contract.attendance_profile import FOLDER
from domain.civil import instant, parse_clock
from gateway.operations.attendance.keep_shift_kind import ShiftKindForm, keep_shift_kind
from gateway.operations.attendance.plan_shifts import plan_shifts
from gateway.settings import AttendanceSettings
from tests.pages.city import City

WEEK = (10, 11, 12, 13, 14)
HOURS = "flex 08:30-17:15 break 12:00-13:00"


def adopt_flexible_hours(city: City, folder: Path) -> None:
    """Let the city's own rules have flexible hours, settled by the week, from the next page on."""
    text = (FOLDER / "hagi.toml").read_text(encoding="utf-8")
    for name, value in (("adopted", "true"), ("period_weeks", "1"), ("period_from_on", '"2025-11-02"')):
        text, found = re.subn(rf"(flex_{name} = {{ value = )[^,]+", rf"\g<1>{value}", text)
        assert found == 1
    file = folder / "flexible.toml"
    file.write_text(text, encoding="utf-8")
    attendance = AttendanceSettings.model_validate({"profile": str(file)})
    city.context.settings = city.context.settings.model_copy(update={"attendance": attendance})
    city.context.__post_init__()


def plan_week(city: City, *more: int) -> None:
    """Keep a kind of flexible hours and plan Ishii's week, and other days, by it."""
    profile = city.context.rules.profile_of("2025-11")
    with city.store.transaction(city.clock()) as tx:
        keep_shift_kind(tx, ShiftKindForm("フ", "フレックス日勤", HOURS), profile=profile)
        plan_shifts(tx, "s0002", {date(2025, 11, day): "フ" for day in (*WEEK, *more)}, by="aoki", profile=profile)


def leave_on_friday(city: City, clock: str) -> None:
    """Let Ishii's forgotten tap be there after all."""
    city.tap("staff_out", "s0002", instant(date(2025, 11, 14), parse_clock(clock)))
