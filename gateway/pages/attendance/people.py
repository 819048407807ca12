"""The people whose months a visitor may see, by department."""

from itertools import groupby

from fastapi import APIRouter
from starlette.responses import Response

from domain.civil import JST
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from store.directory import list_people_by_department

router = APIRouter()


@router.get("/people")
def get_people(visit: Visitor) -> Response:
    """Show the own departments to a 所属長, everybody to HR and the auditor."""
    context = visit.pages.context
    now = context.now()
    departments = None if visit.may(Right.all_months) else visit.signed_in.heads
    with context.store.reading(now) as tx:
        people = list_people_by_department(tx, departments)
    groups = [(name, list(lines)) for name, lines in groupby(people, key=lambda line: line.department)]
    return visit.render("attendance/people.html", groups=groups, period=f"{now.astimezone(JST):%Y-%m}")
