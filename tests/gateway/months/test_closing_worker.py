"""Closings as they are asked for and worked through, on both databases."""

import threading
from datetime import timedelta

import pytest

from domain.attendance.month_fault import MonthWhy, RefusedMonthError
from gateway.months.closing_worker import ABANDONED, ClosingWorker
from gateway.operations.attendance.ask_to_close import ask_to_close
from store.closing_runs import AskedRun, ClosingRun, claim_run, load_latest_run, load_run
from store.people import Department, upsert_departments
from store.tables import account
from store.tx import Store
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI


@pytest.fixture
def hall(store: Store) -> CityHall:
    hall = CityHall(store).found("p1", "p2", "head", "hr1", "hr2")
    with store.transaction(hall.now) as tx:
        tx.connection.execute(account.insert().values(login="hr1", person_id="hr1", password_hash="", roles="hr"))
    return hall


def ask(hall: CityHall, run_id: str = "run1", *, by: str = "hr1", **changes: object) -> None:
    asked = AskedRun(run_id, str(changes.pop("period", PERIOD)), None, by, **changes)  # type: ignore[arg-type]
    with hall.store.transaction(hall.later()) as tx:
        ask_to_close(tx, asked, HAGI, organisation=ORGANISATION)


def worker(hall: CityHall) -> ClosingWorker:
    return ClosingWorker(hall.store, hall.clock, HAGI)


def latest(hall: CityHall) -> ClosingRun:
    with hall.store.reading(hall.now) as tx:
        found = load_latest_run(tx, PERIOD)
    assert found is not None
    return found


def refusal(hall: CityHall, **asked: object) -> tuple[str, MonthWhy]:
    with pytest.raises(RefusedMonthError) as refused:
        ask(hall, **asked)  # type: ignore[arg-type]
    (fault,) = refused.value.faults
    return fault.field, fault.why


def test_what_is_ready_is_closed_and_the_rest_is_counted(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.confirm("p1")
    assert hall.confirm_as_head("p1") == {}
    ask(hall)
    assert (latest(hall).worked_at, latest(hall).ended_at) == (None, None)
    assert worker(hall).look() == 1
    run = latest(hall)
    assert (run.done, run.of, run.closed, run.left, run.fault) == (2, 2, 1, 4, None)
    assert run.ended_at is not None
    assert hall.standing("p1").version == 1
    assert worker(hall).look() == 0


def test_the_same_form_twice_is_one_and_another_waits(hall: CityHall) -> None:
    ask(hall)
    ask(hall)
    assert refusal(hall, run_id="run2") == ("period", MonthWhy.not_now)
    worker(hall).look()
    ask(hall)
    assert worker(hall).look() == 0
    ask(hall, "run2")
    assert worker(hall).look() == 1


def test_what_cannot_be_closed_is_refused_when_it_is_asked_for(hall: CityHall) -> None:
    assert refusal(hall, period="2025-12") == ("period", MonthWhy.not_over)
    assert refusal(hall, by="p1") == ("by", MonthWhy.not_yours)
    assert refusal(hall, without_readers=frozenset({"west-1"})) == ("reason", MonthWhy.no_reason)
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        ask_to_close(tx, AskedRun("run1", PERIOD, "nowhere", "hr1"), HAGI, organisation=ORGANISATION)
    assert [fault.field for fault in refused.value.faults] == ["department_id"]


def test_a_department_alone_is_closed(hall: CityHall) -> None:
    with hall.store.transaction(hall.later()) as tx:
        ask_to_close(tx, AskedRun("run1", PERIOD, "tax", "hr1"), HAGI, organisation=ORGANISATION)
    worker(hall).look()
    assert (latest(hall).of, latest(hall).left) == (1, 0)


def test_a_closing_whose_worker_died_is_gone_on_with(hall: CityHall) -> None:
    ask(hall)
    with hall.store.transaction(hall.later()) as tx:
        assert claim_run(tx, tx.now - ABANDONED) is not None  # and that worker is never heard of again
    assert worker(hall).look() == 0
    hall.now += ABANDONED + timedelta(minutes=1)
    assert worker(hall).look() == 1
    assert (latest(hall).done, latest(hall).left) == (2, 5)


def test_a_worker_that_stops_lets_another_go_on(hall: CityHall) -> None:
    with hall.store.transaction(hall.later()) as tx:
        upsert_departments(tx, [Department("water", "水道課")])
    ask(hall)
    stop = threading.Event()

    def clock_that_stops() -> object:
        stop.set()
        return hall.later()

    ClosingWorker(hall.store, clock_that_stops, HAGI).look(stop)  # type: ignore[arg-type]
    assert latest(hall).worked_at is None
    assert latest(hall).ended_at is None
    assert worker(hall).look() == 1
    assert latest(hall).done == 3


def test_a_closer_who_is_of_hr_no_more_closes_nothing(hall: CityHall) -> None:
    ask(hall, by="hr2")  # has no account that decides
    worker(hall).look()
    assert latest(hall).fault is MonthWhy.not_yours
    assert latest(hall).closed == 0


def test_there_is_no_other(hall: CityHall) -> None:
    with hall.store.reading(hall.now) as tx:
        assert load_run(tx, "none") is None
        assert load_latest_run(tx, PERIOD) is None
