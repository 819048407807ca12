"""Say that an alarm was seen to: by whom and when stands with it for good."""

from domain.access.alarm_desk import AlarmAct, AlarmState, ends_by_itself
from store.alarm_desk import load_alarm, save_acknowledged
from store.alarms import AlarmStep, insert_alarm_steps, save_cleared
from store.outbox import Notice, insert_notices
from store.tx import Tx


def acknowledge_alarm(tx: Tx, alarm_id: int, *, by: str) -> bool:
    """Acknowledge an alarm; False when somebody else was first, or there is none, and nothing is changed.

    One that is right again by itself, and about which nobody asks why, is cleared by that.
    """
    found = load_alarm(tx, alarm_id, lock=True)
    if found is None or not save_acknowledged(tx, alarm_id, by):
        return False
    insert_alarm_steps(tx, [AlarmStep(alarm_id, tx.now, by, AlarmAct.acknowledge)])
    if ends_by_itself(found.alarm.kind, AlarmState.acknowledged, restored=found.restored_at is not None):
        save_cleared(tx, alarm_id, by)
    insert_notices(tx, [Notice("alarm.acknowledged", str(alarm_id), "{}")])
    return True
