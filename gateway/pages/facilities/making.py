"""From a form's values to the thing that it makes, and the operation that keeps it; and back."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.facility_fault import Thing
from domain.facilities.opening import SpecialDays
from gateway.bookings.rule_edits import Kept
from gateway.operations.facilities.close_days import close_days
from gateway.operations.facilities.keep_equipment import keep_equipment
from gateway.operations.facilities.keep_facility import keep_facility
from gateway.operations.facilities.keep_room import keep_room
from gateway.operations.facilities.keep_rule import keep_rule
from gateway.operations.facilities.keep_slot_kind import keep_slot_kind
from gateway.pages.facilities.thing_forms import FORMS
from store.tx import Tx


def values_of(kept: Kept) -> Mapping[str, Any]:
    """Give a thing's values by field; a room's ``spaces`` are none where it is one by itself."""
    values = {each.name: getattr(kept, each.name) for each in fields(kept)}
    if isinstance(kept, Room) and kept.spaces == (kept.id,):
        values["spaces"] = ()
    return values


def make_thing(thing: Thing, id_: str, facility_id: str, values: Mapping[str, Any]) -> Kept:
    """Give the thing that a form's values make; what the form does not ask for is given by ``id_`` and the facility."""
    form = FORMS[thing]
    known = {each.name for each in fields(form.makes)}
    given = {"id": id_, "facility_id": facility_id, **values}
    if form.makes is SpecialDays and given["last_on"] is None:
        given["last_on"] = given["first_on"]
    return form.makes(**{name: value for name, value in given.items() if name in known})


def keep_thing(tx: Tx, facility_id: str, kept: Kept, *, by: str, even_so: bool) -> None:
    """Keep a thing by the operation that knows how.

    Raises:
        RefusedRulesError: every fault is named; nothing was changed.
        UsesStandError: reservations would lie outside the hours, and nobody said ``even_so``.
    """
    match kept:
        case Facility():
            keep_facility(tx, kept, by=by)
        case Room():
            keep_room(tx, replace(kept, spaces=()), made_of=kept.spaces, by=by)
        case Equipment():
            keep_equipment(tx, kept, by=by)
        case SlotKind():
            keep_slot_kind(tx, facility_id, kept, by=by)
        case SpecialDays():
            close_days(tx, facility_id, kept, by=by, even_so=even_so)
        case _:
            keep_rule(tx, facility_id, kept, by=by, even_so=even_so)
