"""Facilities, their rooms, equipment and slots, and the classes of those who reserve: all rows, none ever deleted."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, delete, func, insert, select

from domain.facilities.facility import Equipment, Facility, Room, SlotKind, UserClass
from domain.facilities.facility_fault import Thing
from store.bulk import batched, upsert_rows
from store.facility_columns import read_columns, write_columns
from store.facility_tables import equipment, facility, room, room_space, slot_kind, space, user_class
from store.opening_tables import (
    booking_window,
    closure_rule,
    entry_rule,
    facility_terms,
    opening,
    quota,
    special_days,
)
from store.tx import Tx

_SPACES = frozenset({"spaces"})
_POSITION_STEP = 10

_OWNED = {
    Thing.room: room,
    Thing.equipment: equipment,
    Thing.opening: opening,
    Thing.closure: closure_rule,
    Thing.special_days: special_days,
    Thing.window: booking_window,
    Thing.quota: quota,
    Thing.terms: facility_terms,
    Thing.entry: entry_rule,
}


class RetirableClass(NamedTuple):
    """A user class and from which day on nobody is given it any more."""

    user_class: UserClass
    retired_on: date | None


def list_user_classes(tx: Tx) -> list[RetirableClass]:
    """Give the user classes in the order of lists, retired ones too."""
    query = select(user_class).order_by(user_class.c.position, user_class.c.id)
    return [RetirableClass(read_columns(UserClass, row), row.retired_on) for row in tx.connection.execute(query)]


def save_user_class(tx: Tx, kept: UserClass, *, retired_on: date | None = None) -> None:
    """Keep a user class; what stands under its id is replaced."""
    _upsert(tx, user_class, write_columns(kept) | {"retired_on": retired_on})


def save_facility(tx: Tx, kept: Facility) -> None:
    """Keep a facility; what stands under its id is replaced."""
    _upsert(tx, facility, write_columns(kept))


def list_facilities(tx: Tx, ids: Collection[str] | None = None) -> list[Facility]:
    """Give facilities of some ids, or all, by name; retired ones too."""
    query = select(facility).order_by(facility.c.name, facility.c.id)
    found = tx.connection.execute(query if ids is None else query.where(facility.c.id.in_(sorted(ids))))
    return [read_columns(Facility, row) for row in found]


def load_facility(tx: Tx, facility_id: str, *, lock: bool = False) -> Facility | None:
    """Give a facility; None when there is none of that id. With ``lock`` its rules are changed by one at a time."""
    query = select(facility).where(facility.c.id == facility_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else read_columns(Facility, row)


def save_room(tx: Tx, kept: Room, *, position: int | None = None) -> None:
    """Keep a room and of which spaces it is made; a new one without ``position`` stands last of its facility.

    The spaces must be there (:func:`save_space`).
    """
    values = write_columns(kept, without=_SPACES)
    if position is None:
        position = _find_position(tx, kept)
    _upsert(tx, room, values | {"position": position})
    tx.connection.execute(delete(room_space).where(room_space.c.room_id == kept.id))
    if kept.spaces:
        tx.connection.execute(
            insert(room_space), [{"room_id": kept.id, "space_id": each} for each in sorted(kept.spaces)]
        )


def save_space(tx: Tx, space_id: str, facility_id: str, name: str) -> None:
    """Keep a space, the smallest part that is never shared."""
    _upsert(tx, space, {"id": space_id, "facility_id": facility_id, "name": name})


def list_spaces(tx: Tx, facility_id: str) -> dict[str, str]:
    """Give the names of a facility's spaces by id."""
    query = select(space.c.id, space.c.name).where(space.c.facility_id == facility_id).order_by(space.c.id)
    return {row.id: row.name for row in tx.connection.execute(query)}


def list_rooms(tx: Tx, *, facilities: Collection[str] | None = None, ids: Collection[str] | None = None) -> list[Room]:
    """Give rooms of some facilities or of some ids, by facility and position; retired ones too."""
    order = room.c.facility_id, room.c.position, room.c.id
    found = [row for wanted in _wanted(room, facilities, ids) for row in _rows(tx, select(room).where(wanted))]
    spaces: dict[str, list[str]] = {}
    for some in batched(sorted(row.id for row in found)):
        query = select(room_space.c.room_id, room_space.c.space_id).where(room_space.c.room_id.in_(some))
        for room_id, space_id in tx.connection.execute(query.order_by(room_space.c.space_id)):
            spaces.setdefault(room_id, []).append(space_id)
    found.sort(key=lambda row: tuple(row._mapping[column] for column in order))  # noqa: SLF001
    return [read_columns(Room, row, spaces=tuple(spaces.get(row.id, ()))) for row in found]


def save_equipment(tx: Tx, kept: Equipment) -> None:
    """Keep equipment; what stands under its id is replaced."""
    _upsert(tx, equipment, write_columns(kept))


def list_equipment(tx: Tx, facilities: Collection[str]) -> list[Equipment]:
    """Give the equipment of facilities by name; retired pieces too."""
    found = _rows(tx, select(equipment).where(equipment.c.facility_id.in_(sorted(facilities))))
    return sorted((read_columns(Equipment, row) for row in found), key=lambda each: (each.name, each.id))


def save_slot(tx: Tx, kept: SlotKind) -> None:
    """Keep a slot; what stands under its id is replaced."""
    _upsert(tx, slot_kind, write_columns(kept))


def list_slots(tx: Tx, rooms: Collection[str]) -> list[SlotKind]:
    """Give all kinds of slots of rooms, by room and time; those that are over too."""
    found = [
        read_columns(SlotKind, row)
        for some in batched(sorted(rooms))
        for row in _rows(tx, select(slot_kind).where(slot_kind.c.room_id.in_(some)))
    ]
    return sorted(found, key=lambda each: (each.room_id, each.from_minute, each.to_minute, each.id))


def find_owner(tx: Tx, thing: Thing, id_: str) -> str | None:
    """Give the facility that has a thing of this id; None when there is none."""
    if thing is Thing.slot:
        query = select(room.c.facility_id).join(slot_kind, slot_kind.c.room_id == room.c.id)
        return tx.connection.scalar(query.where(slot_kind.c.id == id_))
    table = _OWNED[thing]
    return tx.connection.scalar(select(table.c.facility_id).where(table.c.id == id_))


def _wanted(
    table: Table, facilities: Collection[str] | None, ids: Collection[str] | None
) -> Iterable[ColumnElement[bool]]:
    if ids is not None:
        return (table.c.id.in_(some) for some in batched(sorted(ids)))
    return (table.c.facility_id.in_(some) for some in batched(sorted(facilities or ())))


def _rows(tx: Tx, query: Select[Any]) -> Iterable[Any]:
    return tx.connection.execute(query)


def _find_position(tx: Tx, kept: Room) -> int:
    standing: int | None = tx.connection.scalar(select(room.c.position).where(room.c.id == kept.id))
    if standing is not None:
        return standing
    last = select(func.max(room.c.position)).where(room.c.facility_id == kept.facility_id)
    highest: int | None = tx.connection.scalar(last)
    return (highest or 0) + _POSITION_STEP


def _upsert(tx: Tx, table: Table, values: dict[str, Any]) -> None:
    upsert_rows(tx, table, tuple(values), [tuple(values.values())])
