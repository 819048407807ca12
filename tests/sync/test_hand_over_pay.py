"""Closed months to payroll over both databases: files once, a failing service, runs that died, versions that follow."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attendance.pay_line import AgreedAdjustment, ClosedMonth, LineState
from domain.attendance.reconciliation import reconcile
from store.pay_lines import (
    LinesStandError,
    confirm_lines,
    insert_pay_lines,
    list_handed,
    list_pay_lines,
    save_batch_sent,
)
from store.payroll import list_batches
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from sync.jobs.hand_over_pay import STALE_AFTER, Closed, PersonClosed, Sending, find_due, make_pay_files, send_due
from sync.payroll.delivery import PortClosedError
from sync.payroll.freee_api import FreeePort
from sync.payroll.layout_files import load_layout
from sync.payroll.rows import UntoldPayError
from sync.payroll.their_list import read_their_list
from sync.payroll.wire import Wire
from tests.sync.faulty_payroll import QUICK_FAULTS, TOKEN, Held, PayrollService, payroll_service
from tests.sync.pay_months import EMPTY, FULL, PAYEES, PLAIN

NOW = datetime(2025, 12, 3, 1, tzinfo=UTC)
GENERIC = load_layout("generic")
FREEE = load_layout("freee_api")
SEEN = replace(PLAIN, late_minutes=0)
PATH = "/api/v1/employees/7/work_record_summaries/2025/11"


@dataclass
class Watch:
    """The time of a test: it goes on when a sender waits."""

    now: datetime = NOW
    waited: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def city(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("somu", "総務課")])
        upsert_persons(tx, [Person(each.person_id, each.name, "カナ", "somu") for each in PAYEES.values()])
    return store


@pytest.fixture
def service() -> Iterator[PayrollService]:
    with payroll_service() as one:
        yield one


def closed(*months: ClosedMonth, adjustments: tuple[AgreedAdjustment, ...] = ()) -> Closed:
    return {months[0].person_id: PersonClosed(months, adjustments)}


EVERYBODY: Closed = {each.person_id: PersonClosed((each,)) for each in (PLAIN, EMPTY, FULL)}


def send(city: Store, service: PayrollService, months: Closed, watch: Watch | None = None) -> list[LineState]:
    time = watch or Watch()
    with Wire(service.url, Held(), timeout_seconds=0.3) as wire:
        port = FreeePort(wire, FREEE, 1, {"000101": 7, "000102": 8})
        told = send_due(Sending(city, lambda: time.now, FREEE, port, time.pause), "2025-11", months)
    return [each.state for each in told]


def states(city: Store, layout: str = "freee_api") -> set[tuple[int, str, LineState]]:
    with city.reading(NOW) as tx:
        return {(each.line.version, each.line.row, each.state) for each in list_pay_lines(tx, "2025-11", layout)}


def test_a_file_and_its_lines_are_made_once(city: Store) -> None:
    with city.transaction(NOW) as tx:
        (batch,) = make_pay_files(tx, GENERIC, "2025-11", EVERYBODY, PAYEES)
    with city.transaction(NOW) as tx:
        assert make_pay_files(tx, GENERIC, "2025-11", EVERYBODY, PAYEES) == ()
        assert [kept.content for _, kept in list_batches(tx, "2025-11")] == [batch.content]
        assert {each.line for each in list_pay_lines(tx, "2025-11", "generic")} == set(batch.lines)
        assert set(list_handed(tx, "2025-11", "generic")) == set(EVERYBODY)


def test_an_adjustment_gives_a_file_of_differences(city: Store) -> None:
    item = AgreedAdjustment("a1", "000101", "2025-11", 1, {"class.weekday_day": 45, "rate.125": 45, "hours.125": 1})
    with city.transaction(NOW) as tx:
        make_pay_files(tx, GENERIC, "2025-11", closed(PLAIN), PAYEES)
        (batch,) = make_pay_files(tx, GENERIC, "2025-11", closed(PLAIN, adjustments=(item,)), PAYEES)
        assert {line.line: line.minutes for line in batch.lines}["weekday_day"] == 45
        assert {line.row for line in batch.lines} == {"difference:a1"}
        assert find_due(tx, GENERIC, "2025-11", closed(PLAIN, adjustments=(item,))) == []


def test_two_runs_cannot_make_the_same_lines(city: Store) -> None:
    with city.transaction(NOW) as tx:
        (batch,) = make_pay_files(tx, GENERIC, "2025-11", closed(PLAIN), PAYEES)
    with pytest.raises(LinesStandError), city.transaction(NOW) as tx:
        insert_pay_lines(tx, "another", batch.lines)
    with city.reading(NOW) as tx:
        assert {each.batch_id for each in list_pay_lines(tx, "2025-11", "generic")} == {batch.id}


def test_a_file_is_confirmed_by_payrolls_own_list(city: Store) -> None:
    with city.transaction(NOW) as tx:
        (batch,) = make_pay_files(tx, GENERIC, "2025-11", EVERYBODY, PAYEES)
        assert save_batch_sent(tx, batch.id) == len(batch.lines)
        lines = [(each.line, each.state) for each in list_pay_lines(tx, "2025-11", "generic")]
        report = reconcile(lines, read_their_list(batch.content, GENERIC, "2025-11"), replace=False)
        assert (report.found, report.unknown) == ((), len(lines))
        assert confirm_lines(tx, "2025-11", "generic", EVERYBODY) == len(lines)
    assert {state for *_, state in states(city, "generic")} == {LineState.confirmed}


@pytest.mark.parametrize("fault", ["", "close_before", "close_after", "fail_after", "cut", "bare", "busy"])
def test_a_service_takes_a_month_once(city: Store, service: PayrollService, fault: str) -> None:
    service.faults = [fault]
    assert send(city, service, closed(SEEN)) == [LineState.confirmed]
    assert send(city, service, closed(SEEN)) == []
    assert len(service.written) == 1
    assert states(city) == {(1, "month", LineState.confirmed)}


def test_what_nobody_answered_is_asked_later_and_not_paid_again(city: Store, service: PayrollService) -> None:
    watch = Watch()
    service.faults = ["close_after", *["fail_before"] * 5]
    assert send(city, service, closed(SEEN), watch) == [LineState.sent]
    assert send(city, service, closed(SEEN), watch) == [], "its sender may still live"
    watch.now += STALE_AFTER
    service.requests.clear()
    assert send(city, service, closed(SEEN), watch) == [LineState.confirmed]
    assert [method for method, _ in service.requests] == ["GET"]
    assert len(service.written) == 1


def test_a_run_that_died_before_sending_is_made_good(city: Store, service: PayrollService) -> None:
    watch = Watch()
    service.token = "another"
    with pytest.raises(PortClosedError):
        send(city, service, closed(SEEN), watch)
    assert states(city) == {(1, "month", LineState.sent)}
    service.token = TOKEN
    watch.now += STALE_AFTER
    assert send(city, service, closed(SEEN), watch) == [LineState.confirmed]
    assert len(service.written) == 1


def test_a_later_version_takes_the_place_of_one_that_never_arrived(city: Store, service: PayrollService) -> None:
    service.faults = ["busy"] * 6
    assert send(city, service, closed(SEEN)) == [LineState.made]
    later = replace(SEEN, version=2, worked_minutes=9000)
    item = AgreedAdjustment("a1", "000101", "2025-11", 2, {"minutes.worked": 30})
    assert send(city, service, closed(SEEN, later, adjustments=(item,))) == [LineState.confirmed]
    assert service.summaries[PATH]["total_work_mins"] == 9030
    assert states(city) == {(1, "month", LineState.superseded), (2, "month:a1", LineState.confirmed)}
    assert len(service.written) == 1


def test_whom_the_service_does_not_know_is_refused_and_due_again(city: Store, service: PayrollService) -> None:
    months = closed(replace(SEEN, person_id="p1"))
    assert send(city, service, months) == [LineState.refused]
    assert states(city) == {(1, "month", LineState.refused)}
    with city.reading(NOW) as tx:
        assert len(find_due(tx, FREEE, "2025-11", months)) == 1
        assert {each.answer for each in list_pay_lines(tx, "2025-11", "freee_api")} != {""}
    assert send(city, service, months) == [LineState.refused]


def test_pay_without_a_field_is_refused_before_anything_is_sent(city: Store, service: PayrollService) -> None:
    with pytest.raises(UntoldPayError, match="swap_week"):
        send(city, service, EVERYBODY)
    assert (service.requests, states(city)) == ([], set())


def test_a_service_that_adds_up_gets_files_only(city: Store, service: PayrollService) -> None:
    with Wire(service.url, Held()) as wire:
        sending = Sending(city, lambda: NOW, GENERIC, FreeePort(wire, GENERIC, 1, {}))
        with pytest.raises(ValueError, match="adds up"):
            send_due(sending, "2025-11", EVERYBODY)


months_used = itertools.count()
acts = st.lists(
    st.one_of(
        st.tuples(st.just("close"), st.integers(1, 9000)),
        st.tuples(st.just("adjust"), st.integers(1, 90)),
        st.tuples(st.just("send"), st.integers(0, 40)),
    ),
    min_size=1,
    max_size=8,
)
plans = st.tuples(acts, st.lists(st.sampled_from(["", *QUICK_FAULTS]), max_size=14))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans)
def test_whatever_fails_the_service_ends_with_the_month_as_it_stands(
    city: Store, service: PayrollService, plan: tuple[list[tuple[str, int]], list[str]]
) -> None:
    """Closings, adjustments and runs in any order, each run minutes after the one before, and every fault."""
    number = next(months_used)
    period = f"{2026 + number // 12}-{number % 12 + 1:02}"
    service.summaries, service.written, service.requests, service.faults = {}, [], [], list(plan[1])
    watch, versions, adjustments = Watch(), list[ClosedMonth](), list[AgreedAdjustment]()
    with Wire(service.url, Held(), timeout_seconds=0.3) as wire:
        sending = Sending(city, lambda: watch.now, FREEE, FreeePort(wire, FREEE, 1, {"000101": 7}), watch.pause)

        def run(minutes: int) -> None:
            watch.now += timedelta(minutes=minutes)
            if versions:
                send_due(sending, period, {"000101": PersonClosed(tuple(versions), tuple(adjustments))})

        for act, value in plan[0]:
            if act == "close":
                versions.append(replace(SEEN, period=period, version=len(versions) + 1, worked_minutes=value))
            elif act == "adjust" and versions:
                name = f"a{len(adjustments)}"
                adjustments.append(AgreedAdjustment(name, "000101", period, len(versions), {"minutes.worked": value}))
            elif act == "send":
                run(value)
        for _ in range(8):
            run(40)
    assert len({key for _, key in service.written}) == len(service.written), "each row was written once"
    if versions:
        own = [item.amounts["minutes.worked"] for item in adjustments if item.version == len(versions)]
        (held,) = service.summaries.values()
        assert held["total_work_mins"] == versions[-1].worked_minutes + sum(own)
