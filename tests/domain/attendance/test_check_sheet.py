"""What keeps a month open, and which readers have not told everything."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.check_sheet import (
    Blocker,
    BlockerKind,
    OpenRequest,
    PersonCheck,
    list_unconfirmed,
    list_unrecorded,
    list_unsettled,
)
from domain.attendance.closing import MonthStanding, MonthState
from domain.attendance.completeness import ReaderProgress, find_late_readers, late_by_person, month_over_at
from domain.attendance.facts import Leave, MonthFacts
from domain.attendance.month import derive_month
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.requests import divergence_subject
from tests.domain.attendance.questions import ask, here, tap
from tests.domain.attendance.test_properties import month_facts
from tests.profiles import HAGI

OVER_AT = datetime(2025, 11, 30, 20, tzinfo=UTC)


def test_v3_interior_doors_after_the_out_block() -> None:
    month = ask(taps=[*here(11, "08:25", "17:15"), tap(11, "21:05", interior=True)])
    (blocker,) = list_unsettled(month, (), ())
    assert blocker == Blocker(
        BlockerKind.divergence, "2025-11-11/interior_after_out/1035-1265", date(2025, 11, 11), minutes=230
    )
    assert list(list_unsettled(month, {blocker.subject}, ())) == []


def test_v6_a_missing_punch_blocks_until_it_is_put_right_or_explained() -> None:
    month = ask(taps=[tap(12, "08:25", "in"), tap(12, "19:00", interior=True)])
    (blocker,) = list_unsettled(month, (), ())
    assert (blocker.kind, blocker.subject) == (BlockerKind.missing_punch, "2025-11-12/missing_out/505-")
    request = OpenRequest("a1", date(2025, 11, 12))
    assert [each.kind for each in list_unsettled(month, {blocker.subject}, [request])] == [BlockerKind.open_request]


def test_a_day_of_duty_of_which_nothing_is_known_is_named() -> None:
    shifts = {day: "rest" for day in range(1, 31) if day not in {10, 11, 12, 13}} | {13: "off_duty"}
    leave = Leave(date(2025, 11, 12), "annual")
    month = ask(taps=here(10, "08:25", "17:15"), shifts=shifts, leave=(leave,))
    assert list_unrecorded(month) == (date(2025, 11, 11),)
    assert list_unrecorded(month, joined_on=date(2025, 11, 12)) == ()
    assert list_unrecorded(month, left_on=date(2025, 11, 10)) == ()


@given(month_facts(), st.data())
def test_nothing_unexplained_is_left_out(facts: MonthFacts, data: st.DataObject) -> None:
    try:
        month = derive_month(facts)
    except ImpossiblePlanError:
        return
    subjects = [divergence_subject(day.on, item) for day in month.days for item in day.divergences]
    accepted = data.draw(st.sets(st.sampled_from(subjects))) if subjects else set()
    blockers = list(list_unsettled(month, accepted, ()))
    assert {each.subject for each in blockers} >= set(subjects) - accepted
    assert all(each.subject not in accepted or each.kind is BlockerKind.doubtful_tap for each in blockers)


@pytest.mark.parametrize(
    ("state", "seen", "missing"),
    [
        (MonthState.open, "", ["unconfirmed", "head_unconfirmed"]),
        (MonthState.self_confirmed, "a", ["head_unconfirmed"]),
        (MonthState.self_confirmed, "b", ["unconfirmed", "head_unconfirmed"]),
        (MonthState.head_confirmed, "a", []),
        (MonthState.head_confirmed, "b", ["unconfirmed", "head_unconfirmed"]),
        (MonthState.closed, "b", []),
        (MonthState.reopening, "b", []),
    ],
)
def test_a_confirmation_holds_for_what_was_seen(state: MonthState, seen: str, missing: list[str]) -> None:
    standing = MonthStanding("p1", "2025-11", state, seen)
    blockers = tuple(list_unconfirmed(standing, "a"))
    assert [each.kind.value for each in blockers] == missing
    check = PersonCheck("p1", standing, "a", blockers)
    assert check.is_settled
    assert check.is_ready is (state is MonthState.head_confirmed and not missing)


def test_a_month_is_over_when_its_last_duty_day_is() -> None:
    assert month_over_at("2025-11", HAGI) == OVER_AT
    with pytest.raises(ValueError, match="YYYY-MM"):
        month_over_at("2025-13", HAGI)


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.none() | st.integers(-5000, 5000).map(lambda minutes: OVER_AT + timedelta(minutes=minutes)),
    ),
    st.dictionaries(st.sampled_from("abcd"), st.frozensets(st.sampled_from(["p1", "p2"]))),
)
def test_a_late_reader_is_named_with_everybody_who_used_it(
    progress: dict[str, datetime | None], users: dict[str, frozenset[str]]
) -> None:
    late = find_late_readers([ReaderProgress(*each) for each in progress.items()], users, OVER_AT)
    assert {each.device_id for each in late} == {
        name for name, at in progress.items() if users.get(name) and (at is None or at < OVER_AT)
    }
    by_person = late_by_person(late)
    assert {(who, name) for who, names in by_person.items() for name in names} == {
        (who, each.device_id) for each in late for who in users[each.device_id]
    }
