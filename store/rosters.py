"""Rosters (勤務表): who is in which pattern, and single days planned over it; see ``domain.attendance.roster``."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, insert, select, update

from domain.attendance.roster import Membership, derive_shifts
from domain.attendance.shift import DayKind, Shift
from store.bulk import batched, upsert_rows
from store.roster_tables import pattern_member, planned_shift
from store.shifts import load_patterns, read_shift, shift_columns
from store.tx import Tx

Days = tuple[date, date]
"""A first and a last day, both included."""


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """A person's shift of one day; ``source`` is desk, import or application, ``planned_by`` a login or empty."""

    person_id: str
    on: date
    shift: Shift
    source: str
    planned_by: str
    code: str | None = None
    application_id: str | None = None


@dataclass(frozen=True, slots=True)
class PatternMember:
    """Who is in a pattern, so many days behind it, from when to when, both days included."""

    person_id: str
    pattern_id: str
    offset_days: int
    from_on: date
    until_on: date | None = None


_COLUMNS = ("person_id", "day_on", "kind", "hours", "code", "source", "application_id", "planned_by", "planned_at")


def save_planned_shifts(tx: Tx, shifts: Iterable[PlannedShift]) -> None:
    """Plan days at ``tx.now``; what stood for the person's day is replaced."""
    rows = [
        (
            each.person_id, each.on, *shift_columns(each.shift), each.code, each.source, each.application_id,
            each.planned_by, tx.now,
        )
        for each in shifts
    ]  # fmt: skip
    upsert_rows(tx, planned_shift, _COLUMNS, rows)


def delete_planned_shifts(tx: Tx, person_id: str, days: Collection[date]) -> int:
    """Take planned days away, so that the pattern or week holds again; gives how many stood."""
    mine = (planned_shift.c.person_id == person_id) & planned_shift.c.day_on.in_(days)
    return tx.connection.execute(delete(planned_shift).where(mine)).rowcount


def list_planned_shifts(tx: Tx, person_ids: Collection[str] | None, days: Days) -> dict[str, dict[date, PlannedShift]]:
    """Give the planned days by person and day; None is everybody."""
    table = planned_shift.c
    query = select(*(table[name] for name in _COLUMNS)).where((table.day_on >= days[0]) & (table.day_on <= days[1]))
    found: dict[str, dict[date, PlannedShift]] = defaultdict(dict)
    for row in rows_of(tx, query, table.person_id, person_ids):
        shift = replace(read_shift(row.kind, row.hours), on_holidays=row.kind == DayKind.work)
        found[row.person_id][row.day_on] = PlannedShift(
            row.person_id, row.day_on, shift, row.source, row.planned_by, row.code, row.application_id
        )
    return found


def save_member(tx: Tx, member: PatternMember) -> None:
    """Put a person into a pattern from a day on; whatever pattern the person was in ends the day before.

    Memberships that would begin on or after that day are taken away.
    """
    mine = pattern_member.c.person_id == member.person_id
    tx.connection.execute(delete(pattern_member).where(mine & (pattern_member.c.from_on >= member.from_on)))
    end_membership(tx, member.person_id, date.fromordinal(member.from_on.toordinal() - 1))
    values = {name: getattr(member, name) for name in PatternMember.__slots__}
    tx.connection.execute(insert(pattern_member).values(**values))


def end_membership(tx: Tx, person_id: str, last_on: date) -> bool:
    """Let the person's pattern end with a day; False when none holds beyond it."""
    table = pattern_member.c
    holds = (table.person_id == person_id) & (table.from_on <= last_on)
    beyond = table.until_on.is_(None) | (table.until_on > last_on)
    statement = update(pattern_member).where(holds & beyond).values(until_on=last_on)
    return tx.connection.execute(statement).rowcount > 0


def list_members(tx: Tx, person_ids: Collection[str] | None, days: Days) -> dict[str, list[PatternMember]]:
    """Give who is in a pattern on any of the days, by person, in order; None is everybody."""
    table = pattern_member.c
    meets = (table.from_on <= days[1]) & (table.until_on.is_(None) | (table.until_on >= days[0]))
    query = select(*(table[name] for name in PatternMember.__slots__)).where(meets).order_by(table.from_on, table.id)
    found: dict[str, list[PatternMember]] = defaultdict(list)
    for row in rows_of(tx, query, table.person_id, person_ids):
        found[row.person_id].append(PatternMember(*row))
    return found


def load_shifts(
    tx: Tx,
    person_ids: Collection[str] | None,
    days: Days,
    wider: Mapping[str, Days] | None = None,
    *,
    with_planned: bool = True,
) -> dict[str, dict[date, Shift]]:
    """Give the shifts that rosters plan, by person; days that follow the profile's week are left out.

    Args:
        tx: the transaction.
        person_ids: whose; None is everybody.
        days: the days.
        wider: of some persons more days, as their swaps reach further.
        with_planned: False leaves single planned days out: what would hold without them.
    """
    reach = {} if wider is None else wider
    first_on = min([days[0], *(each[0] for each in reach.values())])
    last_on = max([days[1], *(each[1] for each in reach.values())])
    planned = list_planned_shifts(tx, person_ids, (first_on, last_on)) if with_planned else {}
    members = list_members(tx, person_ids, (first_on, last_on))
    patterns = load_patterns(tx) if members else {}
    return {
        person_id: derive_shifts(
            [
                Membership(patterns[each.pattern_id], each.offset_days, each.from_on, each.until_on)
                for each in members.get(person_id, ())
            ],
            {on: each.shift for on, each in planned.get(person_id, {}).items()},
            *reach.get(person_id, days),
        )
        for person_id in planned.keys() | members.keys()
    }


def rows_of(
    tx: Tx, query: Select[Any], column: ColumnElement[str], person_ids: Collection[str] | None
) -> Iterator[Any]:
    """Yield the rows of a query about some persons, in parts that one statement takes; None is everybody."""
    if person_ids is None:
        yield from tx.connection.execute(query)
        return
    ids: Sequence[str] = sorted(set(person_ids))
    for part in batched(ids):
        yield from tx.connection.execute(query.where(column.in_(part)))


def is_pattern_used(tx: Tx, pattern_id: str) -> bool:
    """Tell whether anybody is or was in a pattern."""
    return bool(tx.connection.scalar(select(exists().where(pattern_member.c.pattern_id == pattern_id))))
