"""A month's papers from the database: sheets as they are counted now, each told how far its month is.

A closed month is counted again for its paper; where that is no longer what was closed, the paper says so beside the
version, for its figures then include what came later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

from contract.month_version import hash_month, write_month
from domain.access.rights import PersonKind
from domain.attendance.closing import MonthAct, MonthStanding
from domain.attendance.month import PersonMonth, derive_month, month_bounds
from domain.attendance.profile import InForce
from domain.civil import civil_minute, instant
from store.closings import list_steps, list_versions, load_standings
from store.months import load_months_facts
from store.orders import list_orders
from store.people import is_employed, list_departments, list_persons
from store.tx import Tx
from sync.documents.attendance_book import lay_out_book
from sync.documents.month_workbook import write_workbook
from sync.documents.overtime_orders import OrderNote, lay_out_orders
from sync.documents.press import Press
from sync.documents.sheet import MonthSheet, SheetPerson, Standing
from sync.whole_file import lay_file

PrintBy = Literal["person", "department"]
_CONFIRMS = {MonthAct.confirm: "confirmed", MonthAct.confirm_as_head: "head_confirmed"}
_UNDOES = frozenset({MonthAct.send_back, MonthAct.lapse, MonthAct.agree_reopening})


class NoSheetError(Exception):
    """There is nobody to print; the text says who was looked for."""


@dataclass(frozen=True, slots=True)
class Papers:
    """A month's sheets by department and person, and what is known of each order by its id."""

    period: str
    sheets: tuple[MonthSheet, ...]
    notes: dict[str, OrderNote]


@dataclass(frozen=True, slots=True)
class Printed:
    """The files that were laid, and by person the characters that no font draws."""

    files: tuple[Path, ...]
    undrawable: dict[str, tuple[str, ...]]


def load_papers(
    tx: Tx,
    period: str,
    profile: InForce,
    department_id: str | None = None,
    *,
    person_id: str | None = None,
    leave_names: Mapping[str, str] = MappingProxyType({}),
) -> Papers:
    """Load and count a month (``YYYY-MM``) of the staff, of one department as it is staffed now, or of one person.

    ``leave_names`` are the city's own names of its kinds of leave.

    Raises:
        NoSheetError: there is no such department or person, or nobody of it was employed in the month.
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    departments = {each.id: each.name for each in list_departments(tx)}
    people = list_persons(tx)
    names = {each.id: each.name for each in people}
    staff = [
        each
        for each in people
        if each.kind == PersonKind.staff
        and is_employed(each, first_on, last_on)
        and department_id in {None, each.department_id}
        and person_id in {None, each.id}
    ]
    if not staff:
        where = "".join(f" {each}" for each in (department_id, person_id) if each is not None)
        raise NoSheetError(
            f"{period}{where}: 印刷する職員がいません / nobody to print; expected a department with staff"
        )
    staff.sort(key=lambda each: (each.department_id, each.id))
    ids = [each.id for each in staff]
    facts = load_months_facts(tx, ids, period, profile)
    standings = load_standings(tx, period, ids)
    closed = {each.person_id: each.content_hash for each in list_versions(tx, period, ids)}
    sheets = []
    for each in staff:
        month = derive_month(facts[each.id])
        person = SheetPerson(each.id, each.name, departments[each.department_id], each.department_id)
        standing = standings.get(each.id, MonthStanding(each.id, period))
        told = _standing(tx, standing, month, closed.get(each.id, ""), profile)
        sheets.append(MonthSheet(person, month, told, leave_names))
    orders = list_orders(tx, ids, since=instant(first_on, 0), until=instant(last_on + timedelta(days=2), 0))
    notes = {
        each.id: OrderNote(each.reason, names.get(each.ordered_by, each.ordered_by), each.ordered_at) for each in orders
    }
    return Papers(period, tuple(sheets), notes)


def print_papers(tx: Tx, papers: Papers, folder: Path, *, by: PrintBy = "department") -> Printed:
    """Lay attendance books, overtime orders and the workbooks into a folder; each file whole or not at all.

    Args:
        tx: the transaction the sheets were loaded in; its instant is the files' date.
        papers: what is printed.
        folder: where to; it is made.
        by: one PDF for each person, or for each department. The workbooks are one for each department.

    Raises:
        PressError: there is no Japanese font, or a sheet cannot be typeset.
    """
    press = Press()
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name, sheets in _groups(papers.sheets, by):
        tail = f"{papers.period}_{quote(name, safe='')}.pdf"
        books = [lay_out_book(sheet) for sheet in sheets]
        orders = [lay_out_orders(sheet, papers.notes) for sheet in sheets]
        book = press.print_pdf("attendance_book", books, tx.now)
        files.append(lay_file(folder, f"attendance_book_{tail}", book))
        files.append(lay_file(folder, f"overtime_orders_{tail}", press.print_pdf("overtime_orders", orders, tx.now)))
    for name, sheets in _groups(papers.sheets, "department"):
        file_name = f"month_{papers.period}_{quote(name, safe='')}.xlsx"
        files.append(lay_file(folder, file_name, write_workbook(sheets)))
    return Printed(tuple(files), _undrawable(press, papers))


def _groups(sheets: Sequence[MonthSheet], by: PrintBy) -> Iterator[tuple[str, list[MonthSheet]]]:
    key = attrgetter("person.id" if by == "person" else "person.department_id")
    for name, some in groupby(sheets, key=key):
        yield name, list(some)


def _undrawable(press: Press, papers: Papers) -> dict[str, tuple[str, ...]]:
    found = {sheet.person.id: press.find_undrawable(sheet.person.name) for sheet in papers.sheets}
    return {person_id: characters for person_id, characters in found.items() if characters}


def _standing(tx: Tx, standing: MonthStanding, month: PersonMonth, closed_hash: str, profile: InForce) -> Standing:
    days: dict[str, str] = {}
    for step in list_steps(tx, standing.period, standing.person_id):
        if step.act in _UNDOES:
            days.clear()
        elif step.act in _CONFIRMS:
            days[_CONFIRMS[step.act]] = civil_minute(step.done_at)[0].isoformat()
    now_hash = hash_month(write_month(month, standing.period, profile)) if standing.version else ""
    return Standing(standing.version, closed_hash, is_changed=now_hash != closed_hash, **days)
