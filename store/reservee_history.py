"""What became of reservees: changes field by field, merges with everything that went over, codes that were sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, update

from domain.facilities.confirmation import Confirmation, ContactWay
from store.bulk import batched, insert_rows
from store.conflicts import insert_new
from store.reservation_tables import reservation
from store.round_tables import (
    lottery_entry,
    reservee_change,
    reservee_code,
    reservee_merge,
    reservee_merge_move,
    waiting_entry,
)
from store.tx import Tx


class ReserveeChange(NamedTuple):
    """One field of a reservee that was changed, by whom and why."""

    reservee_id: str
    field: str
    before: str
    after: str
    reason: str
    changed_by: str
    changed_at: datetime


class Thing(StrEnum):
    """What goes over to another reservee."""

    reservation = "reservation"
    waiting = "waiting"
    entry = "entry"


@dataclass(frozen=True, slots=True)
class Merge:
    """One reservee merged into another; with ``undoes`` the merge of that id was taken back."""

    id: str
    stays_id: str
    goes_id: str
    reason: str
    merged_by: str
    merged_at: datetime
    undoes: str | None = None


_TABLES = {Thing.reservation: reservation, Thing.waiting: waiting_entry, Thing.entry: lottery_entry}
_MERGE = tuple(reservee_merge.c[field.name] for field in fields(Merge))
_CODE = tuple(field.name for field in fields(Confirmation))


def insert_reservee_changes(tx: Tx, changes: Iterable[ReserveeChange]) -> None:
    """Write down what was changed, in order."""
    insert_rows(tx, reservee_change, ReserveeChange._fields, changes)


def list_reservee_changes(tx: Tx, reservee_id: str) -> list[ReserveeChange]:
    """Give what was changed of a reservee, in order."""
    columns = (reservee_change.c[name] for name in ReserveeChange._fields)
    query = select(*columns).where(reservee_change.c.reservee_id == reservee_id).order_by(reservee_change.c.id)
    return [ReserveeChange(*row) for row in tx.connection.execute(query)]


def insert_merge(tx: Tx, new: Merge, moved: Mapping[Thing, Iterable[str]]) -> bool:
    """Write a merge down with what went over; False when one of that id stands already, and nothing is changed."""
    if not insert_new(tx, reservee_merge, {field.name: getattr(new, field.name) for field in fields(Merge)}):
        return False
    rows = [(new.id, thing.value, id_) for thing, ids in moved.items() for id_ in ids]
    insert_rows(tx, reservee_merge_move, ("merge_id", "thing", "thing_id"), rows)
    return True


def load_merge(tx: Tx, merge_id: str) -> Merge | None:
    """Give a merge; None when there is none of that id."""
    return next(iter(_list_merges(tx, reservee_merge.c.id == merge_id)), None)


def list_merges(tx: Tx, reservee_id: str) -> list[Merge]:
    """Give the merges of a reservee on either side and those taken back, in order."""
    return _list_merges(tx, (reservee_merge.c.stays_id == reservee_id) | (reservee_merge.c.goes_id == reservee_id))


def list_moved(tx: Tx, merge_id: str) -> dict[Thing, list[str]]:
    """Give what went over in a merge."""
    query = select(reservee_merge_move).where(reservee_merge_move.c.merge_id == merge_id)
    found: dict[Thing, list[str]] = {}
    for row in tx.connection.execute(query.order_by(reservee_merge_move.c.thing_id)):
        found.setdefault(Thing(row.thing), []).append(row.thing_id)
    return found


def list_things_of(tx: Tx, thing: Thing, reservee_id: str) -> list[str]:
    """Give the ids of what is a reservee's, in their order, held against others until the commit."""
    table = _TABLES[thing]
    query = select(table.c.id).where(table.c.reservee_id == reservee_id).order_by(table.c.id)
    return list(tx.connection.execute(query.with_for_update()).scalars())


def list_rounds_entered(tx: Tx, reservee_id: str) -> dict[str, str]:
    """Give a reservee's entries by round."""
    query = select(lottery_entry.c.round_id, lottery_entry.c.id).where(lottery_entry.c.reservee_id == reservee_id)
    return {row.round_id: row.id for row in tx.connection.execute(query)}


def move_things(tx: Tx, thing: Thing, ids: Iterable[str], *, from_id: str, to_id: str) -> None:
    """Let what is one reservee's be another's; what is not the first one's any more stays."""
    table = _TABLES[thing]
    for some in batched(sorted(ids)):
        moving = table.c.id.in_(some) & (table.c.reservee_id == from_id)
        tx.connection.execute(update(table).where(moving).values(reservee_id=to_id))


def insert_code(tx: Tx, new: Confirmation) -> None:
    """Keep a code that is about to be sent."""
    values = {name: getattr(new, name) for name in _CODE} | {"way": new.way.value}
    tx.connection.execute(reservee_code.insert().values(values))


def load_code(tx: Tx, reservee_id: str, way: ContactWay, contact: str) -> Confirmation | None:
    """Give the last code that was sent to a contact of a reservee, held against others until the commit."""
    sent_to = (reservee_code.c.reservee_id == reservee_id) & (reservee_code.c.contact == contact)
    query = select(*(reservee_code.c[name] for name in _CODE)).where(sent_to, reservee_code.c.way == way.value)
    last = query.order_by(reservee_code.c.sent_at.desc(), reservee_code.c.id.desc()).limit(1)
    row = tx.connection.execute(last.with_for_update()).one_or_none()
    return None if row is None else _code(row)


def list_codes_sent(tx: Tx, reservee_id: str, contact: str, *, since: datetime) -> list[datetime]:
    """Give when codes were sent to a reservee or to a contact, whoever asked for them, after an instant."""
    either = (reservee_code.c.reservee_id == reservee_id) | (reservee_code.c.contact == contact)
    query = select(reservee_code.c.sent_at).where(either, reservee_code.c.sent_at > since)
    return list(tx.connection.execute(query.order_by(reservee_code.c.sent_at)).scalars())


def count_try(tx: Tx, code_id: str) -> None:
    """Write down that a code was tried."""
    counted = {"tries": reservee_code.c.tries + 1}
    tx.connection.execute(update(reservee_code).where(reservee_code.c.id == code_id).values(counted))


def confirm_code(tx: Tx, code_id: str) -> None:
    """Write down that a code was the right one."""
    tx.connection.execute(update(reservee_code).where(reservee_code.c.id == code_id).values(confirmed_at=tx.now))


def _list_merges(tx: Tx, wanted: ColumnElement[bool]) -> list[Merge]:
    query = select(*_MERGE).where(wanted).order_by(reservee_merge.c.merged_at, reservee_merge.c.id)
    return [Merge(*row) for row in tx.connection.execute(query)]


def _code(row: Any) -> Confirmation:
    values = dict(zip(_CODE, row, strict=True))
    return Confirmation(**values | {"way": ContactWay(values["way"])})
