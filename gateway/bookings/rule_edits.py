"""What differs between a facility's rules and what they are to be: thing by thing, with before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from domain.facilities.booking_rules import BookingWindow, Terms
from domain.facilities.closures import ClosureRule
from domain.facilities.entry import EntryRule
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.facility_fault import Thing
from domain.facilities.opening import Opening, SpecialDays
from domain.facilities.quotas import Quota
from domain.facilities.rules import FacilityRules
from store.facilities import save_equipment, save_facility, save_room, save_slot, save_space
from store.facility_changes import insert_change
from store.facility_rules import retire_rule, save_rule
from store.tx import Tx

Kept = (
    Facility
    | Room
    | Equipment
    | SlotKind
    | Opening
    | ClosureRule
    | SpecialDays
    | BookingWindow
    | Quota
    | Terms
    | EntryRule
)

POSITION_STEP = 10
"""Between the positions of rooms in a list."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that is to be otherwise; ``before`` None: it is new, ``after`` None: it holds no more."""

    thing: Thing
    id: str
    before: Kept | None
    after: Kept | None


def list_edits(before: FacilityRules | None, after: FacilityRules) -> tuple[Edit, ...]:
    """Give what differs, in an order in which it can be written."""
    standing = {} if before is None else _list_things(before)
    wanted = _list_things(after)
    changed = [Edit(*key, standing.get(key), kept) for key, kept in wanted.items() if standing.get(key) != kept]
    return (*changed, *(Edit(*key, gone, None) for key, gone in standing.items() if key not in wanted))


def write_edits(tx: Tx, after: FacilityRules, edits: Sequence[Edit], *, by: str) -> None:
    """Write edits, each with a row of who changed what; what was there once is never deleted.

    Raises:
        ValueError: a facility, room, piece of equipment or slot would be gone; those are retired, not left out.
    """
    facility_id = after.facility.id
    for edit in edits:
        _write(tx, facility_id, edit)
        insert_change(
            tx,
            edit.thing,
            edit.id,
            facility_id=facility_id,
            before=as_plain(edit.before),
            after=as_plain(edit.after),
            by=by,
        )


def place_rooms(tx: Tx, before: FacilityRules | None, after: FacilityRules, *, by: str) -> None:
    """Let the rooms of a facility stand in lists as they do in its rules; another order is a change as well."""
    standing = () if before is None else tuple(room.id for room in before.rooms)
    wanted = tuple(room.id for room in after.rooms)
    if standing == wanted:
        return
    for number, room in enumerate(after.rooms, 1):
        save_room(tx, room, position=number * POSITION_STEP)
    ordered, others = (tuple(id_ for id_ in one if id_ in two) for one, two in ((standing, wanted), (wanted, standing)))
    if ordered != others:
        house = after.facility.id
        told = {"before": list(standing), "after": list(wanted)}
        insert_change(tx, Thing.room_order, house, facility_id=house, **told, by=by)


def _write(tx: Tx, facility_id: str, edit: Edit) -> None:
    kept = edit.after
    if isinstance(kept, Facility):
        save_facility(tx, kept)
    elif isinstance(kept, Room):
        if kept.spaces == (kept.id,):
            save_space(tx, kept.id, facility_id, kept.name)
        save_room(tx, kept)
    elif isinstance(kept, Equipment):
        save_equipment(tx, kept)
    elif isinstance(kept, SlotKind):
        save_slot(tx, kept)
    elif kept is not None:
        save_rule(tx, facility_id, kept)
    elif isinstance(edit.before, Opening | ClosureRule | SpecialDays | BookingWindow | Quota | Terms | EntryRule):
        retire_rule(tx, type(edit.before), edit.id)
    else:
        raise ValueError(f"{edit.thing} {edit.id} cannot be left out; retire it")


def _list_things(rules: FacilityRules) -> dict[tuple[Thing, str], Kept]:
    opening = rules.opening
    simple_first: list[Room] = sorted(rules.rooms, key=lambda room: room.spaces != (room.id,))
    parts: list[tuple[Thing, Sequence[Kept]]] = [
        (Thing.facility, (rules.facility,)),
        (Thing.room, simple_first),
        (Thing.equipment, rules.equipment),
        (Thing.slot, rules.slots),
        (Thing.opening, opening.openings),
        (Thing.closure, opening.closures),
        (Thing.special_days, opening.special_days),
        (Thing.window, rules.windows),
        (Thing.quota, rules.quotas),
        (Thing.terms, rules.terms),
        (Thing.entry, rules.entries),
    ]
    return {(thing, each.id): each for thing, things in parts for each in things}


def as_plain(value: object) -> Any:
    """Give a thing as plain values, as it is written down with a change."""
    if isinstance(value, Kept):
        return as_plain(asdict(value))
    if isinstance(value, Mapping):
        return {name: as_plain(each) for name, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [as_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
