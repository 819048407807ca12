"""Due times by example: same day else the next office day, a month or longer, what is late at which instant."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import civil_minute, instant
from domain.keys.custody import Custody, CustodyState, Holder, HolderKind
from domain.keys.due import OVERDUE_FOUND_WITHIN, derive_due, is_long, is_overdue, list_due_soon, list_overdue
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.key_fault import KeyFaultError, Why

CLOSING = 17 * 60 + 15
FRIDAY = date(2026, 12, 4)
OFFICE_DAYS = (FRIDAY, date(2026, 12, 7), date(2026, 12, 8))
SAME_DAY = DueRule(DueKind.office_day, CLOSING)


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return instant(on, hour * 60 + minute)


@pytest.mark.parametrize(
    ("taken", "used_until", "due"),
    [
        (at(FRIDAY, 9), None, at(FRIDAY, 17, 15)),
        (at(FRIDAY, 17, 15), None, at(OFFICE_DAYS[1], 17, 15)),
        (at(FRIDAY, 9), at(FRIDAY, 21), at(OFFICE_DAYS[1], 17, 15)),
        (at(FRIDAY, 9), at(FRIDAY, 16), at(FRIDAY, 17, 15)),
        (at(date(2026, 12, 5), 9), None, at(OFFICE_DAYS[1], 17, 15)),
    ],
)
def test_same_day_else_the_next_office_day(taken: datetime, used_until: datetime | None, due: datetime) -> None:
    assert derive_due(SAME_DAY, taken, used_until=used_until, office_days=OFFICE_DAYS) == due


def test_the_other_rules() -> None:
    nine, noon = at(FRIDAY, 9), at(FRIDAY, 12)
    assert derive_due(DueRule(DueKind.relative, 90), nine) == at(FRIDAY, 10, 30)
    assert derive_due(DueRule(DueKind.absolute, at=noon), nine) == noon
    assert derive_due(DueRule(DueKind.end_of_reservation, 30), nine, used_until=noon) == at(FRIDAY, 12, 30)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (SAME_DAY, Why.no_office_day),
        (DueRule(DueKind.relative), Why.due_past),
        (DueRule(DueKind.absolute), Why.malformed),
        (DueRule(DueKind.absolute, at=at(FRIDAY, 8)), Why.due_past),
        (DueRule(DueKind.end_of_reservation, 30), Why.malformed),
    ],
)
def test_a_rule_that_gives_no_time_says_why(rule: DueRule, why: Why) -> None:
    with pytest.raises(KeyFaultError) as told:
        derive_due(rule, at(FRIDAY, 9))
    assert told.value.why is why


@pytest.mark.parametrize(
    ("taken_on", "due_on", "long"),
    [
        (date(2026, 12, 4), date(2027, 1, 3), False),
        (date(2026, 12, 4), date(2027, 1, 4), True),
        (date(2027, 1, 31), date(2027, 2, 27), False),
        (date(2027, 1, 31), date(2027, 2, 28), True),
    ],
)
def test_a_month_is_a_calendar_month(taken_on: date, due_on: date, *, long: bool) -> None:
    assert is_long(at(taken_on, 9), at(due_on, 9)) is long


def out(id_: str, due_at: datetime) -> Custody:
    held = Holder(HolderKind.person, "p")
    return Custody(id_, CustodyState.out, at(FRIDAY, 8), at(FRIDAY, 8), holder=held, loan_id="l", due_at=due_at)


def test_what_is_late_is_found_at_once_and_what_is_due_is_not_late() -> None:
    noon = at(FRIDAY, 12)
    known = [out("b", noon), out("a", noon + timedelta(hours=1)), out("c", noon - timedelta(hours=1))]
    assert [each.copy_id for each in list_overdue(known, noon + OVERDUE_FOUND_WITHIN)] == ["c", "b"]
    assert not is_overdue(known[0], noon - timedelta(microseconds=1))
    assert [each.copy_id for each in list_due_soon(known, noon, timedelta(hours=1))] == ["a"]
    home = Custody("d", CustodyState.in_custody, noon, noon)
    assert list_overdue([home], noon + timedelta(days=9)) == []


@given(st.integers(0, 5 * 24 * 60), st.booleans())
def test_a_due_time_lies_on_an_office_day_and_after_the_taking(minutes: int, evening: bool) -> None:
    taken = at(FRIDAY, 0) + timedelta(minutes=minutes)
    until = taken + timedelta(hours=8) if evening else None
    used = max(taken, until or taken)
    if used >= at(OFFICE_DAYS[-1], 17, 15):
        with pytest.raises(KeyFaultError, match="no_office_day"):
            derive_due(SAME_DAY, taken, used_until=until, office_days=OFFICE_DAYS)
        return
    due = derive_due(SAME_DAY, taken, used_until=until, office_days=OFFICE_DAYS)
    assert due > used
    assert civil_minute(due)[0] in OFFICE_DAYS
