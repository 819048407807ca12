"""Searching the log: every kind of record, newest first, along an index whatever is asked.

A search is a handful of *ways*, each an equality along one index with its time; every way gives its own newest rows and
the newest of all are kept. That way "this door" (its access points, readers and itself) costs a few short walks instead
of one long one, in either database. A page goes on after the last row of the one before (no OFFSET). Records that could
not be read have no time of their own; they stand where they were received. It is one module because which way is taken
and which indexes there are (``store.tables``) are read together.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)

from store.records import QUARANTINED
from store.tables import NOTABLE, RARE, REFUSED, UNDATED, person, record
from store.tx import Tx

ROUTINE_WORDS = frozenset(
    ("granted", "taken", "not_taken", "released", "relocked", "opened", "closed", "request_to_exit")
)
"""The words that most records have: ``store.tables.NOTABLE`` leaves them out."""

FREQUENT_KINDS = frozenset(("tap.observed", "access.ended", "door.moved"))
"""The kinds that most records are: ``store.tables.RARE`` leaves them out."""

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
"""Before every record: a bound on the time makes SQLite walk the index where it would read and sort everything."""

SUBJECTS_APART_MAX = 64
"""So many subjects SQLite walks one by one (a statement has at most 500 parts); more it reads and sorts."""


class EventKey(NamedTuple):
    """Where a record stands in its journal."""

    device_id: str
    epoch: int
    seq: int


class EventPlace(NamedTuple):
    """Where a record stands in the list, so that the next page begins after it."""

    at: datetime
    key: EventKey


@dataclass(frozen=True, slots=True)
class EventSearch:
    """What is asked; what is None or empty is not.

    ``subjects`` are ids of access points, doors, readers and devices (an empty tuple: nowhere); ``words`` a record's
    one word (``store.tables.record``); ``hidden`` words of alarms that this visitor may not know of. ``granted`` False
    asks for refused taps and failed reads. Times are [since, until).
    """

    since: datetime | None = None
    until: datetime | None = None
    person_id: str | None = None
    subjects: tuple[str, ...] | None = None
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    granted: bool | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventLine:
    """One record as a list shows it. ``at``: when it happened, or was received where it could not be read.

    ``name`` is empty for a card of nobody.
    """

    key: EventKey
    kind: str
    at: datetime
    received_at: datetime
    live: bool
    subject: str
    person_id: str
    name: str
    granted: bool | None
    word: str
    policy_version: int | None
    central_reason: str
    fault: str

    @property
    def place(self) -> EventPlace:
        """Where the next page begins when this is the last row."""
        return EventPlace(self.at, self.key)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One record as it came: the line, the bytes the device signed, and the hash that chains them."""

    line: EventLine
    credential: str
    body: bytes
    hash: bytes


_COLUMNS = (
    record.c.device_id,
    record.c.epoch,
    record.c.seq,
    record.c.kind,
    record.c.received_at,
    record.c.live,
    record.c.subject,
    record.c.person_id,
    record.c.granted,
    record.c.reason,
    record.c.policy_version,
    record.c.central_reason,
    record.c.fault,
)
_KEY = (record.c.device_id, record.c.epoch, record.c.seq)


def search_events(tx: Tx, wanted: EventSearch, *, after: EventPlace | None = None, limit: int) -> list[EventLine]:
    """Give the newest records that are asked for, newest first, those after a place in the list."""
    ways = [*_list_ways(wanted), *_list_undated_ways(wanted)]
    walks = [walk for way in ways for walk in _walk(way, _Bounds(wanted, after, limit), lateral=tx.is_postgresql)]
    if not walks:
        return []
    merged = walks[0] if len(walks) == 1 else union_all(*(select(walk.subquery()) for walk in walks))
    lines = merged.subquery("found")
    newest = (lines.c.at.desc(), lines.c.device_id.desc(), lines.c.epoch.desc(), lines.c.seq.desc())
    named = select(lines, person.c.name).outerjoin_from(lines, person, person.c.id == lines.c.person_id)
    return [_line(row) for row in tx.connection.execute(named.order_by(*newest).limit(limit))]


def load_event(tx: Tx, key: EventKey) -> RawEvent | None:
    """Give one record with what was signed, or None when it is not held."""
    at = _at(record.c.occurred_at)
    columns = (*_COLUMNS, at, record.c.credential, record.c.body, record.c.hash, person.c.name)
    row = tx.connection.execute(
        select(*columns)
        .outerjoin_from(record, person, person.c.id == record.c.person_id)
        .where(tuple_(*_KEY) == tuple_(*key))
    ).one_or_none()
    if row is None:
        return None
    line = _line(row, at=row.at or row.received_at)
    return RawEvent(line, row.credential or "", bytes(row.body), bytes(row.hash))


class _Way(NamedTuple):
    """One walk along an index: by which condition and which of a record's two times, once for each subject if any."""

    condition: ColumnElement[bool]
    at: ColumnElement[datetime]
    subjects: tuple[str, ...] | None = None


class _Bounds(NamedTuple):
    """What bounds every walk alike."""

    wanted: EventSearch
    after: EventPlace | None
    limit: int


def _list_ways(wanted: EventSearch) -> list[_Way]:
    """Choose the index to walk: the person's, the places', the words', the kinds', else that of time alone."""
    notable = bool(wanted.words) and ROUTINE_WORDS.isdisjoint(wanted.words)
    places = wanted.subjects
    if wanted.person_id is not None:
        conditions, places = [record.c.person_id == wanted.person_id], None
    elif notable:
        conditions = [and_(record.c.reason == word, text(NOTABLE)) for word in wanted.words]
    elif wanted.granted is False and places is not None:
        conditions = [and_(text(REFUSED)), and_(record.c.kind == "read.failed", text(RARE))]
    elif wanted.kinds and FREQUENT_KINDS.isdisjoint(wanted.kinds):
        conditions = [and_(record.c.kind == kind, text(RARE)) for kind in wanted.kinds]
    else:
        conditions = [true()]
    at = record.c.occurred_at
    return [_Way(condition, at, places) for condition in conditions]


def _list_undated_ways(wanted: EventSearch) -> list[_Way]:
    tells_more = wanted.person_id is not None or bool(wanted.words) or wanted.granted is not None
    if tells_more or (wanted.kinds and QUARANTINED not in wanted.kinds):
        return []
    where = text(UNDATED) if wanted.subjects is None else and_(text(UNDATED), record.c.subject.in_(wanted.subjects))
    return [_Way(where, record.c.received_at)]  # type: ignore[arg-type]


def _walk(way: _Way, bounds: _Bounds, *, lateral: bool) -> list[Select[Any]]:
    """Write a way's statements; PostgreSQL takes all subjects in one, SQLite each by itself while they are few."""
    if way.subjects is None:
        return [_newest(way, true(), bounds)]
    if lateral:
        places = (
            func.unnest(cast(list(way.subjects), ARRAY(Text))).table_valued("subject", name="places").render_derived()
        )
        there = _newest(way, record.c.subject == places.c.subject, bounds).lateral("there")
        return [select(there).select_from(places.join(there, true()))]
    if len(way.subjects) > SUBJECTS_APART_MAX:
        return [_newest(way, record.c.subject.in_(way.subjects), bounds)]
    return [_newest(way, record.c.subject == subject, bounds) for subject in way.subjects]


def _newest(way: _Way, where: ColumnElement[bool], bounds: _Bounds) -> Select[Any]:
    wanted, after, limit = bounds
    narrowed = [way.condition, where, *_narrow(wanted)]
    narrowed.append(way.at >= (wanted.since or BEGINNING))
    if wanted.until is not None:
        narrowed.append(way.at < wanted.until)
    if after is not None:
        later = and_(way.at == after.at, tuple_(*_KEY) < tuple_(*after.key))
        narrowed += [way.at <= after.at, or_(way.at < after.at, later)]
    newest = (way.at.desc(), *(column.desc() for column in _KEY))
    return select(*_COLUMNS, _at(way.at)).where(*narrowed).order_by(*newest).limit(limit)


def _narrow(wanted: EventSearch) -> list[ColumnElement[bool]]:
    """Give what holds on every way, whichever index it walks."""
    found: list[ColumnElement[bool]] = []
    if wanted.subjects is not None and wanted.person_id is not None:  # else each way has its own
        found.append(record.c.subject.in_(wanted.subjects))
    if wanted.kinds:
        found.append(record.c.kind.in_(wanted.kinds))
    if wanted.words:
        found.append(record.c.reason.in_(wanted.words))
    if wanted.granted is True:
        found.append(record.c.granted.is_(True))
    if wanted.granted is False:
        found.append(or_(record.c.granted.is_(False), record.c.kind == "read.failed"))
    if wanted.hidden:
        found.append(or_(record.c.kind != "alarm.raised", record.c.reason.not_in(wanted.hidden)))
    return found


def _at(column: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return column.label("at")


def _line(row: Row[*tuple[Any, ...]], *, at: datetime | None = None) -> EventLine:
    return EventLine(
        key=EventKey(row.device_id, row.epoch, row.seq),
        kind=row.kind,
        at=at or row.at,
        received_at=row.received_at,
        live=row.live,
        subject=row.subject or row.device_id,
        person_id=row.person_id or "",
        name=row.name or "",
        granted=row.granted,
        word=row.reason or "",
        policy_version=row.policy_version,
        central_reason=row.central_reason or "",
        fault=row.fault or "",
    )
