"""Say of somebody in an evacuation: seen, or not after all; and add somebody who is on no list."""

from gateway.people.roll_call import BY_HAND
from store.musters import Listed, Mark, insert_listed, insert_marks, load_muster
from store.outbox import Notice, insert_notices
from store.tx import Tx

NAME_LENGTH_MAX = 80


def mark_muster(tx: Tx, muster_id: str, person_id: str, *, safe: bool, by: str) -> bool:
    """Keep a word about a person; False when the evacuation does not go on, and nothing is kept."""
    if not _goes_on(tx, muster_id):
        return False
    insert_marks(tx, muster_id, [Mark(person_id, tx.now, by, safe=safe, how="touch")])
    insert_notices(tx, [Notice("muster.marked", muster_id, "{}")])
    return True


def add_to_muster(
    tx: Tx, muster_id: str, person_id: str, *, name: str, belongs: str, safe: bool, by: str
) -> str | None:
    """Add somebody by hand; gives why not: ``no_muster``, ``no_name`` or ``too_long``."""
    name, belongs = " ".join(name.split()), " ".join(belongs.split())
    if not name:
        return "no_name"
    if max(len(name), len(belongs)) > NAME_LENGTH_MAX:
        return "too_long"
    if not _goes_on(tx, muster_id):
        return "no_muster"
    insert_listed(tx, muster_id, [Listed(person_id, name, "", belongs, BY_HAND, "", "", tx.now, "told", by)])
    if safe:
        insert_marks(tx, muster_id, [Mark(person_id, tx.now, by, safe=True, how="touch")])
    insert_notices(tx, [Notice("muster.marked", muster_id, "{}")])
    return None


def _goes_on(tx: Tx, muster_id: str) -> bool:
    found = load_muster(tx, muster_id)
    return found is not None and found.ended_at is None
