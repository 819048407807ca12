"""Who is inside by the doors' word; evacuations with the names that were looked for and what was said of each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select, text, update

from store.bulk import insert_rows
from store.safety_tables import muster, muster_mark, muster_person, presence_correction
from store.tables import department, person, presence, record
from store.tx import Tx


class Inside(NamedTuple):
    """Somebody whom a door, or a person (``access_point_id`` is empty), last put into an area.

    ``belongs`` is the name of the department, ``kind`` a ``domain.access.rights.PersonKind``.
    """

    person_id: str
    name: str
    kana: str
    belongs: str
    kind: str
    area_id: str
    access_point_id: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Muster:
    """An evacuation; ``ended_at`` is None while it goes on, and ``drill`` is said at its end."""

    id: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str | None
    drill: bool | None
    note: str


class Listed(NamedTuple):
    """Somebody on an evacuation's list; fields as ``store.safety_tables.muster_person`` describes them."""

    person_id: str
    name: str
    kana: str
    belongs: str
    kind: str
    area_id: str
    access_point_id: str
    since_at: datetime | None
    doubt: str
    listed_by: str = ""


class Mark(NamedTuple):
    """Somebody was seen (``safe``), or not after all; by a login's touch, or a tap at an access point."""

    person_id: str
    marked_at: datetime
    marked_by: str
    safe: bool
    how: str


class Correction(NamedTuple):
    """A person said where somebody is."""

    person_id: str
    corrected_by: str
    area_from: str | None
    area_to: str
    reason: str


def list_places(tx: Tx) -> list[Inside]:
    """Give where everybody is whom a door ever let anywhere, outside too, by kana."""
    columns = (
        presence.c.person_id,
        person.c.name,
        person.c.kana,
        department.c.name.label("belongs"),
        person.c.kind,
        presence.c.area_id,
        presence.c.access_point_id,
        presence.c.since_at,
    )
    query = (
        select(*columns)
        .join_from(presence, person, person.c.id == presence.c.person_id)
        .join(department, department.c.id == person.c.department_id)
    )
    return [Inside(*row) for row in tx.connection.execute(query.order_by(person.c.kana, presence.c.person_id))]


def insert_correction(tx: Tx, correction: Correction) -> None:
    """Write down who corrected a place, and why."""
    insert_rows(tx, presence_correction, ("corrected_at", *Correction._fields), [(tx.now, *correction)])


def insert_muster(tx: Tx, muster_id: str, *, by: str) -> None:
    """Begin an evacuation; only one goes on at a time (``uq_muster_going_on``)."""
    tx.connection.execute(muster.insert().values(id=muster_id, scope="site", started_at=tx.now, started_by=by, note=""))


def lock_musters(tx: Tx) -> None:
    """Let nobody else begin an evacuation until the commit: who presses at the same time waits for it and joins it."""
    if tx.is_postgresql:  # SQLite has one writer at a time
        tx.connection.execute(text("LOCK TABLE muster IN SHARE ROW EXCLUSIVE MODE"))


def load_muster(tx: Tx, muster_id: str) -> Muster | None:
    """Give one evacuation; None when there is none of that id."""
    return next(iter(_musters(tx, muster.c.id == muster_id)), None)


def load_muster_going_on(tx: Tx) -> Muster | None:
    """Give the evacuation that goes on; None when there is none."""
    return next(iter(_musters(tx, muster.c.ended_at.is_(None))), None)


def list_musters(tx: Tx, *, limit: int) -> list[Muster]:
    """Give the evacuations, the newest first."""
    query = select(muster).order_by(muster.c.started_at.desc()).limit(limit)
    return [_muster(row) for row in tx.connection.execute(query)]


def save_muster_ended(tx: Tx, muster_id: str, *, by: str, drill: bool, note: str) -> bool:
    """End an evacuation; tells whether it still went on."""
    still = (muster.c.id == muster_id) & muster.c.ended_at.is_(None)
    values = {"ended_at": tx.now, "ended_by": by, "drill": drill, "note": note}
    return tx.connection.execute(update(muster).where(still).values(values)).rowcount == 1


def insert_listed(tx: Tx, muster_id: str, people: Iterable[Listed]) -> None:
    """Put people onto an evacuation's list who do not stand there."""
    rows = [(muster_id, tx.now, *each) for each in people]
    insert_rows(tx, muster_person, ("muster_id", "listed_at", *Listed._fields), rows)


def list_listed(tx: Tx, muster_id: str) -> list[Listed]:
    """Give an evacuation's list by kana."""
    columns = (muster_person.c[name] for name in Listed._fields)
    query = select(*columns).where(muster_person.c.muster_id == muster_id)
    return [Listed(*row) for row in tx.connection.execute(query.order_by(muster_person.c.kana, muster_person.c.name))]


def insert_marks(tx: Tx, muster_id: str, marks: Iterable[Mark]) -> None:
    """Keep what was said of people."""
    insert_rows(tx, muster_mark, ("muster_id", *Mark._fields), [(muster_id, *mark) for mark in marks])


def list_marks(tx: Tx, muster_id: str) -> list[Mark]:
    """Give what was said of people, in order."""
    columns = (muster_mark.c[name] for name in Mark._fields)
    query = select(*columns).where(muster_mark.c.muster_id == muster_id).order_by(muster_mark.c.id)
    return [Mark(*row) for row in tx.connection.execute(query)]


def list_tap_marks(tx: Tx, access_points: Collection[str], *, since: datetime) -> list[Mark]:
    """Give each person's first tap at any of some access points since an instant, granted or not, as a mark."""
    if not access_points:
        return []
    query = (
        select(record.c.person_id, func.min(record.c.occurred_at), func.min(record.c.subject))
        .where(
            record.c.subject.in_(sorted(access_points)),
            record.c.occurred_at >= since,
            record.c.kind == "tap.observed",
            record.c.person_id.is_not(None),
        )
        .group_by(record.c.person_id)
    )
    return [Mark(row[0], row[1], row[2], safe=True, how="tap") for row in tx.connection.execute(query)]


def _musters(tx: Tx, wanted: Any) -> list[Muster]:
    return [_muster(row) for row in tx.connection.execute(select(muster).where(wanted))]


def _muster(row: Row[Any]) -> Muster:
    return Muster(row.id, row.started_at, row.started_by, row.ended_at, row.ended_by, row.drill, row.note)
