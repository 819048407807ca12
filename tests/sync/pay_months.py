"""Months as payroll takes them, for the tests of layouts: a plain one, an empty one, and the reference's W1."""

from domain.attendance.counted_month import sum_month
from domain.attendance.pay_due import due_rows
from domain.attendance.pay_line import ClosedMonth, PayRow
from sync.payroll.rows import Payee
from tests.domain.attendance.test_month_w1 import w1
from tests.profiles import HAGI

PLAIN = ClosedMonth(
    "000101", "2025-11", 1, {"weekday_day": 360}, {}, {"125": 6}, {"125": 360},
    worked_minutes=8670, regular_minutes=8310, overtime_minutes=360, beyond_statutory_minutes=330,
    weekday_within_minutes=30, weekday_beyond_minutes=330, late_minutes=5,
    days={"worked": 18, "worked_work": 18}, leave_days={"annual": 1}, leave_minutes={"annual": 120},
)  # fmt: skip
EMPTY = ClosedMonth("000102", "2025-11", 1, {}, {}, {})
FULL = sum_month(w1(), "2025-11", 1, HAGI)
FULL_ID = FULL.person_id
PAYEES = {
    "000101": Payee("000101", "髙﨑 太郎", "タカサキ タロウ", "somu"),
    "000102": Payee("000102", "萩 花子", "ハギ ハナコ", "zeimu"),
    FULL_ID: Payee(FULL_ID, "毛利, 次郎", "モウリ ジロウ", "bosai"),
}


def rows_of(*months: ClosedMonth, replace: bool = False) -> list[PayRow]:
    return [row for month in months for row in due_rows([month], (), (), replace=replace)]
