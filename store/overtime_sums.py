"""Overtime as the last look through each month counted it: rows that reports add up, rebuilt from the counts.

They judge nothing: a month's own page and its closing count afresh.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select

from domain.attendance.caps import Month
from domain.attendance.overtime_report import MonthSums
from store.bulk import batched, upsert_rows
from store.closing_tables import month_overtime
from store.tables import department, person
from store.tx import Tx

_SUMS = ("overtime_minutes", "with_holidays_minutes", "notice_minutes")


@dataclass(frozen=True, slots=True)
class DepartmentSums:
    """A department's overtime: of how many people, the month's and the year's sum, and the highest of one person."""

    id: str
    name: str
    people: int
    month_minutes: int
    month_highest_minutes: int
    year_minutes: int
    year_highest_minutes: int


@dataclass(frozen=True, slots=True)
class PersonSums:
    """A person's months, with where the person is now."""

    person_id: str
    name: str
    department: str
    sums: Mapping[Month, MonthSums]


def save_sums(tx: Tx, period: str, sums: Mapping[str, MonthSums]) -> None:
    """Keep what a look counted, by person; what stood for the month is replaced."""
    rows = [(person_id, period, *astuple(each)) for person_id, each in sorted(sums.items())]
    upsert_rows(tx, month_overtime, ("person_id", "period", *_SUMS), rows)


def list_department_sums(
    tx: Tx, period: str, year: Sequence[str], departments: Collection[str] | None = None
) -> list[DepartmentSums]:
    """Give the departments with anybody who was counted, by id.

    Args:
        tx: the transaction.
        period: the month.
        year: the months of its year up to it, the month itself among them.
        departments: which; None is all.
    """
    each = month_overtime.c
    own = func.sum(case((each.period == period, each.overtime_minutes), else_=0)).label("own")
    whole = func.sum(each.overtime_minutes).label("whole")
    people = (
        select(person.c.department_id, own, whole)
        .join_from(month_overtime, person, person.c.id == each.person_id)
        .where(each.period.in_(year), *_of(departments))
        .group_by(person.c.department_id, person.c.id)
        .subquery()
    )
    # PostgreSQL adds up bigints to a numeric, which no report is to meet as a decimal.
    sums = (
        cast(func.sum(people.c.own), BigInteger),
        func.max(people.c.own),
        cast(func.sum(people.c.whole), BigInteger),
        func.max(people.c.whole),
    )
    query = (
        select(department.c.id, department.c.name, func.count(), *sums)
        .join_from(people, department, department.c.id == people.c.department_id)
        .group_by(department.c.id, department.c.name)
        .order_by(department.c.id)
    )
    return [DepartmentSums(*row) for row in tx.connection.execute(query)]


def list_people_over(tx: Tx, periods: Sequence[str], least_minutes: int, *, with_holidays: bool = False) -> list[str]:
    """Give the people whose overtime of these months together is so many minutes or more, by id.

    ``with_holidays`` adds the statutory rest days.
    """
    each = month_overtime.c
    counted = each.with_holidays_minutes if with_holidays else each.overtime_minutes
    query = select(each.person_id).where(each.period.in_(periods)).group_by(each.person_id)
    return list(tx.connection.scalars(query.having(func.sum(counted) >= least_minutes).order_by(each.person_id)))


def list_person_sums(
    tx: Tx, periods: Sequence[str], *, month_least: int, year_least: int, departments: Collection[str] | None = None
) -> list[PersonSums]:
    """Give the months of those who worked much: so many minutes in one of the months, or in all of them together."""
    each = month_overtime.c
    much = (func.max(each.notice_minutes) >= month_least) | (func.sum(each.overtime_minutes) >= year_least)
    query = (
        select(person.c.id, person.c.name, department.c.name.label("department"))
        .join_from(month_overtime, person, person.c.id == each.person_id)
        .join(department, department.c.id == person.c.department_id)
        .where(each.period.in_(periods), *_of(departments))
        .group_by(person.c.id, person.c.name, department.c.name)
        .having(much)
        .order_by(person.c.id)
    )
    found = tx.connection.execute(query).all()
    months = _list_months(tx, periods, [row.id for row in found])
    return [PersonSums(row.id, row.name, row.department, months[row.id]) for row in found]


def _list_months(tx: Tx, periods: Sequence[str], person_ids: Sequence[str]) -> dict[str, dict[Month, MonthSums]]:
    each = month_overtime.c
    found: dict[str, dict[Month, MonthSums]] = defaultdict(dict)
    columns = (each.person_id, each.period, *(each[name] for name in _SUMS))
    for some in batched(person_ids):
        query = select(*columns).where(each.period.in_(periods), each.person_id.in_(some))
        for person_id, period, *sums in tx.connection.execute(query):
            found[person_id][int(period[:4]), int(period[5:])] = MonthSums(*sums)
    return found


def _of(departments: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if departments is None else (person.c.department_id.in_(sorted(departments)),)
