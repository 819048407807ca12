"""What the clock does to visits: whoever stays beyond the end is told of, and who came is forgotten in time."""

import json
from datetime import timedelta

from domain.access.visits import OVERSTAY_GRACE
from store.alarms import Alarm, insert_alarms
from store.outbox import Notice, insert_notices
from store.tx import Tx
from store.visits import forget_visits, list_overstaying, save_visit


def tell_overstays(tx: Tx) -> int:
    """Raise an alarm for each visitor who is still here after the end, once; gives how many.

    The alarm names the visit, the card and the host, and no visitor.
    """
    late = list_overstaying(tx, tx.now - OVERSTAY_GRACE)
    for visit in late:
        save_visit(tx, visit.id, overstay_told_at=tx.now)
        card = visit.pass_label or "no card"
        raised = insert_alarms(tx, [Alarm("visit_overstayed", visit.id, f"{card}, host {visit.host_id}")])
        told = json.dumps({"visit": visit.id, "host": visit.host_id})
        rung = [Notice("alarm.raised", alarm.subject, json.dumps({"kind": alarm.kind})) for alarm in raised]
        insert_notices(tx, [Notice("visit.overdue", visit.host_id, told), *rung])
    return len(late)


def forget_visitors(tx: Tx, kept_days: int) -> int:
    """Forget who came to visits that were over more than ``kept_days`` days ago; gives how many."""
    return forget_visits(tx, tx.now - timedelta(days=kept_days))
