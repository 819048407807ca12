"""Tell again of alarms that nobody has acknowledged in the time their kind allows."""

from domain.access.alarm_desk import AlarmAct, is_overdue
from store.alarm_desk import list_standing_alarms, save_escalated
from store.alarms import AlarmStep, insert_alarm_steps
from store.outbox import Notice, insert_notices
from store.tx import Tx


def escalate_alarms(tx: Tx) -> int:
    """Mark those that are overdue and tell the pages; each once, until it is raised again. Gives how many."""
    late = [
        each
        for each in list_standing_alarms(tx)
        if each.escalated_at is None and is_overdue(each.alarm.kind, each.state, each.raised_at, tx.now)
    ]
    for each in late:
        save_escalated(tx, each.id)
    insert_alarm_steps(tx, [AlarmStep(each.id, tx.now, "", AlarmAct.escalate) for each in late])
    insert_notices(tx, [Notice("alarm.escalated", each.alarm.subject, "{}") for each in late])
    return len(late)
