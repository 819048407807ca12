"""Reservations to come that stand on what somebody wants to close, change or retire."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from domain.facilities.reservation import HOLDING
from store.bulk import batched
from store.reservation_tables import reservation, reservation_unit
from store.tx import Tx


class StandingUse(NamedTuple):
    """A reservation that holds something; ``from_at`` is inside, ``until_at`` no longer is."""

    reservation_id: str
    room_id: str
    from_at: datetime
    until_at: datetime
    slot_id: str | None
    party: int


_COLUMNS = tuple(reservation.c[name] for name in ("id", *StandingUse._fields[1:]))
_HOLDS = reservation.c.state.in_(sorted(state.value for state in HOLDING))


def list_uses(tx: Tx, rooms: Collection[str], from_at: datetime, until_at: datetime | None = None) -> list[StandingUse]:
    """Give the reservations of rooms that touch the time from an instant up to another one, or for ever, in order."""
    wanted = _HOLDS & (reservation.c.until_at > from_at)
    if until_at is not None:
        wanted &= reservation.c.from_at < until_at
    found = [use for some in batched(sorted(rooms)) for use in _list(tx, wanted & reservation.c.room_id.in_(some))]
    return sorted(found, key=lambda use: (use.from_at, use.room_id, use.reservation_id))


def list_uses_of_slot(tx: Tx, slot_id: str, from_at: datetime) -> list[StandingUse]:
    """Give the reservations of a slot that end after an instant, by beginning."""
    return _list(tx, _HOLDS & (reservation.c.slot_id == slot_id) & (reservation.c.until_at > from_at))


def list_uses_of_equipment(tx: Tx, equipment_id: str, from_at: datetime) -> list[StandingUse]:
    """Give the reservations that asked for equipment and end after an instant, by beginning."""
    asking = select(reservation_unit.c.reservation_id).where(reservation_unit.c.equipment_id == equipment_id)
    return _list(tx, _HOLDS & reservation.c.id.in_(asking) & (reservation.c.until_at > from_at))


def _list(tx: Tx, wanted: ColumnElement[bool]) -> list[StandingUse]:
    query = select(*_COLUMNS).where(wanted).order_by(reservation.c.from_at, reservation.c.id)
    return [StandingUse(*row) for row in tx.connection.execute(query)]
