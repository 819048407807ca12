"""Alarms as people handle them: how each stands, what was done about it, and those of the past."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from domain.access.alarm_desk import AlarmAct, AlarmState
from store.alarms import Alarm, AlarmStep
from store.safety_tables import alarm_step
from store.tables import alarm
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class DeskAlarm:
    """An alarm with everything that is known of it; fields as the columns of ``store.tables.alarm`` describe them."""

    id: int
    raised_at: datetime
    alarm: Alarm
    times: int
    last_at: datetime | None
    restored_at: datetime | None
    escalated_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    cleared_at: datetime | None
    cleared_by: str | None

    @property
    def state(self) -> AlarmState:
        """Where it stands."""
        if self.cleared_at is not None:
            return AlarmState.cleared
        return AlarmState.raised if self.acknowledged_at is None else AlarmState.acknowledged


def list_standing_alarms(tx: Tx) -> list[DeskAlarm]:
    """Give the alarms that are not cleared, the oldest first."""
    query = select(alarm).where(alarm.c.cleared_at.is_(None)).order_by(alarm.c.id)
    return [_alarm(row) for row in tx.connection.execute(query)]


def count_waiting_alarms(tx: Tx, *, without: Collection[str] = ()) -> int:
    """Give the number of alarms that nobody has acknowledged, those of the kinds ``without`` left out."""
    waiting = select(func.count()).select_from(alarm).where(alarm.c.cleared_at.is_(None))
    waiting = waiting.where(alarm.c.acknowledged_at.is_(None), alarm.c.kind.not_in(without))
    return int(tx.connection.execute(waiting).scalar_one())


def load_alarm(tx: Tx, alarm_id: int, *, lock: bool = False) -> DeskAlarm | None:
    """Give one alarm; None when there is none. With ``lock`` nobody else changes it until the commit."""
    query = select(alarm).where(alarm.c.id == alarm_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _alarm(row)


def list_past_alarms(
    tx: Tx, *, since: datetime, until: datetime, kind: str = "", subject: str = "", limit: int
) -> list[DeskAlarm]:
    """Give the alarms raised in [since, until), of a kind and about a subject where they are named, newest first."""
    query = select(alarm).where(alarm.c.raised_at >= since, alarm.c.raised_at < until)
    if kind:
        query = query.where(alarm.c.kind == kind)
    if subject:
        query = query.where(alarm.c.subject == subject)
    rows = tx.connection.execute(query.order_by(alarm.c.raised_at.desc(), alarm.c.id.desc()).limit(limit))
    return [_alarm(row) for row in rows]


def list_alarm_steps(tx: Tx, alarm_id: int) -> list[AlarmStep]:
    """Give what became of an alarm, in order."""
    columns = (alarm_step.c[name] for name in AlarmStep._fields)
    rows = tx.connection.execute(select(*columns).where(alarm_step.c.alarm_id == alarm_id).order_by(alarm_step.c.id))
    return [AlarmStep(*row)._replace(act=AlarmAct(row.act)) for row in rows]


def save_acknowledged(tx: Tx, alarm_id: int, login: str) -> bool:
    """Acknowledge an alarm; tells whether it was still open."""
    still_open = (alarm.c.id == alarm_id) & alarm.c.acknowledged_at.is_(None) & alarm.c.cleared_at.is_(None)
    values = {"acknowledged_at": tx.now, "acknowledged_by": login}
    return tx.connection.execute(update(alarm).where(still_open).values(values)).rowcount == 1


def save_escalated(tx: Tx, alarm_id: int) -> None:
    """Mark that nobody had acknowledged an alarm in time."""
    tx.connection.execute(update(alarm).where(alarm.c.id == alarm_id).values(escalated_at=tx.now))


def _alarm(row: Row[Any]) -> DeskAlarm:
    return DeskAlarm(
        row.id,
        row.raised_at,
        Alarm(row.kind, row.subject, row.detail),
        row.times,
        row.last_at,
        row.restored_at,
        row.escalated_at,
        row.acknowledged_at,
        row.acknowledged_by,
        row.cleared_at,
        row.cleared_by,
    )
