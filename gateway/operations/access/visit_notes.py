"""What every deed about a visit shares: who did it is written down, and the host's page hears of it."""

import json

from domain.access.visits import VisitFault, VisitFaultError
from store.outbox import Notice, insert_notices
from store.tx import Tx
from store.visits import GuestVisit, VisitStep, insert_visit_step, load_visit


def demand_visit(tx: Tx, visit_id: str) -> GuestVisit:
    """Give a visit, held against others until the commit.

    Raises:
        VisitFaultError: there is none of that id.
    """
    visit = load_visit(tx, visit_id, lock=True)
    if visit is None:
        raise VisitFaultError(VisitFault.no_visit)
    return visit


def note_step(tx: Tx, visit_id: str, by: str, act: str, detail: str = "") -> None:
    """Write down who did what; ``detail`` names no visitor."""
    insert_visit_step(tx, VisitStep(visit_id, tx.now, by, act, detail))


def tell_visit(tx: Tx, visit: GuestVisit, what: str) -> None:
    """Tell the pages and whoever carries word to the host that something happened to a visit; no visitor is named."""
    insert_notices(tx, [Notice(f"visit.{what}", visit.host_id, json.dumps({"visit": visit.id, "host": visit.host_id}))])
