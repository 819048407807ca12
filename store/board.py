"""Read models of the live screens: what each controller last told, and the taps of a day.

Every query here is bounded and runs along an index: a controller's newest records by the primary key (device, epoch,
seq), a day's taps by ``ix_record_occurred`` or, for one person, ``ix_record_person_occurred``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from store.tables import person, record, watermark
from store.tx import Tx

RECENT_RECORDS = 600
"""How many of a controller's newest records the door board looks at; what is older than those is 'not reported'."""


@dataclass(frozen=True, slots=True)
class BoardRecord:
    """One of the newest records of a controller; ``body`` is as signed, ``name`` that of the person, or empty."""

    device_id: str
    kind: str
    occurred_at: datetime
    live: bool
    access_point_id: str
    granted: bool
    reason: str
    person_id: str
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class TapLine:
    """A card presented at a reader: a tap (``granted`` or with a reason), or a failed read (kind ``read.failed``).

    ``central_reason`` is what the centre would have answered, only where it differs; names are empty for a card nobody
    has.
    """

    kind: str
    occurred_at: datetime
    live: bool
    access_point_id: str
    granted: bool
    reason: str
    central_reason: str
    policy_version: int
    person_id: str
    name: str
    body: bytes


def list_board_records(tx: Tx, *, kinds: Collection[str], each_max: int = RECENT_RECORDS) -> list[BoardRecord]:
    """Give those of the ``each_max`` newest records of every controller that are of these kinds, newest first."""
    journals = _current_journals(tx)
    if not journals:
        return []
    newest = [
        and_(record.c.device_id == device_id, record.c.epoch == epoch, record.c.seq > upto_seq - each_max)
        for device_id, epoch, upto_seq in journals
    ]
    rows = tx.connection.execute(
        select(
            record.c.device_id,
            record.c.kind,
            record.c.occurred_at,
            record.c.live,
            record.c.access_point_id,
            record.c.granted,
            record.c.reason,
            record.c.person_id,
            person.c.name,
            record.c.body,
        )
        .outerjoin_from(record, person, person.c.id == record.c.person_id)
        .where(or_(*newest), record.c.kind.in_(kinds), record.c.occurred_at.is_not(None))
        .order_by(record.c.occurred_at.desc(), record.c.device_id, record.c.seq.desc())
    )
    return [
        BoardRecord(
            device_id=row.device_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            live=row.live,
            access_point_id=row.access_point_id or "",
            granted=bool(row.granted),
            reason=row.reason or "",
            person_id=row.person_id or "",
            name=row.name or "",
            body=bytes(row.body),
        )
        for row in rows
    ]


def list_tap_lines(
    tx: Tx,
    *,
    since: datetime,
    until: datetime,
    access_points: Collection[str] | None = None,
    granted: bool | None = None,
    person_id: str | None = None,
    limit: int,
) -> list[TapLine]:
    """Give the newest taps and failed reads in [since, until), newest first, at most ``limit``.

    ``access_points`` None is everywhere, ``granted`` None is any result, ``person_id`` None is anybody.
    """
    wanted: list[ColumnElement[bool]] = [
        record.c.kind.in_(("tap.observed", "read.failed")),
        record.c.occurred_at >= since,
        record.c.occurred_at < until,
    ]
    if access_points is not None:
        wanted.append(record.c.access_point_id.in_(access_points))
    if granted is not None:
        # A failed read has no verdict; it stands with the refused ones.
        wanted.append(record.c.granted.is_(True) if granted else record.c.granted.is_not(True))
    if person_id is not None:
        wanted.append(record.c.person_id == person_id)
    rows = tx.connection.execute(_tap_columns().where(*wanted).order_by(*_NEWEST_FIRST).limit(limit))
    return [
        TapLine(
            kind=row.kind,
            occurred_at=row.occurred_at,
            live=row.live,
            access_point_id=row.access_point_id or "",
            granted=bool(row.granted),
            reason=row.reason or "",
            central_reason=row.central_reason or "",
            policy_version=row.policy_version or 0,
            person_id=row.person_id or "",
            name=row.name or "",
            body=bytes(row.body),
        )
        for row in rows
    ]


_NEWEST_FIRST = (record.c.occurred_at.desc(), record.c.device_id, record.c.epoch, record.c.seq.desc())


def _tap_columns() -> Select[Any]:
    return select(
        record.c.kind,
        record.c.occurred_at,
        record.c.live,
        record.c.access_point_id,
        record.c.granted,
        record.c.reason,
        record.c.central_reason,
        record.c.policy_version,
        record.c.person_id,
        person.c.name,
        record.c.body,
    ).outerjoin_from(record, person, person.c.id == record.c.person_id)


def _current_journals(tx: Tx) -> list[tuple[str, int, int]]:
    """Give each controller's journal that reaches furthest in time, as (device, epoch, upto_seq)."""
    rows = tx.connection.execute(
        select(watermark.c.device_id, watermark.c.epoch, watermark.c.upto_seq)
        .where(watermark.c.complete_through_at.is_not(None))
        .order_by(watermark.c.complete_through_at, watermark.c.epoch)
    )
    return list({row.device_id: (row.device_id, row.epoch, row.upto_seq) for row in rows}.values())
