"""What waits for a decision: light rows of all that a person may come to decide, then the few that are shown."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from domain.workflow.inbox import Reach, Waiting
from domain.workflow.route import StepRole
from store.application_tables import application
from store.bulk import batched
from store.tx import Tx


def list_waiting(tx: Tx, reach: Reach) -> list[Waiting]:
    """Give what waits within a reach, the longest waiting first."""
    found: dict[str, tuple[tuple[datetime, str], Waiting]] = {}
    columns = ("id", "department_id", "waits_for", "person_id", "applicant_id", "filed_at")
    for wanted in _list_wanted(reach):
        query = select(*(application.c[name] for name in columns)).where(application.c.waits_for.is_not(None), wanted)
        for each, department_id, role, person_id, applicant_id, filed_at in tx.connection.execute(query):
            row = Waiting(each, department_id, StepRole(role), frozenset((person_id, applicant_id)))
            found[each] = ((filed_at, each), row)
    return [row for _, row in sorted(found.values(), key=lambda each: each[0])]


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


def _list_wanted(reach: Reach) -> list[ColumnElement[bool]]:
    departments = [
        and_(application.c.waits_for == role.value, application.c.department_id.in_(some))
        for role, ids in reach.departments.items()
        for some in batched(sorted(ids))
    ]
    named = [
        or_(application.c.person_id.in_(some), application.c.applicant_id.in_(some))
        for some in batched(sorted(reach.named))
    ]
    return departments + named
