"""Accepted explanations of a month's divergences, as they were submitted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.attendance.requests import RequestKind
from domain.workflow.states import IN_EFFECT
from store.application_tables import application
from store.tables import person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class AcceptedAnswer:
    """An explanation in effect: whose, and its content (``contract.request_content``)."""

    application_id: str
    person_id: str
    content: bytes


def list_accepted_answers(
    tx: Tx, first_on: date, last_on: date, departments: Collection[str] | None = None
) -> list[AcceptedAnswer]:
    """Give the accepted explanations of days from ``first_on`` to ``last_on``, by person and day.

    ``departments`` are those of the persons now; None is every one.
    """
    wanted = [
        application.c.kind == RequestKind.divergence.value,
        application.c.from_on >= first_on,
        application.c.from_on <= last_on,
        application.c.state.in_(sorted(state.value for state in IN_EFFECT)),
    ]
    if departments is not None:
        own = select(person.c.id).where(person.c.department_id.in_(sorted(departments)))
        wanted.append(application.c.person_id.in_(own))
    query = select(application.c.id, application.c.person_id, application.c.content).where(*wanted)
    rows = tx.connection.execute(query.order_by(application.c.person_id, application.c.from_on, application.c.id))
    return [AcceptedAnswer(row.id, row.person_id, bytes(row.content)) for row in rows]
