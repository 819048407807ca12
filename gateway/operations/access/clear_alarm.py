"""End an alarm: somebody says in a sentence what it was and what was done."""

from domain.access.alarm_desk import WORDS_LENGTH_MAX, AlarmAct, step_alarm
from store.alarm_desk import load_alarm
from store.alarms import AlarmStep, insert_alarm_steps, save_cleared
from store.outbox import Notice, insert_notices
from store.tx import Tx


def clear_alarm(tx: Tx, alarm_id: int, sentence: str, *, by: str) -> str | None:
    """Clear an acknowledged alarm; gives why not: ``no_alarm``, ``no_words``, ``too_long`` or ``not_acknowledged``.

    ``not_acknowledged`` also when it was raised again in the meantime, or somebody else had cleared it.
    """
    words = " ".join(sentence.split())
    if not words:
        return "no_words"
    if len(words) > WORDS_LENGTH_MAX:
        return "too_long"
    found = load_alarm(tx, alarm_id, lock=True)
    if found is None:
        return "no_alarm"
    if step_alarm(found.state, AlarmAct.clear) is None:
        return "not_acknowledged"
    save_cleared(tx, alarm_id, by)
    insert_alarm_steps(tx, [AlarmStep(alarm_id, tx.now, by, AlarmAct.clear, words)])
    insert_notices(tx, [Notice("alarm.cleared", str(alarm_id), "{}")])
    return None
