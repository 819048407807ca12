"""Papers of payroll on order: the file of what is due, who cannot be written in it, their list held against ours."""

import csv
import io
import zipfile
from collections import defaultdict

from domain.attendance.paper import PaperKind
from domain.attendance.pay_due import due_rows
from domain.attendance.reconciliation import Reconciliation, TheirList, reconcile
from domain.zones.my_number import find_my_numbers
from store.papers import PaperFile
from store.pay_checks import PayCheck, PayDifference, insert_pay_check
from store.pay_lines import confirm_lines, list_pay_lines
from sync.jobs.hand_over_closed_pay import HandedOver, PayDesk, hand_over_month, load_payees, read_form
from sync.jobs.load_closed_pay import load_closed_pay
from sync.jobs.paper_progress import PaperWork
from sync.payroll.batch import write_rows
from sync.payroll.cells import PayrollFileError, neutral
from sync.payroll.report import STATE_WORDS, write_report
from sync.payroll.their_list import read_their_list

CSV = "text/csv"
TEXT = "text/plain; charset=utf-8"
LISTED_TWICE = "listed_twice"
HELD_BACK = "（個人番号らしい数字 / may be a My Number）"


class NothingDueError(PayrollFileError):
    """Payroll is owed nothing of this month."""

    def __init__(self, period: str) -> None:
        super().__init__(
            f"{period} に渡すものはありません。締めた月と合意した調整はすべて渡しました / "
            f"nothing of {period} is due: what was closed and agreed was handed over"
        )


def make_pay_file(work: PaperWork) -> PaperFile:
    """Hand over what is due of a month and give the file that was laid, or the files in an archive.

    Raises:
        NothingDueError: nothing was due, and nothing was left from an earlier run.
        PayrollFileError, PortClosedError, EmployeeListError, LinesStandError: as ``hand_over_month``.
    """
    order, desk = work.order, work.desk
    work.tell(0, 1)
    without_unfit = order.kind is PaperKind.pay_file_partial
    done = hand_over_month(PayDesk(desk.store, desk.settings, desk.now), order.period, without_unfit=without_unfit)
    words = _tell_left_out(done)
    if done.sent is not None:
        if not done.sent:
            raise NothingDueError(order.period)
        states = "\n".join(f"{STATE_WORDS[state]}: {count}" for state, count in sorted(done.sent.items()))
        return PaperFile(f"payroll_{order.period}.txt", TEXT, f"{states}\n".encode(), states)
    if not done.files:
        raise PayrollFileError(words) if words else NothingDueError(order.period)
    if len(done.files) == 1:
        ((name, content),) = done.files
        return PaperFile(name, CSV, content, words)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in done.files:
            packed.writestr(zipfile.ZipInfo(name), content)
    return PaperFile(f"payroll_{order.period}.zip", "application/zip", archive.getvalue(), words)


def make_unfit_list(work: PaperWork) -> PaperFile:
    """List everybody of a month's closed part who cannot be written in the city's form, and why (CSV, UTF-8).

    Raises:
        PayrollFileError: the form cannot be used.
    """
    desk, period = work.desk, work.order.period
    layout = read_form(desk.settings)
    with desk.store.reading(desk.now()) as tx:
        closed, payees = load_closed_pay(tx, period), load_payees(tx)
    rows = [row for each in closed.values() for row in due_rows(each.versions, each.adjustments, (), replace=True)]
    _, left_out = write_rows(layout, rows, payees, without_unfit=True)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(["職員番号", "氏名", "所属", "理由 / why"])
    for person_id, why in sorted(left_out.items()):
        payee = payees[person_id]
        told = (person_id, payee.name, payee.department_id, why)
        writer.writerow([HELD_BACK if find_my_numbers(each) else neutral(each) for each in told])
    words = (
        f"{layout.title}（{layout.encoding}）で書けない人: {len(left_out)} / {len(closed)} 人 / "
        f"cannot be written: {len(left_out)} of {len(closed)}"
    )
    return PaperFile(f"payroll_characters_{period}.csv", CSV, table.getvalue().encode("utf-8-sig"), words)


def make_pay_check(work: PaperWork) -> PaperFile:
    """Hold the list that came with the order against what was handed over, confirm what agrees, and tell the rest.

    Raises:
        TheirListError: the list cannot be read; every fault is named.
        PayrollFileError: the form cannot be used.
    """
    desk, order = work.desk, work.order
    layout = read_form(desk.settings)
    theirs = read_their_list(work.claimed.given, layout, order.period)
    with desk.store.transaction(desk.now()) as tx:
        standing = list_pay_lines(tx, order.period, layout.name)
        ours = [(each.line, each.state) for each in standing]
        report = reconcile(ours, theirs, replace=layout.corrections == "replace")
        confirmed = confirm_lines(tx, order.period, layout.name, _agreeing(theirs, report))
        check = PayCheck(order.id, order.period, layout.name, order.asked_by, tx.now, report.agreed, confirmed)
        insert_pay_check(tx, check, _differences(report))
        standing = list_pay_lines(tx, order.period, layout.name)
    after = reconcile([(each.line, each.state) for each in standing], theirs, replace=layout.corrections == "replace")
    text = write_report(((each.batch_id, each.state) for each in standing), after)
    words = (
        f"一致 {report.agreed} · 差異 {len(report.found)} · 確認した明細 {confirmed} / "
        f"agreed {report.agreed}, differences {len(report.found)}, lines confirmed {confirmed}"
    )
    return PaperFile(f"payroll_check_{order.period}.txt", TEXT, text.encode("utf-8-sig"), words)


def _agreeing(theirs: TheirList, report: Reconciliation) -> set[str]:
    there = {person_id for person_id, _ in theirs.figures}
    return there - {found.person_id for found in report.found} - set(report.listed_twice)


def _differences(report: Reconciliation) -> list[PayDifference]:
    found = [PayDifference(each.person_id, each.line, each.ours, each.theirs, each.difference) for each in report.found]
    return found + [PayDifference(person_id, "", None, None, LISTED_TWICE) for person_id in report.listed_twice]


def _tell_left_out(done: HandedOver) -> str:
    if not done.left_out:
        return ""
    by_person: dict[str, list[str]] = defaultdict(list)
    for each in done.left_out:
        by_person[each.person_id].append(each.why)
    lines = "\n".join(f"{person_id}: {'; '.join(why)}" for person_id, why in sorted(by_person.items()))
    return f"書けずに除いた人がいます。別の方法で伝えてください / left out; tell payroll another way\n{lines}"
