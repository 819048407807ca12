"""Closed months to payroll by the clock and by hand: whole, once, in the city's form, and taken up after a crash."""

import csv
from datetime import date
from pathlib import Path

import pytest

from domain.attendance.adjustment import AdjustmentAct
from domain.attendance.pay_line import LineState
from gateway.operations.attendance.adjust_month import adjust_month
from store.month_adjustments import list_adjustments
from store.pay_lines import list_pay_lines
from store.pay_overview import count_line_states, list_closed_periods, list_due_people
from store.payroll import list_batches
from store.tx import Store
from sync.jobs.hand_over_closed_pay import (
    PayDesk,
    hand_over_month,
    hand_over_whole_months,
    load_payees,
    previous_month,
)
from sync.jobs.hand_over_pay import make_pay_files
from sync.jobs.load_closed_pay import load_closed_pay
from sync.payroll.cells import UnencodableError
from sync.payroll.freee_api import EmployeeListError
from sync.payroll.layout_files import LayoutError, load_layout
from sync.payroll.token_pair import Brought
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall
from tests.sync.closed_city import close_for, close_for_all, found_city, freee_access, pay_desk
from tests.sync.faulty_payroll import CODE, freee_settings, payroll_service


def table(folder: Path, encoding: str = "cp932") -> list[dict[str, str]]:
    (file,) = (folder / "payroll").iterdir()
    return list(csv.DictReader(file.read_text(encoding=encoding).splitlines()))


def states(desk: PayDesk, layout: str = "generic") -> set[LineState]:
    with desk.store.reading(desk.clock()) as tx:
        return set(count_line_states(tx, [PERIOD], layout).get(PERIOD, {}))


def due(desk: PayDesk, layout: str = "generic") -> set[str]:
    with desk.store.reading(desk.clock()) as tx:
        return set(list_due_people(tx, PERIOD, layout))


def agree_to_a_late_day(hall: CityHall) -> None:
    hall.tap("p1", 11, "08:25", "in", late=True)
    hall.tap("p1", 11, "17:15", "out", late=True)
    hall.recount()
    with hall.store.transaction(hall.later()) as tx:
        (found,) = list_adjustments(tx, PERIOD)
        for act, by in ((AdjustmentAct.propose, "hr1"), (AdjustmentAct.agree, "hr2")):
            adjust_month(
                tx, found.id, act, by=by, seen_hash=found.content_hash, organisation=ORGANISATION, reason="遅延"
            )


def test_the_clock_hands_over_only_a_month_that_is_closed_for_everybody(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "髙﨑 太郎", "萩 花子")
    desk = pay_desk(hall, tmp_path)
    assert hand_over_whole_months(desk) == "nothing due"
    close_for(hall, ["p1"])
    assert hand_over_whole_months(desk) == "nothing due"
    close_for_all(hall, "p2")
    assert hand_over_whole_months(desk) == "2025-11: files 1, sent 0"
    assert [row["氏名"] for row in table(tmp_path)][3:] == ["髙﨑 太郎", "萩 花子"]
    assert (states(desk), due(desk)) == ({LineState.sent}, set())
    assert hand_over_whole_months(desk) == "nothing due"
    assert len(list((tmp_path / "payroll").iterdir())) == 1


def test_by_hand_what_is_closed_goes_and_what_was_agreed_later_follows(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "萩 太郎", "萩 花子")
    desk = pay_desk(hall, tmp_path)
    close_for(hall, ["p1"])
    assert due(desk) == {"p1"}
    ((name, content),) = hand_over_month(desk, PERIOD).files
    assert ("difference" in name, content.count(b"\r\n")) == (False, 2)
    agree_to_a_late_day(hall)
    assert due(desk) == {"p1"}
    ((name, _),) = hand_over_month(desk, PERIOD).files
    assert "_difference_" in name
    assert hand_over_month(desk, PERIOD).files == ()
    with store.reading(desk.clock()) as tx:
        assert list_closed_periods(tx, limit=9) == {PERIOD: 1}
        assert len(list_batches(tx, PERIOD)) == 2


def test_who_died_before_laying_the_file_leaves_it_to_the_next_run(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "萩 太郎")
    desk = pay_desk(hall, tmp_path)
    close_for_all(hall, "p1")
    with store.transaction(desk.clock()) as tx:
        (made,) = make_pay_files(tx, load_layout("generic"), PERIOD, load_closed_pay(tx, PERIOD), load_payees(tx))
    assert hand_over_whole_months(desk) == "2025-11: files 1, sent 0"
    ((name, content),) = [(file.name, file.read_bytes()) for file in (tmp_path / "payroll").iterdir()]
    assert (name, content) == (made.file_name, made.content)
    assert states(desk) == {LineState.sent}


def test_who_cannot_be_written_is_named_and_left_out_only_when_asked(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "𠮷田 太郎", "萩 花子")
    desk = pay_desk(hall, tmp_path)
    close_for(hall, ["p1", "p2"])
    with pytest.raises(UnencodableError, match=r"p1.*U\+20BB7"):
        hand_over_month(desk, PERIOD)
    assert due(desk) == {"p1", "p2"}
    done = hand_over_month(desk, PERIOD, without_unfit=True)
    assert [each.person_id for each in done.left_out] == ["p1"]
    assert [row["職員番号"] for row in table(tmp_path)] == ["p2"]
    assert due(desk) == {"p1"}
    with store.reading(desk.clock()) as tx:
        assert {each.line.person_id for each in list_pay_lines(tx, PERIOD, "generic")} == {"p2"}
    again = hand_over_month(desk, PERIOD, without_unfit=True)
    assert ([each.person_id for each in again.left_out], again.files) == (["p1"], ())


def test_one_month_that_cannot_be_written_is_told_without_its_names(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "𠮷田 太郎")
    close_for_all(hall, "p1")
    with pytest.raises(ExceptionGroup, match=r"^some months were not handed over"):
        hand_over_whole_months(pay_desk(hall, tmp_path))


def test_the_settings_choose_the_form(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "萩 太郎")
    close_for(hall, ["p1"])
    chosen = {"payroll_layout": "bugyo", "payroll_time": "decimal", "payroll_encoding": "utf-8-sig"}
    ((name, _),) = hand_over_month(pay_desk(hall, tmp_path, **chosen), PERIOD).files
    assert "_bugyo_" in name
    assert table(tmp_path, "utf-8-sig")[0]["社員番号"] == "p1"
    with pytest.raises(LayoutError, match="対応表"):
        hand_over_month(pay_desk(hall, tmp_path, payroll_layout="ipknowledge"), PERIOD)
    with pytest.raises(LayoutError, match="freee"):
        hand_over_month(pay_desk(hall, tmp_path, payroll_layout="freee_api"), PERIOD)
    with pytest.raises(ValueError, match="2025-13"):
        hand_over_month(pay_desk(hall, tmp_path), "2025-13")


def test_freee_takes_each_closed_month_once(store: Store, tmp_path: Path) -> None:
    hall = found_city(store, "萩 太郎", "萩 花子")
    close_for_all(hall, "p1", "p2")
    with payroll_service() as service:
        service.employees = {each: number for number, each in enumerate(("p1", "p2", "head", "hr1", "hr2"), start=1)}
        desk = pay_desk(hall, tmp_path, payroll_layout="freee_api", freee=freee_settings(service, tmp_path))
        with pytest.raises(ExceptionGroup):
            hand_over_whole_months(desk)  # nobody authorised it yet
        freee_access(desk).authorise(Brought(CODE, is_code=True))
        assert hand_over_whole_months(desk) == "2025-11: files 0, sent 5"
        assert (len(service.written), states(desk, "freee_api")) == (5, {LineState.confirmed})
        assert hand_over_whole_months(desk) == "nothing due"
        assert not (tmp_path / "payroll").exists()
        agree_to_a_late_day(hall)
        service.employees = {}
        hand_over_month(desk, PERIOD)
        assert len(service.written) == 5, "who is unknown there is refused, and nothing is written"
    with pytest.raises(EmployeeListError):
        hand_over_month(desk, PERIOD)


def test_the_previous_month() -> None:
    assert [previous_month(date(2026, 1, 3)), previous_month(date(2025, 12, 31))] == ["2025-12", "2025-11"]
