"""Bookings as lists show them: found by facility, room, reservee, state and day; what waits, the longest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select

from domain.facilities.facility import Room
from domain.facilities.reservation import ReservationState
from domain.facilities.waiting import WaitingState
from store.availability import HOLD_MAX
from store.bulk import batched
from store.facilities import list_rooms
from store.facility_tables import room
from store.key_borrowers import list_reservee_names
from store.reservation_tables import reservation, reservation_step, reservee
from store.reservations import Kept, list_reservations
from store.round_tables import waiting_entry
from store.tables import account, person
from store.tx import Tx


class BookingLine(NamedTuple):
    """A booking with its room and its reservee's name; a forgotten one's is empty."""

    kept: Kept
    room: Room
    reservee: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: everything that is given has to hold. ``text`` is in a reservee's name, reading or contact.

    Of no ``facility_ids`` (None) and one ``reservee_id`` it is that one's, wherever they are. A booking is of a stretch
    when some of its time lies in it; of no ``states`` all are meant.
    """

    facility_ids: Collection[str] | None = None
    reservee_id: str | None = None
    room_id: str | None = None
    text: str = ""
    states: Collection[ReservationState] = ()
    from_at: datetime | None = None
    until_at: datetime | None = None


class Waiter(NamedTuple):
    """Somebody on the waiting list of a room, for a time."""

    room_id: str
    from_at: datetime
    until_at: datetime


def search_bookings(tx: Tx, sought: Sought, *, limit: int, offset: int = 0) -> tuple[list[BookingLine], int]:
    """Give a page of what is found, by beginning, and how many there are altogether."""
    wanted = _wanted(sought)
    ids = select(reservation.c.id).join_from(reservation, room).join(reservee).where(wanted)
    many = tx.connection.scalar(select(func.count()).select_from(ids.subquery()))
    page = ids.order_by(reservation.c.from_at, reservation.c.id).limit(limit).offset(offset)
    return describe_bookings(tx, list(tx.connection.scalars(page))), many or 0


def count_waiting(tx: Tx, facility_ids: Collection[str] | None) -> int:
    """Count what waits for a decision in facilities; None: in all."""
    return tx.connection.scalar(select(func.count()).select_from(_waiting(facility_ids).subquery())) or 0


def list_longest_waiting(
    tx: Tx, facility_ids: Collection[str], *, limit: int, offset: int = 0
) -> list[tuple[BookingLine, datetime]]:
    """Give what waits for a decision in facilities, and since when: it was applied for or changed then."""
    since = (
        select(reservation_step.c.reservation_id, func.max(reservation_step.c.done_at).label("since_at"))
        .where(reservation_step.c.act.in_(("apply", "change")))
        .where(reservation_step.c.reservation_id.in_(_waiting(facility_ids)))
        .group_by(reservation_step.c.reservation_id)
        .subquery()
    )
    waits_at = func.coalesce(since.c.since_at, reservation.c.made_at)
    query = (
        select(reservation.c.id, waits_at)
        .outerjoin_from(reservation, since, since.c.reservation_id == reservation.c.id)
        .where(reservation.c.id.in_(_waiting(facility_ids)))
    )
    rows = tx.connection.execute(query.order_by(waits_at, reservation.c.id).limit(limit).offset(offset)).all()
    at = {row[0]: row[1] for row in rows}
    return [(line, at[line.kept.reservation.id]) for line in describe_bookings(tx, list(at))]


def describe_bookings(tx: Tx, ids: Sequence[str]) -> list[BookingLine]:
    """Give bookings with their rooms and names, in the order of the ids; unknown ones are left out."""
    kept = {each.reservation.id: each for each in list_reservations(tx, ids)}
    rooms = {each.id: each for each in list_rooms(tx, ids={each.reservation.room_id for each in kept.values()})}
    names = list_reservee_names(tx, {each.reservation.reservee_id for each in kept.values()})
    return [
        BookingLine(each, rooms[each.reservation.room_id], names.get(each.reservation.reservee_id, ""))
        for id_ in ids
        if (each := kept.get(id_)) is not None
    ]


def count_no_shows(tx: Tx, facility_ids: Collection[str], reservee_ids: Collection[str]) -> dict[str, int]:
    """Count the no-shows of reservees in facilities; whoever has none is left out."""
    missed = reservation.c.state == ReservationState.no_show.value
    found: dict[str, int] = {}
    for some in batched(sorted(reservee_ids)):
        of_some = missed & reservation.c.reservee_id.in_(some) & room.c.facility_id.in_(sorted(facility_ids))
        query = select(reservation.c.reservee_id, func.count()).join_from(reservation, room).where(of_some)
        found |= {row[0]: row[1] for row in tx.connection.execute(query.group_by(reservation.c.reservee_id))}
    return found


def list_waiters(tx: Tx, room_ids: Collection[str]) -> list[Waiter]:
    """Give who waits for a time in rooms, in the order of asking."""
    columns = (waiting_entry.c[name] for name in Waiter._fields)
    waits = waiting_entry.c.state == WaitingState.waiting.value
    query = select(*columns).where(waits & waiting_entry.c.room_id.in_(sorted(room_ids)))
    return [Waiter(*row) for row in tx.connection.execute(query.order_by(waiting_entry.c.asked_at, waiting_entry.c.id))]


def list_login_names(tx: Tx, logins: Collection[str]) -> dict[str, str]:
    """Give the names of the people behind logins; what is nobody's login is left out."""
    query = select(account.c.login, person.c.name).join_from(account, person, person.c.id == account.c.person_id)
    rows = tx.connection.execute(query.where(account.c.login.in_(sorted(logins))))
    return {row.login: row.name for row in rows}


def _waiting(facility_ids: Collection[str] | None) -> Select[Any]:
    waits = reservation.c.state == ReservationState.applied.value
    if facility_ids is None:
        return select(reservation.c.id).where(waits)
    here = room.c.facility_id.in_(sorted(facility_ids))
    return select(reservation.c.id).join_from(reservation, room).where(waits & here)


def _wanted(sought: Sought) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = reservation.c.id.is_not(None)
    if sought.facility_ids is not None:
        wanted &= room.c.facility_id.in_(sorted(sought.facility_ids))
    for column, value in ((reservation.c.reservee_id, sought.reservee_id), (reservation.c.room_id, sought.room_id)):
        if value is not None:
            wanted &= column == value
    if sought.text:
        columns = (reservee.c[name] for name in ("name", "kana", "contact_name", "email", "phone"))
        named = (column.contains(sought.text, autoescape=True) for column in columns)
        wanted &= or_(reservation.c.id == sought.text, *named)
    if sought.states:
        wanted &= reservation.c.state.in_(sorted(state.value for state in sought.states))
    if sought.from_at is not None:
        wanted &= (reservation.c.from_at > sought.from_at - HOLD_MAX) & (reservation.c.until_at > sought.from_at)
    if sought.until_at is not None:
        wanted &= reservation.c.from_at < sought.until_at
    return wanted
