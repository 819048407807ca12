"""Begin an evacuation: everybody who is inside by what is known comes onto its list."""

from gateway.people.roll_call import read_inside
from gateway.site.description import Site
from store.musters import insert_listed, insert_muster, load_muster_going_on, lock_musters
from store.outbox import Notice, insert_notices
from store.tx import Tx


def start_muster(tx: Tx, muster_id: str, site: Site, *, by: str) -> str:
    """Give the id of the evacuation that goes on: the one that did already, or this new one."""
    lock_musters(tx)
    going_on = load_muster_going_on(tx)
    if going_on is not None:
        return going_on.id
    insert_muster(tx, muster_id, by=by)
    insert_listed(tx, muster_id, read_inside(tx, site))
    insert_notices(tx, [Notice("muster.started", muster_id, "{}")])
    return muster_id
