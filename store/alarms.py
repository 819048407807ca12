"""Alarms: what a person must look at, from its raising until it is cleared; repeats are counted on the one that stands.

``store.alarm_desk`` is what people do about them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, tuple_, update

from domain.access.alarm_desk import AlarmAct, AlarmState, ends_by_itself
from store.bulk import Row, insert_rows
from store.safety_tables import alarm_step
from store.tables import alarm
from store.tx import Tx


class Alarm(NamedTuple):
    """What is wrong (``kind``, a stable word), with what (``subject``, an id), and the particulars in plain words."""

    kind: str
    subject: str
    detail: str


class AlarmStep(NamedTuple):
    """What became of an alarm. ``done_by`` is a login, empty for what happened by itself; ``note`` is what was said."""

    alarm_id: int
    done_at: datetime
    done_by: str
    act: AlarmAct
    note: str = ""


@dataclass(frozen=True, slots=True)
class RaisedAlarm:
    """An alarm that waits for acknowledgement."""

    id: int
    raised_at: datetime
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class AcknowledgedAlarm:
    """An alarm that somebody (a login) has seen to."""

    id: int
    raised_at: datetime
    alarm: Alarm
    acknowledged_at: datetime
    acknowledged_by: str


class _Standing(NamedTuple):
    id: int
    alarm: Alarm
    acknowledged: bool


_STANDS = alarm.c.cleared_at.is_(None)


def insert_alarms(tx: Tx, alarms: Collection[Alarm]) -> list[Alarm]:
    """Raise alarms at ``tx.now``; one of a kind that stands about its subject is counted there instead.

    One that was acknowledged is raised again by that, and what it says otherwise than before is kept as a step. Gives
    those that a person is to hear of: the new ones and those raised again.
    """
    raised = list(dict.fromkeys(alarms))
    if not raised:
        return []
    standing = _load_standing(tx, {each.subject for each in raised})
    first: dict[tuple[str, str], Alarm] = {}
    for each in raised:
        first.setdefault((each.kind, each.subject), each)
    new = {key: each for key, each in first.items() if key not in standing}
    times = Counter((each.kind, each.subject) for each in raised)
    rows: list[Row] = [(tx.now, *each, times[key]) for key, each in new.items()]
    insert_rows(tx, alarm, ("raised_at", *Alarm._fields, "times"), rows)
    again = [standing[key] for key in first if key in standing]
    _count_again(tx, again, times)
    differing = [
        AlarmStep(known.id, tx.now, "", AlarmAct.repeat, each.detail)
        for each in raised
        if (known := standing.get((each.kind, each.subject)))
        and (known.acknowledged or known.alarm.detail != each.detail)
    ]
    insert_alarm_steps(tx, differing)
    rung = {known.id for known in again if known.acknowledged}
    return [each for key, each in first.items() if key in new or (key in standing and standing[key].id in rung)]


def list_open_alarms(tx: Tx) -> list[RaisedAlarm]:
    """Give the alarms nobody has acknowledged, the oldest first."""
    waiting = select(alarm).where(alarm.c.acknowledged_at.is_(None), _STANDS)
    rows = tx.connection.execute(waiting.order_by(alarm.c.id))
    return [RaisedAlarm(row.id, row.raised_at, Alarm(row.kind, row.subject, row.detail)) for row in rows]


def list_acknowledged_alarms(tx: Tx, since: datetime, *, limit: int) -> list[AcknowledgedAlarm]:
    """Give the alarms that were acknowledged since an instant, the newest first."""
    rows = tx.connection.execute(
        select(alarm)
        .where(alarm.c.acknowledged_at >= since)
        .order_by(alarm.c.acknowledged_at.desc(), alarm.c.id.desc())
        .limit(limit)
    )
    return [
        AcknowledgedAlarm(
            row.id, row.raised_at, Alarm(row.kind, row.subject, row.detail), row.acknowledged_at, row.acknowledged_by
        )
        for row in rows
    ]


def list_standing_subjects(tx: Tx, kind: str) -> set[str]:
    """Give what alarms of a kind are about that stand and are not right again by themselves."""
    standing = select(alarm.c.subject).where(_STANDS, alarm.c.kind == kind, alarm.c.restored_at.is_(None))
    return set(tx.connection.scalars(standing))


def restore_alarms(tx: Tx, restored: Collection[tuple[str, str]]) -> int:
    """Mark what stands of (kind, subject) as right again by itself; gives how many did change by that.

    One that was acknowledged and about which nobody asks why is cleared by it.
    """
    if not restored:
        return 0
    of_these = tuple_(alarm.c.kind, alarm.c.subject).in_(sorted(restored))
    wanted = _STANDS & alarm.c.restored_at.is_(None) & of_these
    found = tx.connection.execute(
        select(alarm.c.id, alarm.c.kind, alarm.c.acknowledged_by).where(
            wanted, alarm.c.subject.in_(sorted({subject for _, subject in restored}))
        )
    ).all()
    if not found:
        return 0
    tx.connection.execute(update(alarm).where(alarm.c.id.in_([row.id for row in found])).values(restored_at=tx.now))
    insert_alarm_steps(tx, [AlarmStep(row.id, tx.now, "", AlarmAct.restore) for row in found])
    for row in found:
        state = AlarmState.raised if row.acknowledged_by is None else AlarmState.acknowledged
        if ends_by_itself(row.kind, state, restored=True):
            save_cleared(tx, row.id, row.acknowledged_by)
    return len(found)


def save_cleared(tx: Tx, alarm_id: int, login: str) -> None:
    """Clear an alarm: nothing is left to do about it."""
    tx.connection.execute(update(alarm).where(alarm.c.id == alarm_id).values(cleared_at=tx.now, cleared_by=login))


def insert_alarm_steps(tx: Tx, steps: Iterable[AlarmStep]) -> None:
    """Write down what became of alarms."""
    rows: list[Row] = [step._replace(act=step.act.value) for step in steps]  # type: ignore[arg-type]
    if rows:
        insert_rows(tx, alarm_step, AlarmStep._fields, rows)


def _load_standing(tx: Tx, subjects: Collection[str]) -> Mapping[tuple[str, str], _Standing]:
    columns = alarm.c.id, alarm.c.kind, alarm.c.subject, alarm.c.detail, alarm.c.acknowledged_at
    query = select(*columns).where(_STANDS, alarm.c.subject.in_(sorted(subjects))).order_by(alarm.c.id)
    return {
        (row.kind, row.subject): _Standing(
            row.id, Alarm(row.kind, row.subject, row.detail), row.acknowledged_at is not None
        )
        for row in tx.connection.execute(query)
    }


def _count_again(tx: Tx, again: Iterable[_Standing], times: Mapping[tuple[str, str], int]) -> None:
    for known in again:
        values = {"times": alarm.c.times + times[known.alarm[:2]], "last_at": tx.now, "restored_at": None}
        values |= {"acknowledged_at": None, "acknowledged_by": None, "escalated_at": None} if known.acknowledged else {}
        tx.connection.execute(update(alarm).where(alarm.c.id == known.id).values(values))
