"""What a reservation holds: spaces of its room, places of its slot, units of equipment, each for a time.

One rule keeps everything from being taken twice: **two holds of one resource that overlap have the same holder.** The
database enforces it (``store.reservation_tables.resource_hold``). A place and a unit are resources of their own, so
capacity and counts need no arithmetic. Parties that share a slot hold the room's spaces together, in the slot's name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil import civil_minute
from domain.facilities.facility import Equipment, Room, SlotKind
from domain.facilities.reservation import Reservation


@dataclass(frozen=True, slots=True)
class Hold:
    """A resource taken from an instant up to another one, which is free again."""

    resource: str
    holder: str
    from_at: datetime
    until_at: datetime


class NothingFreeError(ValueError):
    """Fewer places or units are free than are asked for.

    ``args`` are what is short (a slot's or equipment's id), how many were asked for, and how many are free.
    """


def space_resource(space_id: str) -> str:
    """Name a space as a resource."""
    return f"space:{space_id}"


def list_place_resources(slot: SlotKind) -> list[str]:
    """Name the places of a slot, in the order in which they are given; none of one that is not shared."""
    return [f"place:{slot.id}:{number}" for number in range(1, (slot.places or 0) + 1)]


def list_unit_resources(equipment: Equipment) -> list[str]:
    """Name the units of equipment, in the order in which they are given."""
    return [f"unit:{equipment.id}:{number}" for number in range(1, equipment.units + 1)]


def slot_holder(slot: SlotKind, on: date) -> str:
    """Name the holder that all parties of one day's shared slot are together."""
    return f"slot:{slot.id}:{on}"


def derive_holds(
    reservation: Reservation,
    room: Room,
    slot: SlotKind | None,
    equipment: Mapping[str, Equipment],
    taken: Iterable[str],
) -> list[Hold]:
    """Give everything that a reservation is to hold.

    Args:
        reservation: whose holds.
        room: its room; spaces are held with the time for preparation and clean-up.
        slot: its slot, where it is of one.
        equipment: by id, at least what is asked for.
        taken: resources that others hold at some time of the reservation; places and units are chosen among the rest.

    Raises:
        NothingFreeError: not enough places or units are free.
    """
    busy = frozenset(taken)
    own = f"reservation:{reservation.id}"
    shares = slot is not None and slot.places is not None
    holder = slot_holder(slot, civil_minute(reservation.from_at)[0]) if slot is not None and shares else own
    spaces_from = reservation.from_at - timedelta(minutes=room.before_minutes)
    spaces_until = reservation.until_at + timedelta(minutes=room.after_minutes)
    holds = [Hold(space_resource(space), holder, spaces_from, spaces_until) for space in room.spaces]
    wanted = [(equipment[id_].id, list_unit_resources(equipment[id_]), count) for id_, count in reservation.units]
    if slot is not None and shares:
        wanted.append((slot.id, list_place_resources(slot), reservation.places or 1))
    for id_, resources, count in wanted:
        free = [resource for resource in resources if resource not in busy]
        if len(free) < count:
            raise NothingFreeError(id_, count, len(free))
        holds += [Hold(resource, own, reservation.from_at, reservation.until_at) for resource in free[:count]]
    return holds
