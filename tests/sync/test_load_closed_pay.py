"""From the closing to payroll's file: a closed month is handed over once, and what was agreed later as a difference."""

import pytest

from domain.attendance.adjustment import AdjustmentAct
from gateway.operations.attendance.adjust_month import adjust_month
from store.month_adjustments import list_adjustments
from store.tx import Store
from sync.jobs.hand_over_pay import make_pay_files
from sync.jobs.load_closed_pay import load_closed_pay
from sync.payroll.layout_files import load_layout
from sync.payroll.rows import Payee
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall

PAYEES = {each: Payee(each, "萩 太郎", "ハギ タロウ", "general") for each in ("p1", "p2")}
ADDS_UP = next(name for name in ("generic", "pca", "yayoi") if load_layout(name).corrections != "replace")


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head", "hr1", "hr2")


def rows(hall: CityHall) -> list[tuple[str, str, int]]:
    with hall.store.transaction(hall.later()) as tx:
        files = make_pay_files(tx, load_layout(ADDS_UP), PERIOD, load_closed_pay(tx, PERIOD), PAYEES)
    return [(row.person_id, row.name[:10], row.amounts.get("days.worked", 0)) for file in files for row in file.rows]


def test_only_closed_months_and_each_once(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.day("p2", 10)
    assert rows(hall) == []
    hall.close_all("p1")
    assert rows(hall) == [("p1", "month", 1)]
    assert rows(hall) == []
    hall.tap("p1", 11, "08:25", "in", late=True)
    hall.tap("p1", 11, "17:15", "out", late=True)
    assert hall.recount().adjusted == (("p1", PERIOD),)
    assert rows(hall) == []
    with hall.store.transaction(hall.later()) as tx:
        (found,) = list_adjustments(tx, PERIOD)
        for act, by in ((AdjustmentAct.propose, "hr1"), (AdjustmentAct.agree, "hr2")):
            adjust_month(
                tx, found.id, act, by=by, seen_hash=found.content_hash, organisation=ORGANISATION, reason="遅延"
            )
    assert rows(hall) == [("p1", "difference", 1)]
    assert rows(hall) == []
