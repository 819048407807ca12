"""Keep a facility: register it, or change its names, department, operator and whether citizens may reserve."""

from dataclasses import replace

from domain.facilities.facility import Facility
from domain.facilities.rules import FacilityRules
from gateway.bookings.rule_book import change_rules, open_book
from store.facilities import load_facility
from store.tx import Tx


def keep_facility(tx: Tx, facility: Facility, *, by: str) -> None:
    """Keep a facility; with ``retired_on`` nothing can be reserved in it from that day on.

    Raises:
        RefusedRulesError: its id or a name is none, there is no such department, or reservations stand after its end.
    """
    if load_facility(tx, facility.id) is None:
        change_rules(tx, None, FacilityRules(facility), by=by)
        return
    book = open_book(tx, facility.id)
    change_rules(tx, book, replace(book, facility=facility), by=by)
