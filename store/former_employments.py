"""What somebody's employment was before it changed: the days before are counted as it was then."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from domain.attendance.adjustment import Cause
from domain.civil import civil_minute
from store.bulk import batched
from store.changed_days import ChangedDay, mark_changed
from store.roster_tables import former_employment
from store.rosters import rows_of
from store.tables import person
from store.tx import Tx

ROWS_AT_ONCE = 1000


class Employed(NamedTuple):
    """How somebody is employed, as far as it changes what is counted."""

    employment: str
    is_manager: bool


def save_former_employments(tx: Tx, changing: Mapping[str, Employed]) -> None:
    """Keep until yesterday what these persons' employment is, where it changes today; they are counted again.

    Call it before the change. A second change of the same day follows the first: what was before it stands already.
    """
    today = civil_minute(tx.now)[0]
    former = {who: was for who, was in _standing(tx, changing) if was != changing[who]}
    if not former:
        return
    rows = [
        {"person_id": who, "until_on": today - timedelta(days=1), "employment": was.employment, "is_manager": was[1]}
        for who, was in sorted(former.items())
    ]
    dialect = postgresql if tx.is_postgresql else sqlite
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        tx.connection.execute(dialect.insert(former_employment).values(some).on_conflict_do_nothing())
    mark_changed(tx, (ChangedDay(who, today, Cause.hr) for who in former))


def list_former_employments(
    tx: Tx, person_ids: Collection[str] | None, since: date
) -> dict[str, list[tuple[date, Employed]]]:
    """Give until when those were employed how who have changed since a day, in order, by person; None is everybody."""
    table = former_employment.c
    query = select(table.person_id, table.until_on, table.employment, table.is_manager).where(table.until_on >= since)
    found: dict[str, list[tuple[date, Employed]]] = defaultdict(list)
    for who, until_on, *was in rows_of(tx, query.order_by(table.until_on), table.person_id, person_ids):
        found[who].append((until_on, Employed(*was)))
    return found


def _standing(tx: Tx, person_ids: Iterable[str]) -> Iterable[tuple[str, Employed]]:
    columns = person.c.id, person.c.employment, person.c.is_manager
    for some in batched(sorted(person_ids)):
        for who, *was in tx.connection.execute(select(*columns).where(person.c.id.in_(some))):
            yield who, Employed(*was)
