"""What was agreed of persons' days and is in force: swaps, 代休日, hours elsewhere; ``effects`` writes them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Table, select

from domain.attendance.elsewhere import Elsewhere, ElsewhereKind
from domain.attendance.facts import Compensatory, Swap
from store.roster_tables import compensatory_day, day_swap, elsewhere
from store.rosters import Days, rows_of
from store.tx import Tx


def list_swaps(tx: Tx, person_ids: Collection[str] | None, days: Days) -> dict[str, list[Swap]]:
    """Give the swaps (週休日の振替) that touch the days, by person; None is everybody."""
    columns = (day_swap.c.worked_on, day_swap.c.off_on, day_swap.c.part_minutes)
    found: dict[str, list[Swap]] = defaultdict(list)
    for person_id, *values in _pairs(tx, day_swap, columns, person_ids, days):
        found[person_id].append(Swap(*values))
    return found


def list_compensatory(tx: Tx, person_ids: Collection[str] | None, days: Days) -> dict[str, list[Compensatory]]:
    """Give the 代休日 that touch the days, by person; None is everybody."""
    columns = (compensatory_day.c.worked_on, compensatory_day.c.off_on)
    found: dict[str, list[Compensatory]] = defaultdict(list)
    for person_id, *values in _pairs(tx, compensatory_day, columns, person_ids, days):
        found[person_id].append(Compensatory(*values))
    return found


def list_elsewhere(tx: Tx, person_ids: Collection[str] | None, days: Days) -> dict[str, list[Elsewhere]]:
    """Give the hours elsewhere of the days, by person; None is everybody."""
    table = elsewhere.c
    wanted = (table.day_on >= days[0]) & (table.day_on <= days[1]) & table.ended_at.is_(None)
    columns = (table.person_id, table.day_on, table.kind, table.starts_minute, table.ends_minute, table.id)
    query = select(*columns).where(wanted).order_by(table.day_on, table.starts_minute, table.id)
    found: dict[str, list[Elsewhere]] = defaultdict(list)
    for person_id, on, kind, starts, ends, each in rows_of(tx, query, table.person_id, person_ids):
        found[person_id].append(Elsewhere(on, ElsewhereKind(kind), starts, ends, ref=f"elsewhere/{each}"))
    return found


def _pairs(
    tx: Tx, table: Table, columns: tuple[Any, ...], person_ids: Collection[str] | None, days: Days
) -> Iterator[Any]:
    worked, off = table.c.worked_on, table.c.off_on
    touches = worked.between(*days) | off.between(*days)
    query = select(table.c.person_id, *columns).where(touches & table.c.ended_at.is_(None)).order_by(worked, table.c.id)
    return rows_of(tx, query, table.c.person_id, person_ids)
