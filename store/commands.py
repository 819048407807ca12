"""What was asked of doors: each command with who asked and why, until its device has answered or its time is over.

A request is one press of a button; it is one command a device. The rows are the audit of it and are never removed.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, insert, not_, select, text, update

from store.door_tables import door_command
from store.tx import Tx

_LOCK = 0x5E_C1_51
"""The advisory lock of PostgreSQL under which commands are issued; on SQLite a writer is alone anyway."""


class CommandState(StrEnum):
    """What became of a command."""

    waiting = "waiting"
    obeyed = "obeyed"
    refused = "refused"
    superseded = "superseded"  # a later command took its doors before it was answered
    silent = "silent"  # its time is over and the device said nothing


@dataclass(frozen=True, slots=True)
class AskedCommand:
    """One command; fields as the columns of ``store.door_tables.door_command`` describe them."""

    id: str
    request_id: str
    scope: str
    scope_id: str
    device_id: str
    doors: tuple[str, ...]
    action: str
    seconds: int | None
    reason: str
    issued_by: str
    issued_by_name: str
    issued_at: datetime
    expires_at: datetime
    superseded_at: datetime | None = None
    answered_at: datetime | None = None
    obeyed: bool | None = None
    cause: str | None = None
    confirmed_by: str | None = None
    confirmed_by_name: str | None = None

    def state(self, now: datetime) -> CommandState:
        """Tell what became of it by ``now``; a late answer still counts."""
        if self.answered_at is not None:
            return CommandState.obeyed if self.obeyed else CommandState.refused
        if self.superseded_at is not None:
            return CommandState.superseded
        return CommandState.waiting if now < self.expires_at else CommandState.silent


class CommandAnswer(NamedTuple):
    """A device's answer to a command."""

    command_id: str
    device_id: str
    obeyed: bool
    cause: str


def lock_commands(tx: Tx) -> None:
    """Let commands be issued one transaction after the other, so that each sees those before it."""
    if tx.is_postgresql:
        tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def insert_commands(tx: Tx, commands: Collection[AskedCommand]) -> None:
    """Write down what is asked."""
    if commands:
        rows = [asdict(command) | {"doors": " ".join(command.doors)} for command in commands]
        tx.connection.execute(insert(door_command), rows)


def list_request(tx: Tx, request_id: str) -> list[AskedCommand]:
    """Give a request's commands by device; none when there is no such request."""
    rows = select(door_command).where(door_command.c.request_id == request_id)
    return [_command(row) for row in tx.connection.execute(rows.order_by(door_command.c.device_id, door_command.c.id))]


def load_command(tx: Tx, command_id: str) -> AskedCommand | None:
    """Give one command; None when there is none of that id."""
    row = tx.connection.execute(select(door_command).where(door_command.c.id == command_id)).one_or_none()
    return None if row is None else _command(row)


def list_waiting_commands(tx: Tx, *, device_id: str | None = None) -> list[AskedCommand]:
    """Give what is still to be told to devices, or to one, in the order in which it was issued."""
    waiting = (
        door_command.c.answered_at.is_(None)
        & door_command.c.superseded_at.is_(None)
        & (door_command.c.expires_at > tx.now)
    )
    if device_id is not None:
        waiting &= door_command.c.device_id == device_id
    rows = select(door_command).where(waiting).order_by(door_command.c.issued_at, door_command.c.id)
    return [_command(row) for row in tx.connection.execute(rows)]


def list_commands_since(tx: Tx, since: datetime, *, limit: int) -> list[AskedCommand]:
    """Give the newest commands issued since an instant, newest first."""
    newest = select(door_command).where(door_command.c.issued_at >= since)
    rows = newest.order_by(door_command.c.issued_at.desc(), door_command.c.id).limit(limit)
    return [_command(row) for row in tx.connection.execute(rows)]


def save_superseded(tx: Tx, ids: Collection[str]) -> None:
    """Say that later commands took these ones' doors; they are not sent again."""
    if ids:
        tx.connection.execute(
            update(door_command).where(door_command.c.id.in_(sorted(ids))).values(superseded_at=tx.now)
        )


def save_answers(tx: Tx, answers: Collection[CommandAnswer]) -> list[str]:
    """Keep the answers of the devices that were asked; gives the requests that changed.

    The first answer stands, but that a refusal takes the place of an earlier "obeyed": the device found only then that
    it came too late.
    """
    changed: set[str] = set()
    for answer in answers:
        asked = (door_command.c.id == answer.command_id) & (door_command.c.device_id == answer.device_id)
        answered = door_command.c.answered_at.is_not(None)
        stands: ColumnElement[bool] = answered if answer.obeyed else and_(answered, door_command.c.obeyed.is_(False))
        row = tx.connection.execute(
            update(door_command)
            .where(asked, not_(stands))
            .values(answered_at=tx.now, obeyed=answer.obeyed, cause=answer.cause)
            .returning(door_command.c.request_id)
        ).one_or_none()
        if row is not None:
            changed.add(row.request_id)
    return sorted(changed)


def _command(row: Row[Any]) -> AskedCommand:
    return AskedCommand(**row._asdict() | {"doors": tuple(row.doors.split())})
