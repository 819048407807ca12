"""The staff of a month, as lists of months' ends name them: who, where, and how far that person's month is."""

from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from domain.attendance.closing import MonthState
from domain.attendance.month import month_bounds
from store.closing_tables import person_month
from store.tables import department, person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class MonthStaff:
    """One person employed on any day of the month; ``version`` is the last closed one, 0 before the first."""

    person_id: str
    name: str
    department_id: str
    department: str
    state: MonthState = MonthState.open
    version: int = 0


def list_month_staff(tx: Tx, period: str, department_id: str | None = None) -> list[MonthStaff]:
    """Give the staff of a month by department and kana; None is the whole city.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    begun = and_(person_month.c.person_id == person.c.id, person_month.c.period == period)
    employed = (
        or_(person.c.joined_on.is_(None), person.c.joined_on <= last_on),
        or_(person.c.left_on.is_(None), person.c.left_on >= first_on),
    )
    query = (
        select(
            person.c.id,
            person.c.name,
            department.c.id,
            department.c.name,
            person_month.c.state,
            person_month.c.version,
        )
        .join_from(person, department, department.c.id == person.c.department_id)
        .outerjoin(person_month, begun)
        .where(person.c.kind == "staff", *employed)
        .order_by(department.c.id, person.c.kana, person.c.id)
    )
    if department_id is not None:
        query = query.where(department.c.id == department_id)
    return [
        MonthStaff(*row[:4], MonthState(row[4] or MonthState.open), row[5] or 0) for row in tx.connection.execute(query)
    ]
