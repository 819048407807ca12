"""Months on paper, for the tests of documents: the reference's W1, and one with leave, lateness and a missing punch."""

from datetime import UTC, datetime

from domain.attendance.facts import Leave
from sync.documents.overtime_orders import OrderNote
from sync.documents.sheet import MonthSheet, SheetPerson, Standing
from tests.domain.attendance.questions import ask, here, on, order, tap
from tests.domain.attendance.test_month_w1 import A

MADE_AT = datetime(2025, 12, 3, tzinfo=UTC)
PERSON = SheetPerson("000101", "葛\U000e0100城 花子", "防災危機管理課")
FULL = MonthSheet(PERSON, A, Standing(2, "0123456789abcdef" * 4, "2025-12-01", "2025-12-02"))
TROUBLED = MonthSheet(
    SheetPerson("000102", "𠮷野 髙﨑", "総務課"),
    ask(
        taps=(*here(4, "08:50", "17:20"), tap(5, "08:20", "in"), *here(6, "08:20", "19:00")),
        orders=(order(6, "17:15", "20:15"), order(7, "17:15", "18:15")),
        leave=(Leave(on(10), "annual"), Leave(on(11), "annual", 510, 630), Leave(on(12), "city_own")),
    ),
    leave_names={"city_own": "リフレッシュ休暇"},
)
NOTES = {
    each.ref: OrderNote("災害対応の準備", "吉田 松陰", MADE_AT)
    for day in A.days
    if day.assessment
    for each, _ in day.assessment.ordered
}
