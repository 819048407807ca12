"""Say that an alarm was seen to: by whom and when stands with it for good."""

from store.alarms import save_acknowledged
from store.outbox import Notice, insert_notices
from store.tx import Tx


def acknowledge_alarm(tx: Tx, alarm_id: int, *, by: str) -> bool:
    """Acknowledge an alarm; False when somebody else was first, or there is none, and nothing is changed."""
    first = save_acknowledged(tx, alarm_id, by)
    if first:
        insert_notices(tx, [Notice("alarm.acknowledged", str(alarm_id), "{}")])
    return first
