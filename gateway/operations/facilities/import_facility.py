"""Import a facility from its file: what it says is kept in one go, and again changes nothing."""

from dataclasses import dataclass, replace

from domain.facilities.facility_fault import Thing
from domain.facilities.rules import FacilityRules
from gateway.bookings.file_rules import LaidDown
from gateway.bookings.rule_book import RefusedRulesError, change_rules, open_book
from gateway.bookings.rule_edits import Edit
from gateway.bookings.user_classes import change_user_class
from store.facilities import list_user_classes, load_facility
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed, and what stands although the file does not have it."""

    edits: tuple[Edit, ...]
    user_classes: tuple[str, ...]
    """Ids of those that are new or bear another name."""
    left: tuple[tuple[Thing, str], ...]


def import_facility(tx: Tx, laid: LaidDown, *, by: str, even_so: bool = False) -> Imported:
    """Let a facility be as its file says.

    Hours, closures, booking windows, quotas and terms are those of the file alone. Rooms, equipment, slots and special
    days that only stand here stay, for reservations may hang on them; they are told.

    Args:
        tx: the transaction.
        laid: what the file says.
        by: the login of who imports, or ``command``.
        even_so: reservations that would lie outside the hours are known.

    Raises:
        RefusedRulesError: something is wrong; every fault is named, nothing is changed.
        UsesStandError: reservations to come would lie outside the hours.
    """
    if laid.faults:
        raise RefusedRulesError(laid.faults)
    classes = _keep_classes(tx, laid, by=by)
    house = laid.rules.facility.id
    before = None if load_facility(tx, house) is None else open_book(tx, house)
    after, left = (laid.rules, ()) if before is None else _with_what_stands(before, laid.rules)
    return Imported(change_rules(tx, before, after, by=by, even_so=even_so), classes, left)


def _keep_classes(tx: Tx, laid: LaidDown, *, by: str) -> tuple[str, ...]:
    """Keep the classes that the file names; one that stands keeps its place in lists."""
    standing = {each.user_class.id: each for each in list_user_classes(tx)}
    last = max((each.user_class.position for each in standing.values()), default=0)
    changed = []
    for each in laid.user_classes:
        known = standing.get(each.id)
        position = last + each.position if known is None else known.user_class.position
        retired_on = None if known is None else known.retired_on
        if change_user_class(tx, replace(each, position=position), retired_on=retired_on, by=by):
            changed.append(each.id)
    return tuple(changed)


def _with_what_stands(
    before: FacilityRules, told: FacilityRules
) -> tuple[FacilityRules, tuple[tuple[Thing, str], ...]]:
    rooms = {each.id for each in told.rooms}
    equipment, slots = {each.id for each in told.equipment}, {each.id for each in told.slots}
    special = {each.id for each in told.opening.special_days}
    other_rooms = tuple(each for each in before.rooms if each.id not in rooms)
    other_equipment = tuple(each for each in before.equipment if each.id not in equipment)
    other_slots = tuple(each for each in before.slots if each.id not in slots)
    other_days = tuple(each for each in before.opening.special_days if each.id not in special)
    left = (
        *((Thing.room, each.id) for each in other_rooms),
        *((Thing.equipment, each.id) for each in other_equipment),
        *((Thing.slot, each.id) for each in other_slots),
        *((Thing.special_days, each.id) for each in other_days),
    )
    opening = replace(told.opening, special_days=(*told.opening.special_days, *other_days))
    return (
        replace(
            told,
            rooms=(*told.rooms, *other_rooms),
            equipment=(*told.equipment, *other_equipment),
            slots=(*told.slots, *other_slots),
            opening=opening,
        ),
        left,
    )
