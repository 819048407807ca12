"""Write beside an alarm what was seen or done, while it stands or afterwards."""

from domain.access.alarm_desk import WORDS_LENGTH_MAX, AlarmAct, step_alarm
from store.alarm_desk import load_alarm
from store.alarms import AlarmStep, insert_alarm_steps
from store.outbox import Notice, insert_notices
from store.tx import Tx


def note_alarm(tx: Tx, alarm_id: int, note: str, *, by: str) -> str | None:
    """Keep a note; gives why not: ``no_alarm``, ``no_words`` or ``too_long``."""
    words = " ".join(note.split())
    if not words:
        return "no_words"
    if len(words) > WORDS_LENGTH_MAX:
        return "too_long"
    found = load_alarm(tx, alarm_id, lock=True)
    if found is None or step_alarm(found.state, AlarmAct.note) is None:
        return "no_alarm"
    insert_alarm_steps(tx, [AlarmStep(alarm_id, tx.now, by, AlarmAct.note, words)])
    insert_notices(tx, [Notice("alarm.noted", str(alarm_id), "{}")])
    return None
