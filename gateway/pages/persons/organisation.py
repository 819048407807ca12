"""The organisation: the tree of departments, who heads and who belongs where, what each is given and denied."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.access.rights import PostKind, Subject, SubjectKind, list_below
from domain.attendance.facts import Workplace
from domain.civil import JST
from gateway.operations.access.give_right import REASON_LENGTH_MAX
from gateway.operations.access.place_person import NAME_LENGTH_MAX
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.organisation_view import derive_tree, list_above
from gateway.pages.persons.subject_rights import SubjectPage, add_rights_forms
from store.denials import list_denials
from store.organisation import list_placed, list_units, save_parent
from store.rights import list_grants, list_reached
from store.workplaces import list_workplaces, save_workplace

router = APIRouter()


@router.get("/organisation")
def get_organisation(visit: Visitor) -> Response:
    """Show the tree of departments."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        units = list_units(tx, tx.now.astimezone(JST).date())
    return visit.render(
        "persons/organisation.html",
        tree=derive_tree(units),
        departments=len(units),
        people=sum(each.people for each in units),
    )


@router.get("/organisation/{department_id}")
def get_department(visit: Visitor, department_id: str) -> Response:
    """Show a department: posts and levels."""
    return show_department(visit, department_id)


@router.post("/organisation/{department_id}/parent")
def post_parent(visit: Visitor, department_id: str, parent: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Let a department lie below another; HR's file does not say which does."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        units = {each.id: each for each in list_units(tx, tx.now.astimezone(JST).date())}
        below = list_below(department_id, {each.id: each.parent_id for each in units.values() if each.parent_id})
        if department_id not in units or (parent and (parent not in units or parent in below)):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        save_parent(tx, department_id, parent or None)
    context.committed.set()
    return see_other(f"/organisation/{department_id}")


@router.post("/organisation/{department_id}/workplace")
def post_workplace(
    visit: Visitor, department_id: str, kind: Annotated[Workplace, Form()], from_on: FORM_DATE = ""
) -> Response:
    """Say which overtime caps hold in a department from a day on; today without one."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        today = tx.now.astimezone(JST).date()
        if department_id not in {each.id for each in list_units(tx, today)}:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        save_workplace(tx, department_id, read_date(from_on) or today, kind, by=visit.signed_in.login)
    return see_other(f"/organisation/{department_id}")


def show_department(
    visit: Visit, department_id: str, *, fault: str = "", about: str = "", kept: Mapping[str, str] | None = None
) -> Response:
    """Show the page; with a ``fault`` of the form that was sent, ``about`` names the form, ``kept`` what was typed."""
    context = visit.pages.context
    own = Subject(SubjectKind.department, department_id)
    with context.store.reading(context.now()) as tx:
        today = tx.now.astimezone(JST).date()
        units = {each.id: each for each in list_units(tx, today)}
        if department_id not in units:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        above = list_above(department_id, units.values())
        subjects = [own, *(Subject(SubjectKind.department, each.id) for each in above)]
        grants = [each for each in list_grants(tx, subjects) if not each.valid_until or each.valid_until > tx.now]
        denials = [each for each in list_denials(tx, subjects) if each.until_on is None or each.until_on >= today]
        placed = list_placed(tx, department_id, today)
        reached = list_reached(tx, [own])
        workplaces = list_workplaces(tx, department_id)
    parents = {each.id: each.parent_id for each in units.values() if each.parent_id}
    return visit.render(
        "persons/department.html",
        unit=units[department_id],
        above=above,
        below=[each for each in units.values() if each.parent_id == department_id],
        others=[each for each in units.values() if each.id not in list_below(department_id, parents)],
        departments={each.id: each.name for each in units.values()},
        grants=grants,
        denials=denials,
        placed=placed,
        reached=None if reached is None else len(reached),
        post_kinds=(PostKind.concurrent, PostKind.acting),
        levels={each.id: each.name for each in context.site.levels},
        workplaces=workplaces,
        workplace_kinds=list(Workplace),
        says=visit.may(Right.keep_attendance),
        gives=visit.may(Right.give_rights),
        orders=visit.may(Right.end_people),
        reason_max=REASON_LENGTH_MAX,
        title_max=NAME_LENGTH_MAX,
        fault=fault,
        about=about,
        kept=kept or {},
        now=tx.now,
        today=today,
    )


add_rights_forms(router, SubjectPage("/organisation", "department_id", SubjectKind.department, show_department))
