"""Closings of many months as they were asked for: one is at work for a period, and says how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.attendance.month_fault import MonthWhy
from store.closing_tables import closing_run
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class AskedRun:
    """What is to be closed: a department's months, or the whole city's where ``department_id`` is None.

    ``without_readers`` are boxes whose taps are not waited for, with ``reason``. The same ``id`` twice is one.
    """

    id: str
    period: str
    department_id: str | None
    asked_by: str
    without_readers: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClosingRun:
    """A closing and how far it is: ``done`` departments ``of`` so many, months ``closed`` and ``left`` open.

    ``worked_at`` is when its worker last said so, None while it waits for one.
    """

    asked: AskedRun
    asked_at: datetime
    worked_at: datetime | None
    done: int
    of: int
    closed: int
    left: int
    ended_at: datetime | None
    fault: MonthWhy | None


def insert_run(tx: Tx, asked: AskedRun) -> bool:
    """Keep a closing as asked for at ``tx.now``; False where it is there already, or another of the period is open."""
    values: dict[str, object] = {
        "id": asked.id,
        "period": asked.period,
        "department_id": asked.department_id,
        "asked_by": asked.asked_by,
        "asked_at": tx.now,
        "without_readers": " ".join(sorted(asked.without_readers)),
        "reason": asked.reason,
    }
    values |= {"done": 0, "of": 0, "closed": 0, "left": 0}
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(closing_run).values(values).on_conflict_do_nothing()  # of the id or of the open period
    return tx.connection.execute(statement.returning(closing_run.c.id)).first() is not None


def load_run(tx: Tx, run_id: str) -> ClosingRun | None:
    """Give one closing; None when there is none of that id."""
    return _first(tx, select(closing_run).where(closing_run.c.id == run_id))


def load_open_run(tx: Tx, period: str) -> ClosingRun | None:
    """Give the closing of a month that waits or is at work; None without one."""
    return _first(tx, select(closing_run).where(closing_run.c.period == period, closing_run.c.ended_at.is_(None)))


def load_latest_run(tx: Tx, period: str) -> ClosingRun | None:
    """Give the closing of a month that was asked for last; None without one."""
    query = select(closing_run).where(closing_run.c.period == period)
    return _first(tx, query.order_by(closing_run.c.asked_at.desc(), closing_run.c.id).limit(1))


def claim_run(tx: Tx, abandoned_at: datetime, *, mine: str | None = None) -> ClosingRun | None:
    """Take the oldest closing that waits, or whose worker said nothing since ``abandoned_at``, or is ``mine``.

    It begins again from its first department: what is closed stays closed, and what is left is counted anew.
    """
    run = closing_run.c
    free = run.ended_at.is_(None) & or_(run.worked_at.is_(None), run.worked_at < abandoned_at, run.id == mine)
    oldest = select(run.id).where(free).order_by(run.asked_at, run.id).limit(1).scalar_subquery()
    claimed = update(closing_run).where(run.id == oldest, free).values(worked_at=tx.now, done=0, left=0)
    return _run(tx.connection.execute(claimed.returning(closing_run)).first())


def release_run(tx: Tx, run_id: str) -> None:
    """Let another worker take a closing."""
    tx.connection.execute(update(closing_run).where(closing_run.c.id == run_id).values(worked_at=None))


def save_part(tx: Tx, run_id: str, *, done: int, of: int, closed: int, left: int) -> None:
    """Say that another department is done: so many more months are closed, so many are left."""
    run = closing_run.c
    more = {"worked_at": tx.now, "done": done, "of": of, "closed": run.closed + closed, "left": run.left + left}
    tx.connection.execute(update(closing_run).where(run.id == run_id).values(more))


def end_run(tx: Tx, run_id: str, fault: MonthWhy | None = None) -> None:
    """Say that a closing is over, or that it was refused after all."""
    over = {"ended_at": tx.now, "worked_at": tx.now, "fault": fault.value if fault else None}
    tx.connection.execute(update(closing_run).where(closing_run.c.id == run_id).values(over))


def _first(tx: Tx, query: Select[Any]) -> ClosingRun | None:
    return _run(tx.connection.execute(query).first())


def _run(row: Any) -> ClosingRun | None:
    if row is None:
        return None
    readers = frozenset(row.without_readers.split())
    return ClosingRun(
        AskedRun(row.id, row.period, row.department_id, row.asked_by, readers, row.reason),
        row.asked_at,
        row.worked_at,
        row.done,
        row.of,
        row.closed,
        row.left,
        row.ended_at,
        MonthWhy(row.fault) if row.fault else None,
    )
