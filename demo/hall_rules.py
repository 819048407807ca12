"""The demo's civic hall as it is laid down: rooms behind a door of the site, rules and fees from the example files."""

from dataclasses import replace
from datetime import date, timedelta
from os import urandom

from contract.fee_tables import read_fee_toml
from domain.facilities.closures import ClosureKind, ClosureRule
from domain.facilities.opening import OpeningRules
from domain.facilities.rules import FacilityRules
from gateway.bookings.facility_file import load_facility_file
from gateway.bookings.file_rules import lay_down
from gateway.operations.facilities.give_duty import give_duty
from gateway.operations.facilities.import_facility import import_facility
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.people.party_code import draw_code
from gateway.site.booked_areas import list_booked_areas
from gateway.site.description import Site
from gateway.site.layout import FIRMWARE_CONFIGS
from store.facility_duties import Duty
from store.party_passes import insert_drawn_codes
from store.site_areas import save_site_areas
from store.tx import Tx

HALL_FILE = FIRMWARE_CONFIGS / "facilities" / "shimin-kan.yaml"
FEES_FILE = FIRMWARE_CONFIGS / "fees" / "shimin-kan.toml"
AREA = "civic_hall"
"""The area of the demo's site that its rooms lie in: a booking opens the door to it."""

CLOSED_IN_DAYS = 3
"""The weekly closing day is so many days ahead, so that the hall is open today, yesterday and tomorrow."""

CODES = 200
"""So many codes of bookings are drawn: as many as a running centre keeps ready."""


def lay_down_hall(tx: Tx, site: Site, site_key: bytes, *, today: date, desk: str) -> FacilityRules:
    """Keep the hall with its rooms, rules and fees, what a booking opens, and whose counter it is.

    Args:
        tx: the transaction.
        site: the demo's site.
        site_key: codes of bookings are named by it.
        today: the day on which the past ends.
        desk: the login of the contracted desk.
    """
    laid = lay_down(load_facility_file(HALL_FILE)[0])
    rooms = tuple(replace(room, area_id=AREA) for room in laid.rules.rooms)
    weekday = (today + timedelta(days=CLOSED_IN_DAYS)).weekday()
    weekly = ClosureRule("weekly", ClosureKind.weekly, "定期休館日", weekdays=frozenset({weekday}))
    opening = OpeningRules(laid.rules.opening.openings, (weekly,))
    rules = replace(laid.rules, rooms=rooms, opening=opening)
    save_site_areas(tx, list_booked_areas(site))
    insert_drawn_codes(tx, [draw_code(site_key, urandom) for _ in range(CODES)])
    import_facility(tx, replace(laid, rules=rules), by="command")
    table = read_fee_toml(FEES_FILE.read_bytes())
    keep_fees(tx, replace(table, from_on=date(today.year - 1, 4, 1)), by="command")
    for duty in (Duty.desk, Duty.keys):
        give_duty(tx, desk, rules.facility.id, duty, by="command")
    return rules
