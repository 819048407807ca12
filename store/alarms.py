"""Alarms: what a person must look at, until somebody acknowledges it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from store.bulk import Row, insert_rows
from store.tables import alarm
from store.tx import Tx


class Alarm(NamedTuple):
    """What is wrong (``kind``, a stable word), with what (``subject``, an id), and the particulars in plain words."""

    kind: str
    subject: str
    detail: str


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


def insert_alarms(tx: Tx, alarms: Collection[Alarm]) -> list[Alarm]:
    """Raise alarms at ``tx.now``; one that stands unacknowledged with the same words is not raised again.

    Gives those that are new.
    """
    if not alarms:
        return []
    open_kinds = select(alarm.c.kind, alarm.c.subject, alarm.c.detail).where(
        alarm.c.acknowledged_at.is_(None), alarm.c.subject.in_({raised.subject for raised in alarms})
    )
    standing = {Alarm(*row) for row in tx.connection.execute(open_kinds)}
    new = [raised for raised in dict.fromkeys(alarms) if raised not in standing]
    rows: list[Row] = [(tx.now, *raised) for raised in new]
    insert_rows(tx, alarm, ("raised_at", *Alarm._fields), rows)
    return new


def list_open_alarms(tx: Tx) -> list[RaisedAlarm]:
    """Give the alarms nobody has acknowledged, the oldest first."""
    rows = tx.connection.execute(select(alarm).where(alarm.c.acknowledged_at.is_(None)).order_by(alarm.c.id))
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


def save_acknowledged(tx: Tx, alarm_id: int, login: str) -> bool:
    """Acknowledge an alarm; tells whether it was still open."""
    still_open = (alarm.c.id == alarm_id) & alarm.c.acknowledged_at.is_(None)
    values = {"acknowledged_at": tx.now, "acknowledged_by": login}
    return tx.connection.execute(update(alarm).where(still_open).values(values)).rowcount == 1
