"""Taps whose clock was never set, for whoever judges them: those that wait, those that were judged, what lies around.

Only taps that give a punch are here; a door inside is evidence, and nobody is paid by it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select

from store.closing_tables import doubtful_tap
from store.punch_judgements import RecordKey
from store.roster_tables import punch_judgement
from store.tables import department, person, punch, record
from store.tx import Tx

NEIGHBOURS = 2
"""How many records before and after a tap are shown."""
AROUND = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class DoubtfulTap:
    """A tap at the time its clock told; ``counts`` None while nobody judged it."""

    key: RecordKey
    person_id: str
    name: str
    department: str
    tapped_at: datetime
    received_at: datetime
    direction: str
    access_point_id: str
    counts: bool | None = None
    judged_by: str = ""
    judged_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A record of the same journal: when its clock told that it happened, and when the centre heard of it."""

    seq: int
    kind: str
    occurred_at: datetime | None
    received_at: datetime
    access_point_id: str


@dataclass(frozen=True, slots=True)
class OwnPunch:
    """A punch of the same person nearby; ``doubtful``: its clock was not set either."""

    key: RecordKey
    punched_at: datetime
    direction: str
    access_point_id: str
    doubtful: bool


def count_doubtful(tx: Tx) -> int:
    """Count the taps that wait for a judgement."""
    query = select(func.count()).select_from(_source()).where(punch_judgement.c.counts.is_(None))
    return int(tx.connection.execute(query).scalar_one())


def list_doubtful(tx: Tx, *, limit: int, offset: int = 0) -> list[DoubtfulTap]:
    """Give the taps that wait for a judgement, the oldest first."""
    query = _taps().where(punch_judgement.c.counts.is_(None))
    ordered = query.order_by(doubtful_tap.c.tapped_at, *_key(doubtful_tap)).offset(offset).limit(limit)
    return [_tap(row) for row in tx.connection.execute(ordered)]


def list_judged(tx: Tx, *, limit: int) -> list[DoubtfulTap]:
    """Give the taps that were judged last, the latest judgement first."""
    query = _taps().where(punch_judgement.c.counts.is_not(None))
    return [_tap(row) for row in tx.connection.execute(query.order_by(punch_judgement.c.judged_at.desc()).limit(limit))]


def list_journal_around(tx: Tx, keys: Collection[RecordKey]) -> dict[RecordKey, list[JournalLine]]:
    """Give of each tap the records just before and after it in its journal, itself included, in their order."""
    if not keys:
        return {}
    near = or_(
        *(
            and_(
                record.c.device_id == device_id,
                record.c.epoch == epoch,
                record.c.seq.between(seq - NEIGHBOURS, seq + NEIGHBOURS),
            )
            for device_id, epoch, seq in keys
        )
    )
    columns = ("device_id", "epoch", "seq", "kind", "occurred_at", "received_at", "access_point_id")
    query = select(*(record.c[name] for name in columns)).where(near).order_by(*_key(record))
    rows = tx.connection.execute(query).all()
    return {
        key: [
            JournalLine(row.seq, row.kind, row.occurred_at, row.received_at, row.access_point_id or "")
            for row in rows
            if (row.device_id, row.epoch) == key[:2] and abs(row.seq - key[2]) <= NEIGHBOURS
        ]
        for key in keys
    }


def list_punches_around(tx: Tx, person_id: str, at: datetime) -> list[OwnPunch]:
    """Give a person's punches within a day and a half of an instant, in order."""
    mine = (punch.c.person_id == person_id) & punch.c.punched_at.between(at - AROUND, at + AROUND)
    source = punch.outerjoin(doubtful_tap, _same(doubtful_tap, punch))
    columns = (punch.c.punched_at, punch.c.direction, punch.c.access_point_id, doubtful_tap.c.seq.label("doubt"))
    query = select(*_key(punch), *columns).select_from(source).where(mine).order_by(punch.c.punched_at, *_key(punch))
    return [
        OwnPunch((row[0], row[1], row[2]), row.punched_at, row.direction, row.access_point_id, row.doubt is not None)
        for row in tx.connection.execute(query)
    ]


def _taps() -> Select[Any]:
    columns = (
        *_key(doubtful_tap),
        person.c.id.label("person_id"),
        person.c.name,
        department.c.name.label("department"),
        doubtful_tap.c.tapped_at,
        record.c.received_at,
        punch.c.direction,
        punch.c.access_point_id,
        *(punch_judgement.c[name] for name in ("counts", "judged_by", "judged_at", "reason")),
    )
    return select(*columns).select_from(_source())


def _source() -> FromClause:
    return (
        doubtful_tap.join(punch, _same(punch, doubtful_tap))
        .join(record, _same(record, doubtful_tap))
        .join(person, person.c.id == doubtful_tap.c.person_id)
        .join(department, department.c.id == person.c.department_id)
        .outerjoin(punch_judgement, _same(punch_judgement, doubtful_tap))
    )


def _tap(row: Any) -> DoubtfulTap:
    return DoubtfulTap(
        (row.device_id, row.epoch, row.seq),
        row.person_id,
        row.name,
        row.department,
        row.tapped_at,
        row.received_at,
        row.direction,
        row.access_point_id,
        row.counts,
        row.judged_by or "",
        row.judged_at,
        row.reason or "",
    )


def _key(table: Any) -> tuple[ColumnElement[Any], ...]:
    return (table.c.device_id, table.c.epoch, table.c.seq)


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.c.device_id == other.c.device_id, one.c.epoch == other.c.epoch, one.c.seq == other.c.seq)
