"""A month for payroll: derived from the records, one line a person, a batch that re-sending cannot double."""

import os
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from domain.access.rights import PersonKind
from domain.attendance.counted_month import sum_month
from domain.attendance.month import derive_month, month_bounds
from domain.attendance.pay_due import due_rows
from domain.attendance.profile import Profile
from domain.civil import instant
from store.months import load_months_facts
from store.payroll import PayrollBatch, insert_batch
from store.people import is_employed, list_persons
from store.tx import Tx
from sync.payroll.batch import batch_id, write_rows
from sync.payroll.layout import Encoding, Layout
from sync.payroll.layout_files import adapt_layout, load_layout
from sync.payroll.rows import Payee

GENERIC = "generic"
"""The layout for payroll that has no form of its own."""


class MonthNotOverError(Exception):
    """The month goes on: its last duty day has not ended, so nothing of it goes to payroll."""

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} はまだ終わっていません / {period} is not over yet; expected a past month YYYY-MM")


@dataclass(frozen=True, slots=True)
class ExportedMonth:
    """The batch, and whether it is new; the same month with the same content is the same batch."""

    batch: PayrollBatch
    is_new: bool

    @property
    def file_name(self) -> str:
        """Give the name under which the file is laid; it carries the batch's id."""
        return f"payroll_{self.batch.period}_{self.batch.layout}_{self.batch.id}.csv"


def export_payroll(
    tx: Tx, period: str, profile: Profile, encoding: Encoding | None = None, *, layout: Layout | None = None
) -> ExportedMonth:
    """Make the batch of a month as it is counted now; a second one only where the content differs.

    Args:
        tx: an open writing transaction.
        period: a month that is over, ``YYYY-MM``.
        profile: the rules to count by.
        encoding: in place of the layout's own; None leaves that.
        layout: the product's form; the generic one if not given.

    Raises:
        MonthNotOverError: the month still goes on.
        PayrollFileError: as ``write_rows``.
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    if tx.now < instant(last_on + timedelta(days=1), profile.date_change_minutes):
        raise MonthNotOverError(period)
    form = adapt_layout(layout or load_layout(GENERIC), encoding=encoding)
    staff = (who for who in list_persons(tx) if who.kind == PersonKind.staff)
    payees = {
        who.id: Payee(who.id, who.name, who.kana, who.department_id)
        for who in staff
        if is_employed(who, first_on, last_on)
    }
    facts = load_months_facts(tx, None, period, profile)
    months = [sum_month(derive_month(facts[person_id]), period, 0, profile) for person_id in payees]
    rows = [row for month in months for row in due_rows([month], (), (), replace=True)]
    content, _ = write_rows(form, rows, payees)
    batch = PayrollBatch(batch_id(period, form.name, content), period, form.name, len(rows), content)
    return ExportedMonth(batch, insert_batch(tx, batch))


def write_payroll_file(folder: Path, month: ExportedMonth) -> bool:
    """Lay the file into payroll's folder, whole or not at all; False when it lies there already."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / month.file_name
    if target.exists():
        return False
    handle, name = tempfile.mkstemp(dir=folder, prefix=".payroll-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(month.batch.content)
            part.flush()
            os.fsync(part.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def previous_month(on: date) -> str:
    """Give the month before a day, ``YYYY-MM``."""
    return (on.replace(day=1) - timedelta(days=1)).isoformat()[:7]
