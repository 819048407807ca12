"""The reconciliation as HR reads it: every state and every difference has its words."""

from domain.attendance.pay_line import LineState, PayLine
from domain.attendance.reconciliation import Difference, TheirList, reconcile
from sync.payroll.report import DIFFERENCE_WORDS, STATE_WORDS, write_report


def test_every_word_is_there() -> None:
    assert (set(STATE_WORDS), set(DIFFERENCE_WORDS)) == (set(LineState), set(Difference))


def test_batches_totals_and_each_difference() -> None:
    one = PayLine("p1", "2025-11", 1, "month", "overtime", 195, "tkc")
    two = PayLine("p2", "2025-11", 1, "month", "overtime", 60, "tkc")
    theirs = TheirList({("p1", "overtime"): 390, ("p9", "overtime"): 5}, {"overtime"}, ("p1",))
    report = reconcile([(one, LineState.confirmed), (two, LineState.sent)], theirs, replace=False)
    assert write_report([("b1", LineState.confirmed), ("b2", LineState.sent)], report).splitlines() == [
        "b1: 確認済 confirmed 1",
        "b2: 送付済・確認待ち sent, not confirmed 1",
        "合計 total: 送付済・確認待ち sent, not confirmed 1 · 確認済 confirmed 1",
        "一致 agreed: 0 · 差異 differences: 3",
        "p1 overtime: 3.15 ≠ 6.30 二重に取り込まれています taken twice",
        "p2 overtime: 1.00 ≠ – 先方にありません missing there",
        "p9 overtime: – ≠ 0.05 こちらから渡していません never handed over",
        "p1: 一覧に複数行 listed more than once",
    ]
