"""What follows from where a reservation stands: the one place that keys, doors and letters are told from.

What is promised is compared with what stands in force under the reservation, and with nothing else: what is missing is
given, what is not promised any more ends. Doing so twice changes nothing, so that the same call serves the commit of an
act and whoever looks for promises that were not kept.
"""

from collections.abc import Mapping

from domain.civil import civil_minute
from domain.facilities.entry import choose_entry
from domain.facilities.facility import Room
from domain.facilities.promises import PROMISING, Promise, derive_promises
from domain.facilities.reservation import Reservation
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules
from gateway.bookings.promised_doors import carry_out_doors, list_reachable
from gateway.bookings.remembered_rules import recall_rules
from gateway.custody.promised_keys import carry_out_keys
from store.people import load_person
from store.site_areas import SiteArea, list_site_areas
from store.tx import Tx


def list_consequences(tx: Tx, reservation: Reservation, room: Room) -> tuple[Promise, ...]:
    """Give what a reservation promises as it stands now; an empty list ends whatever it promised before."""
    if reservation.state not in PROMISING:
        return ()
    return derive_consequences(reservation, room, recall_rules(tx, [room.id])[room.facility_id], list_site_areas(tx))


def derive_consequences(
    reservation: Reservation, room: Room, rules: FacilityRules, areas: Mapping[str, SiteArea]
) -> tuple[Promise, ...]:
    """Give the same by the rules of the facility and what the site's description says of areas."""
    entry = choose_entry(rules.entries, room.id, civil_minute(reservation.from_at)[0])
    area = None if room.area_id is None else areas.get(room.area_id)
    opens = area is not None and area.level_id is not None
    return derive_promises(
        reservation, room, entry, opens=opens, reads_codes=area is not None and bool(area.code_points)
    )


def keep_promises(
    tx: Tx, reservation: Reservation, room: Room, reservee: Reservee | None, *, by: str, reason: str
) -> bool:
    """Let exactly what a reservation promises be in force: its keys, doors and code; tells whether anything changed.

    Args:
        tx: the transaction; the reservation is held in it.
        reservation: as it stands now.
        room: its room.
        reservee: whose it is; a member of staff has the doors opened by the own cards.
        by: who did what led to this.
        reason: why what is over ends.
    """
    person_id = None if reservee is None else reservee.person_id
    person = None if person_id is None else load_person(tx, person_id)
    promised = list_reachable(list_consequences(tx, reservation, room), None if person is None else person.left_on)
    keys = carry_out_keys(tx, reservation.id, reservation.reservee_id, promised, by=by, reason=reason)
    doors = carry_out_doors(tx, reservation.id, person_id, promised, by=by, reason=reason)
    return doors or bool(keys.given or keys.ended)
