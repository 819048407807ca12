"""Finding reservees at a counter, which sees those alone who have to do with its facilities."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, exists, func, or_, select, true

from domain.facilities.reservation import ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from store.bulk import batched
from store.facility_tables import room
from store.reservation_tables import reservation, reservee
from store.round_tables import waiting_entry
from store.tx import Tx

_NAMES = tuple(field.name for field in fields(Reservee))
_FOUND_IN = ("id", "name", "kana", "contact_name", "email", "phone")


class CounterScope(NamedTuple):
    """Whom a counter may see: who reserved or waited for anything in its facilities, and whom it registered itself."""

    facilities: frozenset[str]
    login: str


class Uses(NamedTuple):
    """How much somebody has used: all reservations, those to come, and those nobody came to."""

    total: int = 0
    coming: int = 0
    missed: int = 0


def find_reservees(
    tx: Tx, spellings: Sequence[str], scope: CounterScope | None, *, limit: int, blocked_on: date | None = None
) -> list[Reservee]:
    """Give standing reservees by reading.

    Args:
        tx: the transaction.
        spellings: one of them is in the id, a name or a contact; nothing named: the latest registered, newest first.
        scope: whom the visitor may see; None: all.
        limit: at most so many.
        blocked_on: only those who are blocked on that day.
    """
    wanted = [reservee.c.merged_into.is_(None), reservee.c.forgotten_at.is_(None), _within(scope)]
    wanted += [reservee.c.blocked_until >= blocked_on] if blocked_on is not None else []
    wanted += [_has(spellings)] if spellings else []
    by_time = (reservee.c.registered_at.desc(), reservee.c.id)
    by_name = (reservee.c.kana, reservee.c.name, reservee.c.id)
    query = select(*(reservee.c[name] for name in _NAMES)).where(*wanted)
    rows = tx.connection.execute(query.order_by(*(by_name if spellings or blocked_on else by_time)).limit(limit))
    return [Reservee(**{**row._mapping, "kind": ReserveeKind(row.kind)}) for row in rows]  # noqa: SLF001


def is_seen(tx: Tx, reservee_id: str, scope: CounterScope | None) -> bool:
    """Tell whether a counter may see somebody."""
    query = select(reservee.c.id).where(reservee.c.id == reservee_id, _within(scope))
    return tx.connection.scalar(query) is not None


def count_uses(tx: Tx, reservee_ids: Collection[str], scope: CounterScope | None) -> dict[str, Uses]:
    """Give how much somebody has used, of what a counter may see, by id; who has used nothing is left out."""
    coming = func.sum(case((reservation.c.from_at > tx.now, 1), else_=0))
    missed = func.sum(case((reservation.c.state == ReservationState.no_show.value, 1), else_=0))
    query = select(reservation.c.reservee_id, func.count(), coming, missed).join(room)
    found: dict[str, Uses] = {}
    for some in batched(sorted(reservee_ids)):
        theirs = query.where(reservation.c.reservee_id.in_(some)).group_by(reservation.c.reservee_id)
        if scope is not None:
            theirs = theirs.where(room.c.facility_id.in_(sorted(scope.facilities)))
        for row in tx.connection.execute(theirs):
            found[row[0]] = Uses(*(int(value) for value in row[1:]))
    return found


def _has(spellings: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(reservee.c[name].contains(each, autoescape=True) for each in spellings for name in _FOUND_IN))


def _within(scope: CounterScope | None) -> ColumnElement[bool]:
    if scope is None:
        return true()
    served = room.c.facility_id.in_(sorted(scope.facilities))
    used = [
        exists().where(table.c.reservee_id == reservee.c.id, table.c.room_id == room.c.id, served)
        for table in (reservation, waiting_entry)
    ]
    return or_(*used, reservee.c.registered_by == scope.login)
