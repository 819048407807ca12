"""The log (``record``): every record of every journal, as signed, with what was understood of it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, tuple_

from domain.ids import DeviceId, PersonId
from domain.verdict import Reason
from store.bulk import insert_rows
from store.tables import record
from store.tx import Tx
from store.watermarks import JournalKey

WAITING_RECORDS_MAX = 1000
"""A controller tells fewer records within the minute in which a second person counts."""

KEYS_AT_ONCE = 5000
"""Keys in one statement; SQLite takes 32,766 parameters."""

QUARANTINED = "quarantined"
"""The kind of a record whose body could not be read; its fault says why."""


class Record(NamedTuple):
    """One record; fields as the columns of ``store.tables.record`` describe them."""

    device_id: str
    epoch: int
    seq: int
    kind: str
    occurred_at: datetime | None
    received_at: datetime
    live: bool
    hash: bytes
    body: bytes
    access_point_id: str | None = None
    credential: str | None = None
    person_id: str | None = None
    granted: bool | None = None
    reason: str | None = None
    policy_version: int | None = None
    central_reason: str | None = None
    fault: str | None = None
    subject: str | None = None


class TapKey(NamedTuple):
    """Where a tap stands in the log."""

    device_id: str
    epoch: int
    seq: int


class GrantedTap(NamedTuple):
    """A granted tap of somebody's card; ``body`` is as signed."""

    person_id: str
    access_point_id: str
    policy_version: int
    occurred_at: datetime
    body: bytes


def insert_records(tx: Tx, records: Iterable[Record]) -> None:
    """Append new records to the log; one that is there already violates ``pk_record``."""
    insert_rows(tx, record, Record._fields, records)


def load_hashes(tx: Tx, seqs: Collection[tuple[DeviceId, int, int]]) -> dict[tuple[DeviceId, int, int], bytes]:
    """Give the chain hashes of the records named by (device, epoch, seq) that are held."""
    if not seqs:
        return {}
    key = tuple_(record.c.device_id, record.c.epoch, record.c.seq)
    rows = tx.connection.execute(
        select(record.c.device_id, record.c.epoch, record.c.seq, record.c.hash).where(key.in_(seqs))
    )
    return {(DeviceId(device_id), epoch, seq): bytes(held) for device_id, epoch, seq, held in rows}


def load_hash_range(tx: Tx, journal: JournalKey, first_seq: int, last_seq: int) -> dict[int, bytes]:
    """Give the chain hashes of a journal's records from first_seq to last_seq, by seq."""
    mine = (record.c.device_id == journal[0]) & (record.c.epoch == journal[1])
    rows = tx.connection.execute(
        select(record.c.seq, record.c.hash).where(mine, record.c.seq.between(first_seq, last_seq))
    )
    return {seq: bytes(held) for seq, held in rows}


def load_granted_taps(tx: Tx, keys: Collection[TapKey]) -> dict[TapKey, GrantedTap]:
    """Give those of the records named that are granted taps of a known person."""
    found: dict[TapKey, GrantedTap] = {}
    ordered = sorted(keys)
    key = tuple_(record.c.device_id, record.c.epoch, record.c.seq)
    columns = record.c.device_id, record.c.epoch, record.c.seq, *(_column(name) for name in GrantedTap._fields)
    tapped = record.c.granted.is_(True) & record.c.person_id.is_not(None)
    for start in range(0, len(ordered), KEYS_AT_ONCE):
        some = ordered[start : start + KEYS_AT_ONCE]
        for row in tx.connection.execute(select(*columns).where(key.in_(some), tapped)):
            found[TapKey(*row[:3])] = GrantedTap(*row[3:])
    return found


def load_last_tap_body(tx: Tx, person_id: PersonId, credential: str) -> bytes | None:
    """Give the body of the last tap of a person's card, or None when it never was tapped."""
    mine = (record.c.person_id == person_id) & (record.c.credential == credential)
    newest = select(record.c.body).where(mine).order_by(record.c.occurred_at.desc()).limit(1)
    body = tx.connection.scalar(newest)
    return None if body is None else bytes(body)


def list_waiting_persons(
    tx: Tx, before: TapKey, access_point_id: str, *, since: datetime, without: str, limit: int
) -> list[str]:
    """Give those who were refused at an access point since an instant for lack of a second one, the latest first."""
    journal = (record.c.device_id == before.device_id) & (record.c.epoch == before.epoch)
    recent = record.c.seq.between(before.seq - WAITING_RECORDS_MAX, before.seq - 1) & (record.c.occurred_at >= since)
    waiting = (record.c.access_point_id == access_point_id) & (record.c.reason == Reason.two_person_waiting.value)
    other = record.c.person_id.is_not(None) & (record.c.person_id != without)
    persons = select(record.c.person_id).where(journal, recent, waiting, other).group_by(record.c.person_id)
    latest = persons.order_by(func.max(record.c.seq).desc()).limit(limit)
    return [str(person_id) for person_id in tx.connection.scalars(latest)]


def find_first_entry(
    tx: Tx, person_id: str, points: Collection[str], from_at: datetime, until_at: datetime
) -> tuple[datetime, str] | None:
    """Give when somebody was first let in at one of some access points in a stretch, and by which device."""
    let_in = record.c.granted.is_(True) & record.c.access_point_id.in_(sorted(points))
    then = (record.c.occurred_at >= from_at) & (record.c.occurred_at < until_at)
    query = select(record.c.occurred_at, record.c.device_id).where(record.c.person_id == person_id, then, let_in)
    row = tx.connection.execute(query.order_by(record.c.occurred_at).limit(1)).one_or_none()
    return None if row is None else (row.occurred_at, row.device_id)


def list_records(tx: Tx, journal: JournalKey, *, after_seq: int = 0, limit: int = 1000) -> list[Record]:
    """Give a journal's records in order."""
    mine = (record.c.device_id == journal[0]) & (record.c.epoch == journal[1])
    rows = tx.connection.execute(
        select(*(record.c[name] for name in Record._fields))
        .where(mine, record.c.seq > after_seq)
        .order_by(record.c.seq)
        .limit(limit)
    )
    return [Record(*row) for row in rows]


def list_taps(tx: Tx, *, since: datetime, until: datetime, person_id: PersonId | None = None) -> list[Record]:
    """Give the taps that occurred from ``since`` up to but not including ``until``, in the order they occurred."""
    wanted = (record.c.kind == "tap.observed") & (record.c.occurred_at >= since) & (record.c.occurred_at < until)
    if person_id is not None:
        wanted &= record.c.person_id == person_id
    rows = tx.connection.execute(
        select(*(record.c[name] for name in Record._fields))
        .where(wanted)
        .order_by(record.c.occurred_at, record.c.device_id, record.c.epoch, record.c.seq)
    )
    return [Record(*row) for row in rows]


def _column(name: str) -> ColumnElement[Any]:
    return record.c[name]
