"""Read models of the live screens: the last tap of each access point, and the taps of a day.

Every query here is bounded and runs along an index: the last taps by the primary key of ``record`` from ``last_tap``, a
day's taps by ``ix_record_occurred`` or, for one person, ``ix_record_person_occurred``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.sql.elements import ColumnElement

from store.door_tables import last_tap
from store.tables import person, record
from store.tx import Tx


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
    device_id: str
    epoch: int
    seq: int


_LINES: Select[Any] = select(
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
    record.c.device_id,
    record.c.epoch,
    record.c.seq,
)
_NEWEST_FIRST = (record.c.occurred_at.desc(), record.c.device_id, record.c.epoch, record.c.seq.desc())


def list_last_taps(tx: Tx) -> list[TapLine]:
    """Give the last tap of every access point that has had one."""
    same = and_(
        record.c.device_id == last_tap.c.device_id,
        record.c.epoch == last_tap.c.epoch,
        record.c.seq == last_tap.c.seq,
    )
    lines = _LINES.join_from(last_tap, record, same).outerjoin(person, person.c.id == record.c.person_id)
    return [_line(row) for row in tx.connection.execute(lines.order_by(*_NEWEST_FIRST))]


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
    lines = _LINES.outerjoin_from(record, person, person.c.id == record.c.person_id)
    rows = tx.connection.execute(lines.where(*wanted).order_by(*_NEWEST_FIRST).limit(limit))
    return [_line(row) for row in rows]


def _line(row: Row[Any]) -> TapLine:
    return TapLine(
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
        device_id=row.device_id,
        epoch=row.epoch,
        seq=row.seq,
    )
