"""Hints about a roster: R18's rest between two shifts, and weeks of more than forty hours."""

from datetime import date, timedelta

import pytest

from domain.attendance.facts import MonthFacts, Staff
from domain.attendance.plan import derive_plan
from domain.attendance.roster_fault import RosterFault, RosterWhy, describe
from domain.attendance.roster_hints import list_hints
from domain.attendance.shift import Shift
from domain.attendance.shift_text import parse_shift
from tests.profiles import HAGI

FIRST, LAST = date(2025, 12, 1), date(2025, 12, 31)


def on(day: int) -> date:
    return date(2025, 12, day)


def hints(shifts: dict[date, str]) -> tuple[RosterFault, ...]:
    read: dict[date, Shift] = {day: parse_shift(text) for day, text in shifts.items()}
    facts = MonthFacts(
        person_id="p1", profile=HAGI, first_on=FIRST, last_on=LAST, known_from_on=FIRST, staff=Staff(), shifts=read
    )
    return list_hints(derive_plan(facts), FIRST, LAST, HAGI)


@pytest.mark.parametrize(("starts", "told"), [("11:00", ()), ("10:59", ("10:59", "11:00"))])
def test_r18_rest_between_two_shifts(starts: str, told: tuple[str, ...]) -> None:
    hour, minute = starts.split(":")
    late = f"{starts}-{int(hour) + 7}:{minute} break {int(hour) + 3}:{minute}-{int(hour) + 4}:{minute}"
    found = hints({on(9): "15:15-24:00 break 19:00-20:00", on(10): late})
    assert found == ((RosterFault(on(10), RosterWhy.short_rest, told),) if told else ())


def test_a_week_of_more_than_forty_hours_is_told_on_its_monday() -> None:
    long = "08:30-18:30 break 12:00-13:00"
    assert hints(dict.fromkeys((on(8) + timedelta(days=each) for each in range(4)), long)) == (
        RosterFault(on(8), RosterWhy.long_week, ("43:45", "40:00")),
    )
    assert describe(RosterFault(on(8), RosterWhy.long_week, ("43:45", "40:00")))[1].startswith("43:45 of work")


def test_a_week_that_began_in_the_month_before_is_told_on_the_first() -> None:
    long = "08:30-18:30 break 12:00-13:00"
    days = [date(2025, 6, 30) + timedelta(days=each) for each in range(5)]
    facts = MonthFacts(
        person_id="p1", profile=HAGI, first_on=date(2025, 7, 1), last_on=date(2025, 7, 31),
        known_from_on=date(2025, 7, 1), staff=Staff(), shifts={day: parse_shift(long) for day in days},
    )  # fmt: skip
    found = list_hints(derive_plan(facts), date(2025, 7, 1), date(2025, 7, 31), HAGI)
    assert [(each.on, each.values) for each in found] == [(date(2025, 7, 1), ("45:00", "40:00"))]
