"""Who looked at whose events: the auditor's list of looks."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.pages.entrance.guard import Visitor
from store.read_log import list_readings

router = APIRouter()

READS_MAX = 100


@router.get("/reads")
def get_reads(
    visit: Visitor,
    who: Annotated[str, Query(max_length=80)] = "",
    login: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
) -> Response:
    """Show the latest looks: of everybody, at one person, or by one account."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        lines = list_readings(
            tx, person_id=who.strip() or None, login=login.strip() or None, before_id=before, limit=READS_MAX + 1
        )
    shown = lines[:READS_MAX]
    older = shown[-1].id if len(lines) > READS_MAX else None
    return visit.render("records/reads.html", lines=shown, older=older, who=who, login=login, now=context.now())
