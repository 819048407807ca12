"""A service that fails in every way it can: each month is taken once, and what is unknown is told as unknown."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attendance.pay_due import due_rows
from domain.attendance.pay_line import ClosedMonth, LineState, PayRow
from sync.payroll.delivery import Delivered, PortClosedError, Verdict, deliver_row
from sync.payroll.freee_api import EmployeeListError, FreeePort, list_employees
from sync.payroll.layout_files import load_layout
from sync.payroll.wire import RETRY_AFTER_SECONDS_MAX, NotReachedError, Wire
from tests.sync.faulty_payroll import FAULTS, QUICK_FAULTS, TOKEN, Held, PayrollService, payroll_service
from tests.sync.pay_months import PLAIN, rows_of

LAYOUT = load_layout("freee_api")
SEEN = replace(PLAIN, late_minutes=0)
"""A month of which an answer shows every figure."""
PATH = "/api/v1/employees/7/work_record_summaries/2025/11"


@pytest.fixture
def service() -> Iterator[PayrollService]:
    with payroll_service() as one:
        one.employees = {"000101": 7}
        yield one


def wire(service: PayrollService, **more: float) -> Wire:
    return Wire(service.url, Held(), timeout_seconds=more.get("timeout_seconds", 0.3))


def row(month: ClosedMonth = SEEN) -> PayRow:
    return rows_of(month, replace=True)[0]


def deliver(service: PayrollService, what: PayRow, *, doubtful: bool = False, tries_max: int = 6) -> Delivered:
    with wire(service) as line:
        port = FreeePort(line, LAYOUT, 1, {"000101": 7})
        return deliver_row(what, port, doubtful=doubtful, pause=lambda _: None, tries_max=tries_max)


def test_a_month_is_written_with_every_field(service: PayrollService) -> None:
    assert deliver(service, row()).state is LineState.confirmed
    held = service.summaries[PATH]
    assert set(held) == {"company_id", *(column.heading for column in LAYOUT.columns)}
    assert (held["total_excess_statutory_work_mins"], held["total_overtime_work_mins"]) == (30, 330)
    assert (held["total_work_mins"], held["num_paid_holidays"], held["work_days"]) == (8670, 1, 18)
    assert service.written == [(PATH, "000101/2025-11/1/month")]


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_and_the_month_is_taken_once(service: PayrollService, fault: str) -> None:
    service.faults = [fault]
    assert deliver(service, row()).state is LineState.confirmed
    assert len(service.written) == 1


@pytest.mark.parametrize("fault", ["close_after", "stall_after", "fail_after", "cut", "bare"])
def test_after_an_effect_without_an_answer_it_asks_and_does_not_repeat(service: PayrollService, fault: str) -> None:
    service.faults = [fault]
    deliver(service, row())
    assert [method for method, _ in service.requests] == ["PUT", "GET"]


def test_what_an_earlier_run_may_have_sent_is_asked_first(service: PayrollService) -> None:
    deliver(service, row())
    service.requests.clear()
    assert deliver(service, row(), doubtful=True).state is LineState.confirmed
    assert [method for method, _ in service.requests] == ["GET"]


def test_where_an_answer_cannot_prove_it_the_same_is_written_again_and_changes_nothing(service: PayrollService) -> None:
    service.faults = ["close_after"]
    assert deliver(service, row(PLAIN)).state is LineState.confirmed
    assert [method for method, _ in service.requests] == ["PUT", "GET", "PUT"]
    assert len({key for _, key in service.written}) == 1


def test_a_later_version_is_not_taken_for_the_earlier_one(service: PayrollService) -> None:
    deliver(service, row(PLAIN))
    service.faults = ["close_before"]
    later = replace(PLAIN, version=2, late_minutes=25)
    (due,) = due_rows([PLAIN, later], (), [(1, "month")], replace=True)
    assert deliver(service, due).state is LineState.confirmed
    assert service.summaries[PATH]["total_lateness_mins"] == 25


def test_a_pause_is_kept_as_long_as_was_asked(service: PayrollService) -> None:
    service.faults = ["busy", "busy"]
    pauses: list[float] = []
    with wire(service) as line:
        deliver_row(row(), FreeePort(line, LAYOUT, 1, {"000101": 7}), doubtful=False, pause=pauses.append)
    assert pauses == [7.0, 7.0]
    assert max(pauses) <= RETRY_AFTER_SECONDS_MAX


def test_when_no_answer_ever_comes_the_row_is_unknown_not_paid_and_not_lost(service: PayrollService) -> None:
    service.faults = ["close_after", *["fail_before"] * 9]
    told = deliver(service, row())
    assert (told.state, len(service.written)) == (LineState.sent, 1)
    assert "freee" in told.words
    service.faults = []
    assert deliver(service, row(), doubtful=True).state is LineState.confirmed
    assert len(service.written) == 1


@pytest.mark.parametrize("fault", ["bare", "cut", "fail_before", "busy"])
def test_half_an_answer_to_a_question_is_none(service: PayrollService, fault: str) -> None:
    service.faults = ["close_after", fault]
    assert deliver(service, row()).state is LineState.confirmed
    assert len(service.written) == 1


def test_when_nobody_is_there_nothing_was_sent(service: PayrollService) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with Wire(f"http://127.0.0.1:{nobody.getsockname()[1]}", Held(), timeout_seconds=0.3) as line:
            port = FreeePort(line, LAYOUT, 1, {"000101": 7})
            assert port.send(row()).verdict is Verdict.not_reached
            assert deliver_row(row(), port, doubtful=False, pause=lambda _: None).state is LineState.made
            with pytest.raises(NotReachedError):
                line.get("/", {})


def test_what_is_refused_and_who_is_unknown(service: PayrollService) -> None:
    negative = replace(row(), amounts={"minutes.late": -5})
    assert deliver(service, negative).state is LineState.refused
    stranger = replace(row(), person_id="000999")
    told = deliver(service, stranger)
    assert (told.state, "従業員番号" in told.words) == (LineState.refused, True)
    assert service.written == []


def test_a_token_that_ran_out_and_is_not_renewed_stops_the_run(service: PayrollService) -> None:
    service.token = "another"
    with pytest.raises(PortClosedError, match="freee-authorise"):
        deliver(service, row())


def test_pay_in_the_following_month_crosses_the_year(service: PayrollService) -> None:
    december = replace(row(), period="2025-12")
    with wire(service) as line:
        port = FreeePort(line, LAYOUT, 1, {"000101": 7}, pay_months_later=1)
        assert port.send(december).verdict is Verdict.taken
    assert list(service.summaries) == ["/api/v1/employees/7/work_record_summaries/2026/1"]


def test_who_is_who_is_read_page_by_page(service: PayrollService) -> None:
    service.employees = {f"{number:06}": number for number in range(250)}
    with wire(service) as line:
        assert list_employees(line, 1) == service.employees
        service.faults = ["bare"]
        with pytest.raises(EmployeeListError, match="no list"):
            list_employees(line, 1)
        service.faults = ["close_before"]
        with pytest.raises(EmployeeListError, match="asked"):
            list_employees(line, 1)


def test_nothing_secret_or_personal_is_logged(service: PayrollService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    service.faults = ["close_after", "busy"]
    told = deliver(service, row())
    assert TOKEN not in caplog.text + told.words
    assert "/employees/7" not in caplog.text + told.words


def test_a_token_goes_nowhere_in_clear() -> None:
    with pytest.raises(ValueError, match="https"):
        Wire("http://payroll.example", Held())


faults = st.lists(st.sampled_from(["", *QUICK_FAULTS]), max_size=12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults, st.integers(2, 7), st.booleans())
def test_whatever_fails_a_month_is_written_once(
    service: PayrollService, plan: list[str], tries_max: int, earlier: bool
) -> None:
    """Runs follow each other until the row is confirmed, each with what the one before knew."""
    service.summaries, service.written, service.requests, service.faults = {}, [], [], list(plan)
    state = LineState.sent if earlier else LineState.made
    with wire(service) as line:
        port = FreeePort(line, LAYOUT, 1, {"000101": 7})
        for _ in range(16):
            doubtful = state is LineState.sent
            state = deliver_row(row(), port, doubtful=doubtful, pause=lambda _: None, tries_max=tries_max).state
            assert state is not LineState.refused
            assert (state is LineState.confirmed) <= (len(service.written) == 1)
            assert (state is LineState.made) <= (len(service.written) == 0)
            if state is LineState.confirmed:
                break
    assert (state, len(service.written)) == (LineState.confirmed, 1)
