"""Which overtime caps hold where: what was said of each department from a day on, and so of each person."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.access.rights import PostKind
from domain.attendance.facts import Workplace
from domain.attendance.workplaces import Place, Stay
from store.bulk import upsert_rows
from store.rights_tables import post
from store.roster_tables import workplace
from store.rosters import rows_of
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class SaidWorkplace:
    """What a department is from a day on, and whose word that is."""

    from_on: date
    kind: Workplace
    said_by: str


def save_workplace(tx: Tx, department_id: str, from_on: date, kind: Workplace, *, by: str) -> None:
    """Say what a department is from a day on; the same day again takes the former word's place."""
    columns = ("department_id", "from_on", "kind", "said_by", "said_at")
    upsert_rows(tx, workplace, columns, [(department_id, from_on, kind.value, by, tx.now)])


def list_workplaces(tx: Tx, department_id: str) -> list[SaidWorkplace]:
    """Give what was said of a department, the earliest first; before that it is an ordinary one."""
    query = select(workplace).where(workplace.c.department_id == department_id).order_by(workplace.c.from_on)
    return [SaidWorkplace(row.from_on, Workplace(row.kind), row.said_by) for row in tx.connection.execute(query)]


def list_stays(tx: Tx, person_ids: Collection[str] | None) -> dict[str, list[Stay]]:
    """Give the departments that people were in, of those of which anything was said; None is everybody.

    Somebody who never was in such a department is left out: most people in most cities.
    """
    told = (workplace.c.department_id == post.c.department_id) & (post.c.kind == PostKind.regular)
    query = select(
        post.c.person_id,
        post.c.id,
        post.c.from_on,
        post.c.until_on,
        workplace.c.from_on.label("since_on"),
        workplace.c.kind,
    ).join_from(post, workplace, told)
    found: dict[str, dict[int, Stay]] = defaultdict(dict)
    for row in rows_of(tx, query.order_by(post.c.id, workplace.c.from_on), post.c.person_id, person_ids):
        before = found[row.person_id].get(row.id, Stay(row.from_on, row.until_on))
        place = Place(row.since_on, Workplace(row.kind))
        found[row.person_id][row.id] = Stay(row.from_on, row.until_on, (*before.places, place))
    return {person_id: list(stays.values()) for person_id, stays in found.items()}
