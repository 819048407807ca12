"""A month's punches for many persons: at entrances, at doors inside, by hand, and of clocks that nobody had set.

Punches of a disputed journal (``fork``) do not count for pay and are left out. Granted taps at doors without a meaning
for working time are evidence: they suggest candidates for missing punches and show stays after the last out. A tap of
an uncertain clock is doubtful until somebody has judged it; one that was judged not to count is left out, and so is one
that was found to be none of working time (``wrong_tap``).
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select

from domain.attendance.facts import MANUAL, ComputerUse, Direction, Punch
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute
from store.closing_tables import doubtful_tap
from store.roster_tables import computer_use, manual_punch, punch_judgement, wrong_tap
from store.rosters import rows_of
from store.tables import fork, punch, record
from store.tx import Tx


def list_month_punches(
    tx: Tx, person_ids: Collection[str] | None, since: datetime, until: datetime
) -> dict[str, list[Punch]]:
    """Give the punches from ``since`` up to but not including ``until``, by person; None is everybody's."""
    by_person: dict[str, list[Punch]] = defaultdict(list)
    _add_entrances(tx, by_person, person_ids, since, until)
    _add_doors_inside(tx, by_person, person_ids, since, until)
    _add_by_hand(tx, by_person, person_ids, since, until)
    return by_person


def list_computer_use(
    tx: Tx, person_ids: Collection[str] | None, since: datetime, until: datetime
) -> dict[str, list[ComputerUse]]:
    """Give log-ons and log-offs from ``since`` up to but not including ``until``, by person; None is everybody's."""
    table = computer_use.c
    wanted = (table.used_at >= since) & (table.used_at < until)
    query = select(table.person_id, table.used_at, table.kind, table.host).where(wanted).order_by(table.used_at)
    by_person: dict[str, list[ComputerUse]] = defaultdict(list)
    for person_id, at, kind, host in rows_of(tx, query, table.person_id, person_ids):
        by_person[person_id].append(ComputerUse(axis_of(at), ref=f"computer/{host}/{kind}"))
    return by_person


def axis_of(at: datetime) -> int:
    """Give the axis minute in which an instant lies."""
    return axis_minute(*civil_minute(at))


def _add_entrances(
    tx: Tx, by_person: dict[str, list[Punch]], person_ids: Collection[str] | None, since: datetime, until: datetime
) -> None:
    judged, doubt = punch_judgement, doubtful_tap
    wanted = (punch.c.punched_at >= since) & (punch.c.punched_at < until) & ~_disputed(punch)
    wanted &= or_(doubt.c.seq.is_(None), judged.c.counts.is_(None), judged.c.counts.is_(True))
    wanted &= ~exists().where(_same_record(wrong_tap, punch) & wrong_tap.c.ended_at.is_(None))
    waits = doubt.c.seq.is_not(None) & judged.c.counts.is_(None)
    query = (
        select(punch.c.person_id, punch.c.punched_at, punch.c.direction, *_key(punch), waits.label("waits"))
        .select_from(punch.outerjoin(doubt, _same_record(doubt, punch)).outerjoin(judged, _same_record(judged, punch)))
        .where(wanted)
    )
    for person_id, at, direction, device_id, epoch, seq, doubtful in rows_of(tx, query, punch.c.person_id, person_ids):
        ref = f"{device_id}/{epoch}/{seq}"
        by_person[person_id].append(_punch(at, Direction(direction), ref, doubtful=bool(doubtful)))


def _add_doors_inside(
    tx: Tx, by_person: dict[str, list[Punch]], person_ids: Collection[str] | None, since: datetime, until: datetime
) -> None:
    inside = (
        (record.c.occurred_at >= since)
        & (record.c.occurred_at < until)
        & (record.c.kind == "tap.observed")
        & record.c.granted.is_(True)
        & record.c.person_id.is_not(None)
        & ~_disputed(record)
        & ~exists().where(_same_record(punch, record))
    )
    query = select(record.c.person_id, record.c.occurred_at, *_key(record)).where(inside)
    for person_id, at, device_id, epoch, seq in rows_of(tx, query, record.c.person_id, person_ids):
        by_person[person_id].append(_punch(at, Direction.none, f"{device_id}/{epoch}/{seq}", interior=True))


def _add_by_hand(
    tx: Tx, by_person: dict[str, list[Punch]], person_ids: Collection[str] | None, since: datetime, until: datetime
) -> None:
    table = manual_punch.c
    wanted = (table.punched_at >= since) & (table.punched_at < until) & table.ended_at.is_(None)
    query = select(table.person_id, table.punched_at, table.direction, table.id).where(wanted)
    for person_id, at, direction, each in rows_of(tx, query, table.person_id, person_ids):
        by_person[person_id].append(_punch(at, Direction(direction), MANUAL + each))


def _punch(at: datetime, direction: Direction, ref: str, *, interior: bool = False, doubtful: bool = False) -> Punch:
    return Punch(axis_of(at), direction, interior, at.second * 1_000_000 + at.microsecond, ref, doubtful)


def _key(table: Table) -> tuple[ColumnElement[Any], ...]:
    return (table.c.device_id, table.c.epoch, table.c.seq)


def _disputed(table: Table) -> ColumnElement[bool]:
    same_journal = and_(fork.c.device_id == table.c.device_id, fork.c.epoch == table.c.epoch)
    return exists().where(same_journal & (fork.c.from_seq <= table.c.seq))


def _same_record(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(one.c.device_id == other.c.device_id, one.c.epoch == other.c.epoch, one.c.seq == other.c.seq)
