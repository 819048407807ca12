"""出勤簿, 時間外勤務命令簿 and HR's workbook on order: one file, or for everybody one archive of departments.

Departments are loaded and typeset one after another, each in a transaction that ends: no more than one is in memory,
and the order tells how many are made.
"""

import io
import zipfile
from collections.abc import Iterator

from domain.access.rights import PersonKind
from domain.attendance.month import month_bounds
from domain.attendance.paper import PaperKind, PaperOrder
from store.papers import PaperFile
from store.people import is_employed, list_departments, list_persons
from sync.documents.attendance_book import lay_out_book
from sync.documents.month_workbook import write_workbook
from sync.documents.overtime_orders import lay_out_orders
from sync.documents.press import Press
from sync.documents.sheet import MonthSheet
from sync.jobs.paper_progress import PaperWork
from sync.jobs.print_papers import NoSheetError, Papers, load_papers

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
TITLES = {
    PaperKind.attendance_book: "出勤簿",
    PaperKind.overtime_orders: "時間外勤務命令簿",
    PaperKind.workbook: "勤務集計",
}


def make_month_paper(work: PaperWork) -> PaperFile:
    """Make the paper of an order.

    Raises:
        NoSheetError: nobody whom it is of was employed in the month.
        PressError: there is no Japanese font, or a sheet cannot be typeset.
        LostPaperError: another maker has it.
    """
    order = work.order
    press = Press()
    made = _make_workbook(work) if order.kind is PaperKind.workbook else _make_pdfs(work, press)
    files, sheets = made
    undrawable = _tell_undrawable(press, sheets) if order.kind is not PaperKind.workbook else ""
    if len(files) == 1:
        ((name, content),) = files
        return PaperFile(name, XLSX if order.kind is PaperKind.workbook else PDF, content, undrawable)
    return PaperFile(f"{_stem(order)}.zip", ZIP, _archive(files), undrawable)


def _make_pdfs(work: PaperWork, press: Press) -> tuple[list[tuple[str, bytes]], list[MonthSheet]]:
    order, files = work.order, list[tuple[str, bytes]]()
    sheets: list[MonthSheet] = []
    for papers in _load_each(work):
        made_at = work.desk.now()
        if order.kind is PaperKind.attendance_book:
            content = press.print_pdf("attendance_book", [lay_out_book(sheet) for sheet in papers.sheets], made_at)
        else:
            words = [lay_out_orders(sheet, papers.notes) for sheet in papers.sheets]
            content = press.print_pdf("overtime_orders", words, made_at)
        files.append((f"{_stem(order)}_{_whose(order, papers)}.pdf", content))
        sheets += papers.sheets
    return files, sheets


def _make_workbook(work: PaperWork) -> tuple[list[tuple[str, bytes]], list[MonthSheet]]:
    sheets = [sheet for papers in _load_each(work) for sheet in papers.sheets]
    return [(f"{_stem(work.order)}.xlsx", write_workbook(sheets))], sheets


def _load_each(work: PaperWork) -> Iterator[Papers]:
    order, profile = work.order, work.desk.settings.read_rules()
    names = {kind.id: kind.title for kind in work.desk.settings.read_leave_rules().kinds.values()}
    wanted = [order.department_id] if order.person_id or order.department_id else _staffed_departments(work)
    if not wanted:
        raise NoSheetError(f"{order.period}: 印刷する職員がいません / nobody to print; expected a month with staff")
    work.tell(0, len(wanted))
    for number, department_id in enumerate(wanted, start=1):
        with work.desk.store.reading(work.desk.now()) as tx:
            papers = load_papers(tx, order.period, profile, department_id, person_id=order.person_id, leave_names=names)
        yield papers
        work.tell(number, len(wanted))


def _staffed_departments(work: PaperWork) -> list[str]:
    first_on, last_on = month_bounds(work.order.period)
    with work.desk.store.reading(work.desk.now()) as tx:
        people = list_persons(tx)
        known = [each.id for each in list_departments(tx)]
    staffed = {
        who.department_id for who in people if who.kind == PersonKind.staff and is_employed(who, first_on, last_on)
    }
    return [each for each in known if each in staffed]


def _stem(order: PaperOrder) -> str:
    return f"{TITLES[order.kind]}_{order.period}"


def _whose(order: PaperOrder, papers: Papers) -> str:
    person = papers.sheets[0].person
    told = f"{person.id}_{person.name}" if order.person_id else f"{person.department_id}_{person.department}"
    return "".join(mark if mark.isalnum() or mark in "-_" else "_" for mark in told)[:80]


def _archive(files: list[tuple[str, bytes]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()


def _tell_undrawable(press: Press, sheets: list[MonthSheet]) -> str:
    told = []
    for sheet in sheets:
        if found := press.find_undrawable(sheet.person.name):
            marks = " ".join("+".join(f"U+{ord(each):04X}" for each in cluster) for cluster in found)
            told.append(f"{sheet.person.id} {sheet.person.name}: {marks}")
    return "" if not told else "書体にない字があります / characters that no font draws\n" + "\n".join(told)
