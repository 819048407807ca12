"""Reservations: who has which room when, how each one came to stand where it stands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, or_, select, update

from domain.civil import civil_minute
from domain.facilities.quotas import Booked
from domain.facilities.reservation import HOLDING, Actor, Reservation, ReservationAct, ReservationState
from store.availability import HOLD_MAX
from store.bulk import batched, insert_rows
from store.conflicts import insert_new
from store.facility_tables import room
from store.reservation_tables import reservation, reservation_step, reservation_unit
from store.tx import Tx

COUNTING = HOLDING | {ReservationState.completed, ReservationState.no_show}
"""What a quota counts: everything that was neither given back nor refused."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reservation as it is kept: ``made_by`` is a login, or ``self`` for a citizen's own."""

    reservation: Reservation
    facility_id: str
    made_by: str
    made_at: datetime


class ReservationStep(NamedTuple):
    """Who did what about a reservation, and where that led; ``from_state`` is empty where it begins."""

    reservation_id: str
    act: ReservationAct
    actor: Actor
    done_by: str
    done_at: datetime
    from_state: ReservationState | None
    to_state: ReservationState
    reason: str
    version: int


_OWN = tuple(field.name for field in fields(Reservation) if field.name != "units")
_COLUMNS = (*(reservation.c[name] for name in _OWN), room.c.facility_id, reservation.c.made_by, reservation.c.made_at)


def insert_reservation(tx: Tx, new: Reservation, *, made_by: str) -> bool:
    """Keep a new reservation with its units; False when one of that id stands already, and nothing is changed."""
    values = {name: getattr(new, name) for name in _OWN} | {"state": new.state.value}
    if not insert_new(tx, reservation, values | {"made_by": made_by, "made_at": tx.now}):
        return False
    _insert_units(tx, new)
    return True


def save_reservation(tx: Tx, before: Reservation, after: Reservation) -> bool:
    """Write a reservation over as it was loaded; False when it has gone on since, and nothing is changed."""
    standing = (
        (reservation.c.id == before.id)
        & (reservation.c.version == before.version)
        & (reservation.c.state == before.state.value)
    )
    values = {name: getattr(after, name) for name in _OWN if name != "id"} | {"state": after.state.value}
    if tx.connection.execute(update(reservation).where(standing).values(values)).rowcount != 1:
        return False
    if after.units != before.units:
        tx.connection.execute(delete(reservation_unit).where(reservation_unit.c.reservation_id == after.id))
        _insert_units(tx, after)
    return True


def load_reservation(tx: Tx, reservation_id: str, *, lock: bool = False) -> Kept | None:
    """Give one; None when there is none of that id. With ``lock`` nobody else changes it until the commit."""
    found = _list(tx, reservation.c.id == reservation_id, lock=lock)
    return found[0] if found else None


def list_reservations(tx: Tx, reservation_ids: Collection[str], *, lock: bool = False) -> list[Kept]:
    """Give those that stand of some ids, by beginning; locked in the order of their ids."""
    ids = sorted(reservation_ids)
    if lock and tx.is_postgresql:
        locked = select(reservation.c.id).where(reservation.c.id.in_(ids)).order_by(reservation.c.id)
        tx.connection.execute(locked.with_for_update())
    return _list(tx, reservation.c.id.in_(ids))


def list_reservations_in(
    tx: Tx,
    room_ids: Collection[str],
    from_at: datetime,
    until_at: datetime,
    *,
    states: Collection[ReservationState] = tuple(ReservationState),
) -> list[Kept]:
    """Give the reservations of rooms whose time touches a stretch, by beginning."""
    touches = (
        (reservation.c.from_at > from_at - HOLD_MAX)
        & (reservation.c.from_at < until_at)
        & (reservation.c.until_at > from_at)
    )
    return _list(tx, touches & reservation.c.room_id.in_(sorted(room_ids)) & _in_states(states))


def list_reservations_of(tx: Tx, reservee_id: str, *, since: datetime | None = None) -> list[Kept]:
    """Give a reservee's reservations that end after an instant, or all, by beginning."""
    own = reservation.c.reservee_id == reservee_id
    return _list(tx, own if since is None else own & (reservation.c.until_at > since))


def list_series(tx: Tx, series_id: str) -> list[Kept]:
    """Give the reservations of a series, by beginning."""
    return _list(tx, reservation.c.series_id == series_id)


def list_waiting(tx: Tx, facility_ids: Collection[str], *, limit: int = 200) -> list[Kept]:
    """Give what waits for a decision in facilities, the next to begin first."""
    waits = reservation.c.state == ReservationState.applied.value
    return _list(tx, waits & room.c.facility_id.in_(sorted(facility_ids)), limit=limit)


def list_overdue(tx: Tx, *, limit: int = 200) -> list[Kept]:
    """Give the holds that ran out, and the applications and uses whose time is over; the oldest first."""
    tentative, applied, in_use = (
        reservation.c.state == state.value
        for state in (ReservationState.tentative, ReservationState.applied, ReservationState.in_use)
    )
    held = tentative & (reservation.c.expires_at <= tx.now)
    return _list(tx, or_(held, or_(applied, in_use) & (reservation.c.until_at <= tx.now)), limit=limit)


def list_unattended(tx: Tx) -> list[Kept]:
    """Give what is permitted and began within a day, and of which nothing says that anybody came; the oldest first."""
    permitted = reservation.c.state == ReservationState.permitted.value
    begun = (reservation.c.from_at <= tx.now) & (reservation.c.from_at > tx.now - timedelta(days=1))
    return _list(tx, permitted & begun)


def list_promising(tx: Tx, states: Collection[ReservationState], until_at: datetime) -> list[Kept]:
    """Give what stands in some states and ended a day ago at the earliest, and begins before an instant."""
    touches = (
        (reservation.c.from_at > tx.now - timedelta(days=1) - HOLD_MAX)
        & (reservation.c.from_at < until_at)
        & (reservation.c.until_at > tx.now - timedelta(days=1))
    )
    return _list(tx, touches & _in_states(states))


def list_booked(
    tx: Tx, reservee_ids: Collection[str], *, besides: Collection[str] = ()
) -> dict[tuple[str, str], list[Booked]]:
    """Give what reservees have booked, by reservee and facility, for quotas.

    Args:
        tx: the transaction.
        reservee_ids: whose.
        besides: reservations that are not counted, for they are to be changed.
    """
    columns = ("id", "reservee_id", "room_id", "from_at", "until_at", "state")
    query = select(*(reservation.c[name] for name in columns), room.c.facility_id).join_from(reservation, room)
    found: dict[tuple[str, str], list[Booked]] = {}
    for some in batched(sorted(reservee_ids)):
        counted = reservation.c.reservee_id.in_(some) & _in_states(COUNTING)
        for row in tx.connection.execute(query.where(counted).order_by(reservation.c.from_at)):
            if row.id not in besides:
                minutes = int((row.until_at - row.from_at).total_seconds() // 60)
                standing = ReservationState(row.state) in HOLDING and row.until_at > tx.now
                booked = Booked(row.room_id, civil_minute(row.from_at)[0], minutes, standing)
                found.setdefault((row.reservee_id, row.facility_id), []).append(booked)
    return found


def insert_reservation_steps(tx: Tx, steps: Iterable[ReservationStep]) -> None:
    """Write down what was done, in order."""
    rows = [
        (
            step.reservation_id,
            step.act.value,
            step.actor.value,
            step.done_by,
            step.done_at,
            "" if step.from_state is None else step.from_state.value,
            step.to_state.value,
            step.reason,
            step.version,
        )
        for step in steps
    ]
    insert_rows(tx, reservation_step, ReservationStep._fields, rows)


def list_reservation_steps(tx: Tx, reservation_id: str) -> list[ReservationStep]:
    """Give what was done about a reservation, in order."""
    columns = (reservation_step.c[name] for name in ReservationStep._fields)
    query = select(*columns).where(reservation_step.c.reservation_id == reservation_id)
    return [_step(row) for row in tx.connection.execute(query.order_by(reservation_step.c.id))]


def list_steps_of(tx: Tx, reservation_ids: Collection[str]) -> dict[str, list[ReservationStep]]:
    """Give what was done about several reservations, in order, by reservation."""
    columns = [reservation_step.c[name] for name in ReservationStep._fields]
    found: dict[str, list[ReservationStep]] = {}
    for some in batched(sorted(reservation_ids)):
        query = select(*columns).where(reservation_step.c.reservation_id.in_(some))
        for row in tx.connection.execute(query.order_by(reservation_step.c.id)):
            found.setdefault(row.reservation_id, []).append(_step(row))
    return found


def _insert_units(tx: Tx, of: Reservation) -> None:
    rows = [(of.id, equipment_id, units) for equipment_id, units in of.units]
    insert_rows(tx, reservation_unit, ("reservation_id", "equipment_id", "units"), rows)


def _in_states(states: Collection[ReservationState]) -> ColumnElement[bool]:
    return reservation.c.state.in_(sorted(state.value for state in states))


def _list(tx: Tx, wanted: ColumnElement[bool], *, limit: int | None = None, lock: bool = False) -> list[Kept]:
    query = select(*_COLUMNS).join_from(reservation, room).where(wanted)
    query = query.order_by(reservation.c.from_at, reservation.c.id).limit(limit)
    rows = tx.connection.execute(query.with_for_update(of=reservation) if lock else query).all()
    units: dict[str, list[tuple[str, int]]] = {}
    for some in batched([row.id for row in rows]):
        asked = select(reservation_unit).where(reservation_unit.c.reservation_id.in_(some))
        for unit in tx.connection.execute(asked.order_by(reservation_unit.c.equipment_id)):
            units.setdefault(unit.reservation_id, []).append((unit.equipment_id, unit.units))
    return [_kept(row, tuple(units.get(row.id, ()))) for row in rows]


def _kept(row: Any, units: tuple[tuple[str, int], ...]) -> Kept:
    values = {name: getattr(row, name) for name in _OWN} | {"state": ReservationState(row.state), "units": units}
    return Kept(Reservation(**values), row.facility_id, row.made_by, row.made_at)


def _step(row: Any) -> ReservationStep:
    from_state = ReservationState(row.from_state) if row.from_state else None
    to_state = ReservationState(row.to_state)
    acts = (ReservationAct(row.act), Actor(row.actor))
    return ReservationStep(
        row.reservation_id, *acts, row.done_by, row.done_at, from_state, to_state, row.reason, row.version
    )
