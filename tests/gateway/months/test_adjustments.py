"""After the closing, on both databases: what changes becomes an adjustment, and nobody else's month is touched."""

from datetime import UTC, date, datetime

import pytest

from contract.adjustment_content import read_adjustment
from contract.month_version import read_counted
from domain.attendance.adjustment import AdjustmentAct, AdjustmentState, Cause
from domain.attendance.closing import MonthAct, MonthState
from domain.attendance.month_fault import MonthWhy, RefusedMonthError
from gateway.months.adjusting import stands_at
from gateway.months.recount import MonthRecount
from gateway.operations.attendance.adjust_month import adjust_month
from gateway.operations.attendance.reopen_month import reopen_month
from store.calendar import CalendarDay, save_year
from store.changed_days import claim_changed_days, mark_changed_days, past_month_until
from store.closings import list_versions
from store.month_adjustments import MonthAdjustment, list_adjustments
from store.tx import Store
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head", "hr1", "hr2")


def adjustments(hall: CityHall, person_id: str = "p1") -> list[MonthAdjustment]:
    with hall.store.reading(hall.now) as tx:
        return list_adjustments(tx, PERIOD, [person_id])


def act(hall: CityHall, one: MonthAdjustment, name: AdjustmentAct, by: str, reason: str = "遅延") -> AdjustmentState:
    with hall.store.transaction(hall.later()) as tx:
        done = adjust_month(
            tx, one.id, name, by=by, seen_hash=one.content_hash, organisation=ORGANISATION, reason=reason
        )
    return done.decision.state


def agree(hall: CityHall, one: MonthAdjustment) -> None:
    assert act(hall, one, AdjustmentAct.propose, "hr1") is AdjustmentState.proposed
    assert act(hall, one, AdjustmentAct.agree, "hr2") is AdjustmentState.agreed


def late_day(hall: CityHall, day: int, person_id: str = "p1") -> None:
    hall.tap(person_id, day, "08:25", "in", late=True)
    hall.tap(person_id, day, "17:15", "out", late=True)


def test_a_late_day_becomes_an_adjustment_and_the_version_stays(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.day("p2", 10)
    hall.close_all("p1", "p2")
    with hall.store.reading(hall.now) as tx:
        before = list_versions(tx, PERIOD)
    late_day(hall, 11)
    counted = hall.recount()
    assert (counted.days, counted.adjusted, counted.lapsed) == (1, (("p1", PERIOD),), ())
    (found,) = adjustments(hall)
    assert (found.version, found.causes, found.decision.state) == (1, {Cause.late_tap}, AdjustmentState.found)
    difference = read_adjustment(found.content)
    assert difference.amounts == {
        "days.worked": 1,
        "days.worked_work": 1,
        "minutes.regular": 465,
        "minutes.worked": 470,
    }
    (day,) = difference.days
    assert (day.on, day.before, day.after["minutes.regular"]) == (date(2025, 11, 11), {}, 465)
    agree(hall, found)
    with hall.store.reading(hall.now) as tx:
        assert list_versions(tx, PERIOD) == before
    assert adjustments(hall, "p2") == []
    assert hall.recount().days == 0


def test_two_persons_and_neither_the_person_himself(hall: CityHall) -> None:
    hall.close_all("p1", "hr1")
    late_day(hall, 11)
    late_day(hall, 11, "hr1")
    hall.recount()
    (found,) = adjustments(hall)
    for name, by, reason, why in (
        (AdjustmentAct.propose, "head", "遅延", MonthWhy.not_yours),
        (AdjustmentAct.propose, "hr1", " ", MonthWhy.no_reason),
        (AdjustmentAct.agree, "hr1", "", MonthWhy.not_now),
    ):
        with pytest.raises(RefusedMonthError) as refused:
            act(hall, found, name, by, reason)
        assert [fault.why for fault in refused.value.faults] == [why]
    act(hall, found, AdjustmentAct.propose, "hr1")
    with pytest.raises(RefusedMonthError) as refused:
        act(hall, found, AdjustmentAct.agree, "hr1")
    assert [fault.why for fault in refused.value.faults] == [MonthWhy.same_person]
    with pytest.raises(RefusedMonthError) as refused:
        act(hall, adjustments(hall, "hr1")[0], AdjustmentAct.propose, "hr1")
    assert [fault.why for fault in refused.value.faults] == [MonthWhy.own_month]
    assert act(hall, found, AdjustmentAct.dismiss, "hr2", "届出どおり") is AdjustmentState.dismissed
    with pytest.raises(RefusedMonthError):
        act(hall, found, AdjustmentAct.agree, "hr2")


def test_another_content_is_not_what_was_seen(hall: CityHall) -> None:
    hall.close_all("p1")
    late_day(hall, 11)
    hall.recount()
    (found,) = adjustments(hall)
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        adjust_month(
            tx, found.id, AdjustmentAct.propose, by="hr1", seen_hash="0" * 64, organisation=ORGANISATION, reason="x"
        )
    assert [fault.why for fault in refused.value.faults] == [MonthWhy.changed]
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        adjust_month(tx, "none", AdjustmentAct.propose, by="hr1", seen_hash="", organisation=ORGANISATION)
    assert [fault.why for fault in refused.value.faults] == [MonthWhy.unknown]


def test_a_later_change_takes_the_place_of_what_nobody_agreed_to(hall: CityHall) -> None:
    hall.close_all("p1")
    late_day(hall, 11)
    hall.recount()
    (first,) = adjustments(hall)
    act(hall, first, AdjustmentAct.propose, "hr1")
    late_day(hall, 12)
    hall.recount()
    open_ones = [each for each in adjustments(hall) if each.decision.state is AdjustmentState.found]
    assert [read_adjustment(each.content).amounts["days.worked"] for each in open_ones] == [2]
    with pytest.raises(RefusedMonthError):
        act(hall, first, AdjustmentAct.agree, "hr2")
    agree(hall, open_ones[0])
    late_day(hall, 13)
    hall.recount()
    (last,) = (each for each in adjustments(hall) if each.decision.state is AdjustmentState.found)
    assert read_adjustment(last.content).amounts["days.worked"] == 1
    agree(hall, last)
    with hall.store.reading(hall.now) as tx:
        (version,) = list_versions(tx, PERIOD)
    stands = stands_at(version, adjustments(hall))
    assert stands.amounts["days.worked"] == 3
    assert read_counted(version.content).amounts == {}


def test_only_the_changed_month_loses_its_confirmations(hall: CityHall) -> None:
    for each in ("p1", "p2"):
        hall.day(each, 10)
        hall.confirm(each)
    assert hall.confirm_as_head("p1", "p2") == {}
    hall.tap("p1", 14, "10:00", None, late=True)
    assert hall.recount().lapsed == (("p1", PERIOD),)
    assert (hall.standing("p1").state, hall.standing("p2").state) == (MonthState.open, MonthState.head_confirmed)
    hall.tap("p2", 10, "12:00", None, late=True)
    assert hall.recount().lapsed == ()  # an interior door during presence: the count is the same
    assert hall.standing("p2").state is MonthState.head_confirmed


def test_the_recount_works_through_everybody(hall: CityHall) -> None:
    hall.close_all("p1", "p2")
    late_day(hall, 11)
    late_day(hall, 11, "p2")
    recount = MonthRecount(hall.store, hall.later, HAGI)
    assert (recount.look(), recount.look()) == (2, 0)
    assert len(adjustments(hall)) == len(adjustments(hall, "p2")) == 1


def test_reopening_ends_what_is_undecided(hall: CityHall) -> None:
    hall.close_all("p1")
    late_day(hall, 11)
    hall.recount()
    for name, by in ((MonthAct.propose_reopening, "hr1"), (MonthAct.agree_reopening, "hr2")):
        with hall.store.transaction(hall.later()) as tx:
            reopen_month(tx, "p1", PERIOD, name, by=by, organisation=ORGANISATION, reason="誤り")
    assert [each.decision.state for each in adjustments(hall)] == [AdjustmentState.dismissed]
    hall.close_all("p1")
    late_day(hall, 11)
    assert hall.recount().adjusted == ()


def test_a_day_keeps_every_cause(store: Store) -> None:
    now = datetime(2025, 12, 3, tzinfo=UTC)
    with store.transaction(now) as tx:
        for cause in ("late_tap", "cancelled", "late_tap"):
            mark_changed_days(tx, "p1", [date(2025, 11, 3)], cause)
        mark_changed_days(tx, "p2", [date(2025, 11, 3)], "hr")
        with pytest.raises(ValueError, match="weather"):
            mark_changed_days(tx, "p2", [date(2025, 11, 3)], "weather")
        assert [(each.person_id, each.cause.value) for each in claim_changed_days(tx, 1)] == [
            ("p1", "cancelled"),
            ("p1", "late_tap"),
        ]
        assert len(claim_changed_days(tx, 5)) == 1
        assert claim_changed_days(tx, 5) == []


def test_only_what_can_reach_an_earlier_month_is_marked() -> None:
    assert past_month_until(datetime(2025, 12, 20, tzinfo=UTC)) == datetime(2025, 12, 7, 15, tzinfo=UTC)
    assert past_month_until(datetime(2025, 11, 30, 15, tzinfo=UTC)) == datetime(2025, 12, 7, 15, tzinfo=UTC)


def test_a_calendar_that_changes_is_counted_again_where_a_month_had_begun_to_end(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.day("p2", 10)
    hall.close_all("p1")
    for name, adjusted in (("記念日", (("p1", PERIOD),)), ("開市の日", ())):  # another name changes no count
        with hall.store.transaction(hall.later()) as tx:
            assert save_year(tx, 2025, [CalendarDay(date(2025, 11, 10), name)])
        assert hall.recount().adjusted == adjusted
    (found,) = adjustments(hall)
    assert found.causes == {Cause.calendar}
    assert read_adjustment(found.content).amounts["minutes.regular"] == -465
