"""Months' ends: how far each person's month is, who did what, and the closed versions, which nothing changes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.attendance.closing import MonthAct, MonthStanding, MonthState
from store.bulk import batched, insert_rows, upsert_rows
from store.closing_tables import month_step, month_version, person_month
from store.tx import Tx

_STANDING = ("person_id", "period", "state", "seen_hash", "version", "proposed_by", "changed_at")
_STEP = ("person_id", "period", "act", "done_by", "done_at", "seen_hash", "reason")


@dataclass(frozen=True, slots=True)
class MonthStep:
    """One act at a month's end; ``done_by`` is a person, empty for a rule."""

    person_id: str
    period: str
    act: MonthAct
    done_by: str
    done_at: datetime
    seen_hash: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MonthVersion:
    """One closed version: the counted month's bytes and their hash (``contract.month_version``)."""

    person_id: str
    period: str
    version: int
    profile: str
    content: bytes
    content_hash: str
    closed_by: str
    closed_at: datetime


def load_standings(tx: Tx, period: str, person_ids: Collection[str] | None = None) -> dict[str, MonthStanding]:
    """Give how far the months are, by person; who is not there has done nothing yet. None is everybody."""
    return _standings(tx, period, person_ids)


def claim_standings(tx: Tx, period: str, person_ids: Collection[str]) -> dict[str, MonthStanding]:
    """Give how far these persons' months are, and make every other writer of them wait; always in one order."""
    ordered = sorted(set(person_ids))
    dialect = postgresql if tx.is_postgresql else sqlite
    rows = [_standing_row(tx, MonthStanding(person_id, period)) for person_id in ordered]
    for start in range(0, len(rows), 1000):
        values = [dict(zip(_STANDING, row, strict=True)) for row in rows[start : start + 1000]]
        tx.connection.execute(dialect.insert(person_month).values(values).on_conflict_do_nothing())
    return _standings(tx, period, ordered, lock=True)


def save_standings(tx: Tx, standings: Iterable[MonthStanding]) -> None:
    """Keep how far months are now."""
    upsert_rows(tx, person_month, _STANDING, [_standing_row(tx, each) for each in standings])


def insert_steps(tx: Tx, steps: Iterable[MonthStep]) -> None:
    """Add what was done; steps are never changed."""
    insert_rows(
        tx,
        month_step,
        _STEP,
        [
            (each.person_id, each.period, each.act.value, each.done_by, each.done_at, each.seen_hash, each.reason)
            for each in steps
        ],
    )


def list_steps(tx: Tx, period: str, person_id: str) -> list[MonthStep]:
    """Give what was done about a person's month, in order."""
    this = (month_step.c.period == period) & (month_step.c.person_id == person_id)
    rows = tx.connection.execute(select(*(month_step.c[name] for name in _STEP)).where(this).order_by(month_step.c.id))
    return [MonthStep(row[0], row[1], MonthAct(row[2]), *row[3:]) for row in rows]


def insert_versions(tx: Tx, versions: Iterable[MonthVersion]) -> None:
    """Keep closed versions; one that stands already violates ``pk_month_version``, for a version is never replaced."""
    names = tuple(MonthVersion.__slots__)
    insert_rows(tx, month_version, names, [tuple(getattr(each, name) for name in names) for each in versions])


def list_versions(tx: Tx, period: str, person_ids: Collection[str] | None = None) -> list[MonthVersion]:
    """Give the closed versions of a month by person and version; None is everybody's."""
    columns = tuple(month_version.c[name] for name in MonthVersion.__slots__)
    found = []
    for wanted in _wanted(month_version, period, person_ids):
        query = select(*columns).where(wanted).order_by(month_version.c.person_id, month_version.c.version)
        for row in tx.connection.execute(query):
            values = dict(zip(MonthVersion.__slots__, row, strict=True))
            found.append(MonthVersion(**{**values, "content": bytes(values["content"])}))
    return found


def _standings(
    tx: Tx, period: str, person_ids: Collection[str] | None, *, lock: bool = False
) -> dict[str, MonthStanding]:
    columns = tuple(person_month.c[name] for name in _STANDING[:-1])
    found = {}
    for wanted in _wanted(person_month, period, person_ids):
        query = select(*columns).where(wanted).order_by(person_month.c.person_id)
        for row in tx.connection.execute(query.with_for_update() if lock else query):
            found[row.person_id] = MonthStanding(
                row.person_id, row.period, MonthState(row.state), row.seen_hash, row.version, row.proposed_by
            )
    return found


def _wanted(table: Table, period: str, person_ids: Collection[str] | None) -> list[ColumnElement[bool]]:
    if person_ids is None:
        return [table.c.period == period]
    return [(table.c.period == period) & table.c.person_id.in_(some) for some in batched(sorted(set(person_ids)))]


def _standing_row(tx: Tx, each: MonthStanding) -> tuple[object, ...]:
    return (each.person_id, each.period, each.state.value, each.seen_hash, each.version, each.proposed_by, tx.now)
