"""End an evacuation; what the doors added to its list and to its marks becomes part of its record."""

from gateway.people.roll_call import assembly_points, read_inside
from gateway.site.description import Site
from store.musters import (
    insert_listed,
    insert_marks,
    list_listed,
    list_tap_marks,
    load_muster,
    save_muster_ended,
)
from store.outbox import Notice, insert_notices
from store.tx import Tx

NOTE_LENGTH_MAX = 200


def end_muster(tx: Tx, muster_id: str, site: Site, *, by: str, drill: bool, note: str) -> bool:
    """End it; False when it does not go on, and nothing is changed. ``note`` is cut at NOTE_LENGTH_MAX characters."""
    found = load_muster(tx, muster_id)
    words = " ".join(note.split())[:NOTE_LENGTH_MAX]
    if found is None or not save_muster_ended(tx, muster_id, by=by, drill=drill, note=words):
        return False
    known = {each.person_id for each in list_listed(tx, muster_id)}
    insert_listed(tx, muster_id, [each for each in read_inside(tx, site) if each.person_id not in known])
    insert_marks(tx, muster_id, list_tap_marks(tx, assembly_points(site), since=found.started_at))
    insert_notices(tx, [Notice("muster.ended", muster_id, "{}")])
    return True
