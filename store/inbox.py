"""What waits for a decision: how much of it in each pile, the oldest of some piles, and matters of those who decide.

A pile is what waits for one role's word in one department: who is nobody's decider bars nobody, so whoever decides one
application of a pile decides all of them. Only the own matters of those who decide something are looked at one by one.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from domain.workflow.inbox import Waiting
from domain.workflow.route import StepRole
from store.application_tables import application
from store.bulk import batched
from store.tx import Tx


class Dated(NamedTuple):
    """Something that waits, with what its place in the list goes by."""

    filed_at: datetime
    id: str
    waiting: Waiting


def count_piles(tx: Tx, departments: Mapping[StepRole, Collection[str]]) -> dict[tuple[StepRole, str], int]:
    """Count what waits, by role and department; a pile with nothing in it is left out."""
    found: dict[tuple[StepRole, str], int] = {}
    for wanted in _list_piles(departments):
        rows = tx.connection.execute(
            select(application.c.waits_for, application.c.department_id, func.count())
            .where(wanted)
            .group_by(application.c.waits_for, application.c.department_id)
        )
        found |= {(StepRole(role), department_id): many for role, department_id, many in rows}
    return found


def list_oldest(tx: Tx, departments: Mapping[StepRole, Collection[str]], *, limit: int) -> list[Dated]:
    """Give the longest waiting of some piles, at most so many."""
    found: list[Dated] = []
    for wanted in _list_piles(departments):
        found += _list(tx, _ROWS.where(wanted).order_by(application.c.filed_at, application.c.id).limit(limit))
    return sorted(found)[:limit]


def list_matters_of(tx: Tx, named: Collection[str]) -> list[Dated]:
    """Give what waits and is the own matter of somebody named, the longest waiting first."""
    found: dict[str, Dated] = {}
    for some in batched(sorted(named)):
        own = or_(application.c.person_id.in_(some), application.c.applicant_id.in_(some))
        found |= {each.id: each for each in _list(tx, _ROWS.where(application.c.waits_for.is_not(None), own))}
    return sorted(found.values())


def count_applications(tx: Tx, person_id: str, first_on: date, last_on: date) -> dict[str, int]:
    """Count a person's applications that speak of a day between two, by state (``domain.workflow.states.State``)."""
    wanted = (
        application.c.person_id == person_id,
        application.c.from_on <= last_on,
        application.c.until_on >= first_on,
    )
    rows = tx.connection.execute(
        select(application.c.state, func.count().label("many")).where(*wanted).group_by(application.c.state)
    )
    return {row.state: row.many for row in rows}


_ROWS = select(
    *(application.c[name] for name in ("id", "department_id", "waits_for", "person_id", "applicant_id", "filed_at"))
)


def _list(tx: Tx, query: Select[Any]) -> list[Dated]:
    return [
        Dated(filed_at, each, Waiting(each, department_id, StepRole(role), frozenset((person_id, applicant_id))))
        for each, department_id, role, person_id, applicant_id, filed_at in tx.connection.execute(query)
    ]


def _list_piles(departments: Mapping[StepRole, Collection[str]]) -> list[ColumnElement[bool]]:
    return [
        and_(application.c.waits_for == role.value, application.c.department_id.in_(some))
        for role, ids in departments.items()
        for some in batched(sorted(ids))
    ]
