"""Tell again of alarms that nobody has acknowledged in the time their kind allows."""

from datetime import datetime

from domain.access.alarm_desk import AlarmAct, is_overdue
from store.alarm_desk import DeskAlarm, list_alarm_steps, list_standing_alarms, save_escalated
from store.alarms import AlarmStep, insert_alarm_steps
from store.outbox import Notice, insert_notices
from store.tx import Tx


def escalate_alarms(tx: Tx) -> int:
    """Mark those that are overdue and tell the pages; each once, until it is raised again. Gives how many."""
    late = [
        each
        for each in list_standing_alarms(tx)
        if each.escalated_at is None
        and is_overdue(each.alarm.kind, each.state, each.raised_at, tx.now)
        and is_overdue(each.alarm.kind, each.state, _waits_since(tx, each), tx.now)
    ]
    for each in late:
        save_escalated(tx, each.id)
    insert_alarm_steps(tx, [AlarmStep(each.id, tx.now, "", AlarmAct.escalate) for each in late])
    insert_notices(tx, [Notice("alarm.escalated", each.alarm.subject, "{}") for each in late])
    return len(late)


def _waits_since(tx: Tx, alarm: DeskAlarm) -> datetime:
    """Give since when it waits for a person: since it was raised, or raised again after an acknowledgement."""
    since_at, waits = alarm.raised_at, True
    for step in list_alarm_steps(tx, alarm.id):
        if step.act is AlarmAct.acknowledge:
            waits = False
        elif step.act is AlarmAct.repeat and not waits:
            since_at, waits = step.done_at, True
    return since_at
