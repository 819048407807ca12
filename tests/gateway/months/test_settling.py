"""Months that confirm themselves when they are over, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.attendance.closing import MonthState
from gateway.months.looking import look_through as look_through_month
from gateway.months.settling import MonthSettler
from gateway.operations.attendance.confirm_month import confirm_settled_months, send_month_back
from store.people import list_persons
from store.tx import Store
from tests.gateway.months.city import DECEMBER, ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head")


def look_through(hall: CityHall) -> None:
    with hall.store.transaction(hall.later()) as tx:
        look_through_month(tx, [each.id for each in list_persons(tx)], PERIOD, HAGI)


def settle(hall: CityHall) -> int:
    return MonthSettler(hall.store, hall.clock, HAGI).look()


def test_what_is_settled_confirms_itself_and_what_diverges_waits(hall: CityHall) -> None:
    hall.on_duty_only([10], "p1", "p2")
    hall.on_duty_only([], "head")
    hall.day("p1", 10)
    hall.day("p2", 10, left="17:45")
    assert settle(hall) == 0  # nobody has looked through the months
    look_through(hall)
    assert settle(hall) == 2
    states = [hall.standing(each).state for each in ("p1", "p2", "head")]
    assert states == [MonthState.self_confirmed, MonthState.open, MonthState.self_confirmed]
    assert settle(hall) == 0


def test_a_month_that_goes_on_waits(hall: CityHall) -> None:
    hall.now = datetime(2025, 11, 30, 19, 50, tzinfo=UTC)
    hall.day("p1", 10)
    look_through(hall)
    settle(hall)  # October is over
    assert hall.standing("p1").state is MonthState.open


def test_a_month_with_days_of_which_nothing_is_known_waits_for_its_person(hall: CityHall) -> None:
    hall.on_duty_only([10, 11], "p1")
    hall.on_duty_only([], "p2", "head")
    hall.day("p1", 10)
    look_through(hall)
    assert settle(hall) == 2
    assert hall.standing("p1").state is MonthState.open
    with hall.store.transaction(hall.later()) as tx:
        assert confirm_settled_months(tx, ["p1"], PERIOD, HAGI) == ()
    hall.confirm("p1")
    assert hall.confirm_as_head("p1") == {}


def test_a_reader_that_is_late_holds_whoever_used_it(hall: CityHall) -> None:
    hall.on_duty_only([10], "p1")
    hall.on_duty_only([], "p2", "head")
    hall.day("p1", 10)
    look_through(hall)
    hall.hear(DECEMBER - timedelta(days=9))
    assert settle(hall) == 2
    assert hall.standing("p1").state is MonthState.open
    hall.hear(DECEMBER)
    assert settle(hall) == 1


def test_what_was_sent_back_waits_for_its_person(hall: CityHall) -> None:
    hall.on_duty_only([10], "p1")
    hall.on_duty_only([], "p2", "head")
    hall.day("p1", 10)
    look_through(hall)
    assert settle(hall) == 3
    with hall.store.transaction(hall.later()) as tx:
        send_month_back(tx, "p1", PERIOD, by="head", reason="10日を見直してください", organisation=ORGANISATION)
    assert settle(hall) == 0
    with hall.store.transaction(hall.later()) as tx:
        assert confirm_settled_months(tx, ["p1"], PERIOD, HAGI) == ()
    assert hall.standing("p1").state is MonthState.open
    hall.confirm("p1")
    assert hall.standing("p1").state is MonthState.self_confirmed
