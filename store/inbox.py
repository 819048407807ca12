"""What waits for a decision: light rows for a whole city, then the few that are shown."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, func, literal_column, select

from domain.workflow.inbox import Waiting, waiting_role
from domain.workflow.route import StepRole
from store.application_tables import application
from store.bulk import batched
from store.tx import Tx

WAITS = "state IN ('submitted', 'cancelling')"
"""The condition of the partial index, in its very words."""


def list_waiting(tx: Tx, department_ids: Collection[str] | None = None) -> list[Waiting]:
    """Give what waits, of these departments or of all, the longest waiting first."""
    if department_ids is None:
        return _waiting(tx, _select_waiting())
    found: list[Waiting] = []
    for some in batched(sorted(department_ids)):
        found += _waiting(tx, _select_waiting().where(application.c.department_id.in_(some)))
    return found


def count_applications(tx: Tx, person_id: str, first_on: date, last_on: date) -> dict[str, int]:
    """Count a person's applications that speak of a day between two, by state (``domain.workflow.states.State``)."""
    rows = tx.connection.execute(
        select(application.c.state, func.count().label("many"))
        .where(
            application.c.person_id == person_id, application.c.from_on <= last_on, application.c.until_on >= first_on
        )
        .group_by(application.c.state)
    )
    return {row.state: row.many for row in rows}


def _select_waiting() -> Select[Any]:
    return (
        select(
            application.c.id,
            application.c.department_id,
            application.c.route,
            application.c.step,
            application.c.person_id,
            application.c.applicant_id,
        )
        .where(literal_column(WAITS))
        .order_by(application.c.filed_at, application.c.id)
    )


def _waiting(tx: Tx, query: Select[Any]) -> list[Waiting]:
    routes: dict[str, tuple[StepRole, ...]] = {}
    found = []
    for application_id, department_id, words, step, person_id, applicant_id in tx.connection.execute(query):
        route = routes.get(words)
        if route is None:
            route = routes[words] = tuple(StepRole(word) for word in words.split())
        own = frozenset((person_id, applicant_id))
        found.append(Waiting(application_id, department_id, waiting_role(route, step), own))
    return found
