"""Say where somebody is when the doors are wrong: somebody left by an emergency exit, or came in behind another.

The controllers hear of it as of any entry, so that an anti-passback rule takes the person back in.
"""

from domain.ids import AccessPointId, AreaId
from gateway.meaning.passages import Entry
from gateway.site.description import Site
from store.directory import load_directory_line
from store.last_seen import save_seen
from store.musters import Correction, insert_correction, list_places
from store.outbox import Notice, insert_notices
from store.presence import Presence, save_presences
from store.tx import Tx

REASON_LENGTH_MAX = 200


def correct_presence(tx: Tx, site: Site, person_id: str, area_id: str, *, reason: str, by: str) -> str | None:
    """Put a person into an area; gives why not: ``no_person``, ``no_area``, ``no_reason`` or ``too_long``."""
    words = " ".join(reason.split())
    if not words:
        return "no_reason"
    if len(words) > REASON_LENGTH_MAX:
        return "too_long"
    if area_id not in {area.id for area in site.areas}:
        return "no_area"
    if load_directory_line(tx, person_id) is None:
        return "no_person"
    before = next((each for each in list_places(tx) if each.person_id == person_id), None)
    area_from = before.area_id if before else None
    insert_correction(tx, Correction(person_id, by, area_from, area_id, words))
    here = Presence(person_id, area_id, "", tx.now)
    save_presences(tx, [here])
    save_seen(tx, [here])
    entry = Entry(person_id, AreaId(area_id), AreaId(area_from or ""), AccessPointId(""), tx.now, "", live=True)
    insert_notices(tx, [entry.notice(), Notice("presence.corrected", person_id, "{}")])
    return None
