"""Changing what is laid down about a facility: everything is held against everything, or nothing is written."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from domain.civil import civil_minute
from domain.facilities.check_entry import check_areas
from domain.facilities.check_facility import check_facility
from domain.facilities.facility import Facility
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.facility_words import tell_fault
from domain.facilities.rules import FacilityRules
from gateway.bookings.facility_rules import load_facility_rules
from gateway.bookings.rule_edits import Edit, list_edits, place_rooms, write_edits
from gateway.bookings.standing_uses import list_displaced, list_faults_in_use
from store.facilities import find_owner, list_user_classes, load_facility
from store.facility_use import StandingUse
from store.organisation import list_units
from store.site_areas import SiteArea, list_site_areas
from store.tx import Tx


class RefusedRulesError(ValueError):
    """Rules that cannot stand; nothing was changed. ``faults`` names each, the text says them line by line."""

    def __init__(self, faults: tuple[FacilityFault, ...]) -> None:
        super().__init__("\n".join(tell_fault(fault) for fault in faults))
        self.faults = faults


class UsesStandError(Exception):
    """Reservations to come lie in a time that would be closed; nothing was changed. ``uses`` lists them."""

    def __init__(self, uses: tuple[StandingUse, ...]) -> None:
        super().__init__(
            f"これからの予約 {len(uses)} 件が開館時間の外になります。先に予約を移すか、承知のうえで変更してください"
            f" / {len(uses)} reservations to come would lie outside the hours; move them first, or change knowing so"
        )
        self.uses = uses


def open_book(tx: Tx, facility_id: str) -> FacilityRules:
    """Give a facility's rules to change them; until the commit nobody else does.

    Raises:
        RefusedRulesError: there is no such facility.
    """
    if load_facility(tx, facility_id, lock=True) is None:
        fault = FacilityFault(Thing.facility, facility_id, "facility_id", Flaw.unknown_facility, {"name": facility_id})
        raise RefusedRulesError((fault,))
    return load_facility_rules(tx, [facility_id])[facility_id]


def change_rules(
    tx: Tx, before: FacilityRules | None, after: FacilityRules, *, by: str, even_so: bool = False
) -> tuple[Edit, ...]:
    """Let a facility's rules be others; gives what that changed, nothing where they are the same already.

    Args:
        tx: the transaction.
        before: the rules that stand (:func:`open_book`); None for a facility that is new.
        after: the rules as they are to be.
        by: the login of who changes them.
        even_so: reservations that would lie outside the hours are known, and somebody sees to them.

    Raises:
        RefusedRulesError: something of them is wrong that was not before, or what is edited is; every fault is named.
        UsesStandError: reservations would lie outside the hours, and nobody said ``even_so``.
    """
    edits = list_edits(before, after)
    if faults := _list_faults(tx, before, after, edits):
        raise RefusedRulesError(faults)
    if before is not None and not even_so and (displaced := list_displaced(tx, before, after)):
        raise UsesStandError(tuple(displaced))
    write_edits(tx, after, edits, by=by)
    place_rooms(tx, before, after, by=by)
    return edits


def _list_faults(
    tx: Tx, before: FacilityRules | None, after: FacilityRules, edits: tuple[Edit, ...]
) -> tuple[FacilityFault, ...]:
    today = civil_minute(tx.now)[0]
    classes = {each.user_class.id for each in list_user_classes(tx)}
    areas = list_site_areas(tx)
    known = set() if before is None else {_key(fault) for fault in _check(before, classes, areas, today)}
    edited = {(edit.thing, edit.id) for edit in edits}
    found = [
        fault
        for fault in _check(after, classes, areas, today)
        if (fault.thing, fault.id) in edited or _key(fault) not in known
    ]
    for edit in edits:
        if edit.before is None and edit.thing is not Thing.facility:
            owner = find_owner(tx, edit.thing, edit.id)
            if owner not in {None, after.facility.id}:
                found.append(FacilityFault(edit.thing, edit.id, "id", Flaw.id_taken))
    if (Thing.facility, after.facility.id) in edited:
        found += _check_department(tx, after.facility, today)
    return (*found, *list_faults_in_use(tx, after, edits))


def _check(
    rules: FacilityRules, classes: AbstractSet[str], areas: Mapping[str, SiteArea], today: date
) -> Iterator[FacilityFault]:
    """Yield what is wrong; before a gateway ran with a description of the site, nobody knows its areas."""
    yield from check_facility(rules, classes, today)
    if areas:
        levels = {area.id: area.level_id for area in areas.values()}
        reading = {area.id for area in areas.values() if area.code_points}
        yield from check_areas(rules.rooms, rules.entries, levels, today, reading=reading)


def _check_department(tx: Tx, facility: Facility, today: date) -> list[FacilityFault]:
    department = facility.department_id
    if any(unit.id == department for unit in list_units(tx, today)):
        return []
    values = {"name": department}
    return [FacilityFault(Thing.facility, facility.id, "department_id", Flaw.unknown_department, values)]


def _key(fault: FacilityFault) -> tuple[object, ...]:
    return fault.thing, fault.id, fault.field, fault.flaw
