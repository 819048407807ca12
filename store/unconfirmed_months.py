"""Whose months wait for whom: persons who have not confirmed, months for heads, corrections for a second of HR."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from domain.attendance.closing import MonthState
from domain.attendance.month import month_bounds
from store.closing_tables import month_adjustment, person_month
from store.tables import person
from store.tx import Tx


class Unconfirmed(NamedTuple):
    """A person's month that waits: for the person, or ``by_head``."""

    person_id: str
    department_id: str
    by_head: bool


def list_unconfirmed_months(tx: Tx, period: str) -> list[Unconfirmed]:
    """Give the staff of a month whose person or head has not confirmed it, by id.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    employed = (
        (person.c.kind == "staff")
        & or_(person.c.joined_on.is_(None), person.c.joined_on <= last_on)
        & or_(person.c.left_on.is_(None), person.c.left_on >= first_on)
    )
    own = and_(person_month.c.person_id == person.c.id, person_month.c.period == period)
    state = person_month.c.state
    waits = or_(state.is_(None), state.in_([MonthState.open.value, MonthState.self_confirmed.value]))
    rows = tx.connection.execute(
        select(person.c.id, person.c.department_id, state)
        .select_from(person.outerjoin(person_month, own))
        .where(employed, waits)
        .order_by(person.c.id)
    )
    return [Unconfirmed(who, where, found == MonthState.self_confirmed.value) for who, where, found in rows]


def list_proposed(tx: Tx) -> dict[str, list[tuple[str, str]]]:
    """Give the corrections that wait for a second person, by month: about whom, and who proposed."""
    table = month_adjustment.c
    waits = table.proposed_by.is_not(None) & table.agreed_by.is_(None) & table.dismissed_at.is_(None)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    query = select(table.period, table.person_id, table.proposed_by).where(waits)
    for period, who, by in tx.connection.execute(query.order_by(table.period, table.id)):
        found[period].append((who, by))
    return dict(found)
