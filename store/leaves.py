"""Leave as it stands: what was granted, what was taken, and what a person's grants follow. Minutes throughout."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.attendance.facts import Leave
from domain.attendance.leave_balance import Lot, Taking
from domain.attendance.leave_grants import LeaveSource, LeaveTerms
from store.bulk import batched, upsert_rows
from store.leave_tables import leave_grant, leave_taken, leave_term
from store.tx import Tx

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class GivenLot:
    """A lot by the rule: ``rule_key`` names it, so that giving it twice is harmless."""

    rule_key: str
    person_id: str
    kind: str
    minutes: int
    from_on: date
    until_on: date
    source: LeaveSource


class StandingLot(NamedTuple):
    """A lot and where it comes from."""

    lot: Lot
    source: str


def insert_given(tx: Tx, lots: Iterable[GivenLot]) -> int:
    """Give lots by the rule; tells how many of them are new."""
    rows = [
        {name: getattr(lot, name) for name in GivenLot.__slots__}
        | {"source": lot.source.value, "reason": "", "given_by": "", "given_at": tx.now}
        for lot in lots
    ]
    dialect = postgresql if tx.is_postgresql else sqlite
    new = 0
    for some in _batched_rows(rows):
        statement = dialect.insert(leave_grant).values(some).on_conflict_do_nothing(index_elements=["rule_key"])
        new += len(tx.connection.execute(statement.returning(leave_grant.c.id)).all())
    return new


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A lot as the leave book lists it: of which kind, from where, by whose login and why."""

    kind: str
    lot: Lot
    source: str
    reason: str
    given_by: str
    given_at: datetime


def insert_correction(tx: Tx, person_id: str, kind: str, lot: Lot, *, reason: str, by: str, key: str = "") -> None:
    """Put a balance right by hand: a lot of so many minutes more, or fewer; its id is not kept. ``by`` is a login.

    With a ``key`` (a form's id) the same correction sent twice is one.

    Raises:
        ValueError: it gives nothing, ends before it begins, or says no reason.
    """
    if lot.minutes == 0 or (lot.until_on is not None and lot.until_on < lot.from_on) or not reason.strip():
        raise ValueError(f"expected minutes other than 0, until_on from {lot.from_on} on, and a reason")
    values: dict[str, Any] = {"person_id": person_id, "kind": kind}
    values |= {"minutes": lot.minutes, "from_on": lot.from_on, "until_on": lot.until_on}
    by_hand = {"source": LeaveSource.correction.value, "reason": reason, "given_by": by, "given_at": tx.now}
    dialect = postgresql if tx.is_postgresql else sqlite
    row = values | by_hand | {"rule_key": f"hand/{key}" if key else None}
    tx.connection.execute(dialect.insert(leave_grant).values(row).on_conflict_do_nothing(index_elements=["rule_key"]))


def list_lots(
    tx: Tx, person_ids: Collection[str] | None, kind: str, *, since: date
) -> dict[str, tuple[StandingLot, ...]]:
    """Give the lots of a kind that began on a day or later, or still hold on it, by person; None is everybody."""
    columns = (leave_grant.c[name] for name in ("person_id", "id", "minutes", "from_on", "until_on", "source"))
    holds = leave_grant.c.until_on.is_(None) | (leave_grant.c.until_on >= since)
    query = select(*columns).where(leave_grant.c.kind == kind, holds).order_by(leave_grant.c.id)
    found: dict[str, list[StandingLot]] = defaultdict(list)
    for person_id, number, minutes, from_on, until_on, source in _of(tx, query, leave_grant, person_ids):
        lot = Lot(str(number), minutes, from_on, until_on, is_carried=source == LeaveSource.carried)
        found[person_id].append(StandingLot(lot, source))
    return {person_id: tuple(lots) for person_id, lots in found.items()}


def list_grants(tx: Tx, person_id: str, *, since: date) -> list[GrantLine]:
    """Give every lot of a person that holds on a day or later, of every kind, the latest first."""
    names = ("kind", "source", "reason", "given_by", "given_at", "id", "minutes", "from_on", "until_on")
    holds = leave_grant.c.until_on.is_(None) | (leave_grant.c.until_on >= since)
    query = select(*(leave_grant.c[name] for name in names)).where(leave_grant.c.person_id == person_id, holds)
    found = []
    for row in tx.connection.execute(query.order_by(leave_grant.c.from_on.desc(), leave_grant.c.id.desc())):
        carried = row.source == LeaveSource.carried
        lot = Lot(str(row.id), row.minutes, row.from_on, row.until_on, is_carried=carried)
        found.append(GrantLine(row.kind, lot, row.source, row.reason, row.given_by, row.given_at))
    return found


def list_takings(
    tx: Tx,
    person_ids: Collection[str] | None,
    *,
    since: date,
    until: date | None = None,
    kind: str | None = None,
) -> dict[str, tuple[Taking, ...]]:
    """Give the leave that stands from a day to another, both included, by person; None is everybody's, every kind."""
    names = ("person_id", "id", "kind", "day_on", "minutes", "starts_minute", "ends_minute")
    wanted: list[ColumnElement[bool]] = [leave_taken.c.ended_at.is_(None), leave_taken.c.day_on >= since]
    if until is not None:
        wanted.append(leave_taken.c.day_on <= until)
    if kind is not None:
        wanted.append(leave_taken.c.kind == kind)
    query = select(*(leave_taken.c[name] for name in names)).where(*wanted)
    query = query.order_by(leave_taken.c.day_on, leave_taken.c.id)
    found: dict[str, list[Taking]] = defaultdict(list)
    for person_id, *rest in _of(tx, query, leave_taken, person_ids):
        found[person_id].append(Taking(*rest))
    return {person_id: tuple(takings) for person_id, takings in found.items()}


def list_leave_days(
    tx: Tx, person_ids: Collection[str] | None, first_on: date, last_on: date
) -> dict[str, tuple[Leave, ...]]:
    """Give what a month's count takes of the leave from a day to another, both included, by person."""
    found = list_takings(tx, person_ids, since=first_on, until=last_on)
    return {
        person_id: tuple(Leave(each.on, each.kind, each.starts_minute, each.ends_minute) for each in takings)
        for person_id, takings in found.items()
    }


def list_terms(tx: Tx, on: date) -> dict[str, LeaveTerms]:
    """Give the terms that hold on a day, by person; persons without any are left out."""
    columns = (leave_term.c.person_id, *(leave_term.c[name] for name in LeaveTerms.__slots__))
    query = select(*columns).where(leave_term.c.from_on <= on).order_by(leave_term.c.from_on)
    return {person_id: LeaveTerms(*rest) for person_id, *rest in tx.connection.execute(query)}


def save_terms(tx: Tx, from_on: date, terms: Mapping[str, LeaveTerms]) -> None:
    """Let these terms hold from a day on, by person; those of the same day are replaced."""
    columns = ("person_id", "from_on", *LeaveTerms.__slots__)
    rows = [
        (person_id, from_on, each.scheme, each.serves_from_on, each.week_days, each.day_minutes)
        for person_id, each in terms.items()
    ]
    upsert_rows(tx, leave_term, columns, rows)


def _batched_rows(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))


def _of(tx: Tx, query: Select[Any], table: Table, person_ids: Collection[str] | None) -> Iterable[Any]:
    if person_ids is None:
        yield from tx.connection.execute(query)
        return
    for some in batched(sorted(person_ids)):
        yield from tx.connection.execute(query.where(table.c.person_id.in_(some)))
