"""Which days diverge by the last look: rows that find days, kept while months are counted and rebuilt from them.

They judge nothing: whoever opens a day counts it afresh, and closing counts every month. ``month_look`` says how far
the looking is, so that a list can say what it does not know yet.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Join, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.attendance.month import month_bounds
from store.bulk import batched, insert_rows, upsert_rows
from store.closing_tables import divergent_day, month_look
from store.tables import person
from store.tx import Tx

_COLUMNS = ("person_id", "subject", "period", "day_on", "kind", "minutes")


class FoundDivergence(NamedTuple):
    """A divergence of a counted day: ``subject`` names it, ``kind`` is a ``domain.attendance.divergence`` word."""

    subject: str
    day_on: date
    kind: str
    minutes: int


class LookedThrough(NamedTuple):
    """How many of a month's staff were looked through since ``due_at``, of how many, and when the oldest look was."""

    people: int
    of: int
    since_at: datetime | None


def list_due_looks(tx: Tx, period: str, due_at: datetime, limit: int) -> list[str]:
    """Give staff of the month who were not looked through since ``due_at``, by id.

    Raises:
        ValueError: ``period`` is no month.
    """
    look = month_look.c
    stale = or_(look.looked_at.is_(None), look.looked_at < due_at)
    query = select(person.c.id).select_from(_staff_with_looks(period)).where(_employed(period), stale)
    return list(tx.connection.scalars(query.order_by(person.c.id).limit(limit)))


def claim_looks(tx: Tx, period: str, person_ids: Collection[str]) -> None:
    """Make every other who looks through or touches these months wait; always in one order."""
    dialect = postgresql if tx.is_postgresql else sqlite
    ordered = sorted(set(person_ids))
    for some in batched(ordered, 1000):
        values = [{"person_id": each, "period": period, "looked_at": None, "days": 0, "unrecorded": 0} for each in some]
        tx.connection.execute(dialect.insert(month_look).values(values).on_conflict_do_nothing())
    for some in batched(ordered):
        mine = (month_look.c.period == period) & month_look.c.person_id.in_(some)
        tx.connection.execute(select(month_look.c.person_id).where(mine).order_by("person_id").with_for_update())


def save_looks(
    tx: Tx, period: str, found: Mapping[str, Iterable[FoundDivergence]], unrecorded: Mapping[str, int]
) -> None:
    """Keep what diverges in these persons' months at ``tx.now``; what stood for them before goes.

    ``unrecorded`` counts the days of duty of which nothing is known, by person.
    """
    for some in batched(sorted(found)):
        mine = (divergent_day.c.period == period) & divergent_day.c.person_id.in_(some)
        tx.connection.execute(delete(divergent_day).where(mine))
    kept = {person_id: sorted(set(each)) for person_id, each in sorted(found.items())}
    looks = [
        (person_id, period, tx.now, len({one.day_on for one in each}), unrecorded.get(person_id, 0))
        for person_id, each in kept.items()
    ]
    upsert_rows(tx, month_look, ("person_id", "period", "looked_at", "days", "unrecorded"), looks)
    rows = (
        (person_id, each.subject, period, each.day_on, each.kind, each.minutes)
        for person_id, own in kept.items()
        for each in own
    )
    insert_rows(tx, divergent_day, _COLUMNS, rows)


def list_found(tx: Tx, period: str, person_ids: Collection[str]) -> dict[str, list[FoundDivergence]]:
    """Give by person what diverges in these months by the last look, settled or not, in order of days."""
    columns = (divergent_day.c[name] for name in ("person_id", *FoundDivergence._fields))
    query = select(*columns).where(divergent_day.c.period == period).order_by("person_id", "day_on", "subject")
    found: dict[str, list[FoundDivergence]] = {}
    for some in batched(sorted(set(person_ids))):
        for row in tx.connection.execute(query.where(divergent_day.c.person_id.in_(some))):
            found.setdefault(row[0], []).append(FoundDivergence(*row[1:]))
    return found


def forget_looks(tx: Tx, period: str, person_ids: Collection[str]) -> None:
    """Say that something changed in these months: they are due."""
    for some in batched(sorted(set(person_ids))):
        mine = (month_look.c.period == period) & month_look.c.person_id.in_(some)
        tx.connection.execute(update(month_look).where(mine).values(looked_at=None))


def list_forgotten(tx: Tx) -> list[str]:
    """Give the months in which somebody's look was forgotten, in order."""
    query = select(month_look.c.period).where(month_look.c.looked_at.is_(None)).distinct()
    return sorted(tx.connection.scalars(query))


def count_looks(tx: Tx, period: str, due_at: datetime) -> LookedThrough:
    """Say how far the looking through a month is.

    Raises:
        ValueError: ``period`` is no month.
    """
    fresh = month_look.c.looked_at >= due_at
    query = select(func.count().filter(fresh), func.count(), func.min(month_look.c.looked_at).filter(fresh))
    row = tx.connection.execute(query.select_from(_staff_with_looks(period)).where(_employed(period))).one()
    return LookedThrough(*row)


def _staff_with_looks(period: str) -> Join:
    own = and_(month_look.c.person_id == person.c.id, month_look.c.period == period)
    return person.outerjoin(month_look, own)


def _employed(period: str) -> ColumnElement[bool]:
    first_on, last_on = month_bounds(period)
    return (
        (person.c.kind == "staff")
        & or_(person.c.joined_on.is_(None), person.c.joined_on <= last_on)
        & or_(person.c.left_on.is_(None), person.c.left_on >= first_on)
    )
