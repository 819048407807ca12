"""What payroll's own lists said of a month, and the form that the connector tells payroll by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from store.bulk import insert_rows
from store.conflicts import insert_new
from store.paper_tables import pay_check, pay_difference, payroll_form
from store.tables import person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class PayCheck:
    """One list held against ours; ``agreed`` figures are the same, ``confirmed`` lines became confirmed by it."""

    id: str
    period: str
    layout: str
    checked_by: str
    checked_at: datetime
    agreed: int
    confirmed: int
    differences: int = 0


@dataclass(frozen=True, slots=True)
class PayDifference:
    """One figure that is not the same, in minutes; None where a side has nothing. ``line`` may be empty."""

    person_id: str
    line: str
    ours: int | None
    theirs: int | None
    difference: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PayrollForm:
    """The form that the connector is set to; ``trouble`` is why it cannot be used, empty where it can."""

    layout: str
    title: str
    is_file: bool
    trouble: str
    told_at: datetime


def insert_pay_check(tx: Tx, check: PayCheck, differences: Iterable[PayDifference]) -> None:
    """Keep what a list said; one of that id that stands already is left as it is."""
    names = ("id", "period", "layout", "checked_by", "checked_at", "agreed", "confirmed")
    if not insert_new(tx, pay_check, {name: getattr(check, name) for name in names}):
        return
    rows = [(check.id, each.person_id, each.line, each.ours, each.theirs, each.difference) for each in differences]
    if rows:
        insert_rows(tx, pay_difference, ("check_id", "person_id", "line", "ours", "theirs", "difference"), rows)


def list_pay_checks(tx: Tx, period: str) -> list[PayCheck]:
    """Give what lists said of a month, the latest first."""
    names = ("id", "period", "layout", "checked_by", "checked_at", "agreed", "confirmed")
    found = select(func.count()).where(pay_difference.c.check_id == pay_check.c.id).scalar_subquery()
    rows = tx.connection.execute(
        select(*(pay_check.c[name] for name in names), found)
        .where(pay_check.c.period == period)
        .order_by(pay_check.c.checked_at.desc(), pay_check.c.id)
    )
    return [PayCheck(*row[:7], differences=row[7]) for row in rows]


def list_pay_differences(tx: Tx, check_id: str, *, limit: int) -> list[PayDifference]:
    """Give what differed by person, with the names of those whom we know."""
    names = ("person_id", "line", "ours", "theirs", "difference")
    rows = tx.connection.execute(
        select(*(pay_difference.c[name] for name in names), func.coalesce(person.c.name, ""))
        .select_from(pay_difference.outerjoin(person, person.c.id == pay_difference.c.person_id))
        .where(pay_difference.c.check_id == check_id)
        .order_by(pay_difference.c.person_id, pay_difference.c.id)
        .limit(limit)
    )
    return [PayDifference(*row[:5], name=row[5]) for row in rows]


def save_payroll_form(tx: Tx, form: PayrollForm) -> None:
    """Say which form the connector is set to."""
    values = {name: getattr(form, name) for name in PayrollForm.__slots__}
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(payroll_form).values({"id": 1, **values})
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def load_payroll_form(tx: Tx) -> PayrollForm | None:
    """Give the form that the connector is set to; None before it ran for the first time."""
    row = tx.connection.execute(select(*(payroll_form.c[name] for name in PayrollForm.__slots__))).one_or_none()
    return None if row is None else PayrollForm(*row)
