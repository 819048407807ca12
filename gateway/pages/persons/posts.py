"""Giving and ending what a person belongs to besides the regular post: concurrent posts, standing in for a head."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.access.rights import PersonKind, PostKind
from gateway.operations.access.place_person import Days, PlaceFault, PlaceFaultError, give_post, take_post
from gateway.pages.drawing.dates import DATE_PATTERN, FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.organisation import show_department
from gateway.pages.persons.persons_access import show
from gateway.pages.persons.rights_form import Reason
from store.directory import find_person

router = APIRouter()

FORMLESS = frozenset({PlaceFault.regular, PlaceFault.not_staff})
"""What only a form that the pages do not draw can run into; told at the top."""


class PostForm(BaseModel):
    """What was filled in; ``who`` is asked for where the page is not of a person, ``department`` where it is."""

    who: str = Field("", max_length=80)
    department: str = Field("", max_length=100)
    kind: Literal["concurrent", "acting"] = "concurrent"
    title: str = Field("", max_length=1000)
    from_on: str = Field("", pattern=DATE_PATTERN)
    until_on: str = Field("", pattern=DATE_PATTERN)
    reason: str = Field("", max_length=1000)


PostFields = Annotated[PostForm, Form()]


@router.post("/access/{person_id}/posts")
def post_persons_post(visit: Visitor, person_id: str, form: PostFields) -> Response:
    """Give a person one more post."""
    fault = _give(visit, person_id, form.department, form)
    if fault is PlaceFault.no_person:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if fault:
        return show(visit, person_id, fault=f"place_fault.{fault}", about=_about(fault), kept=form.model_dump())
    return see_other(f"/access/{person_id}")


@router.post("/organisation/{department_id}/posts")
def post_departments_post(visit: Visitor, department_id: str, form: PostFields) -> Response:
    """Give somebody a post in a department."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        person_id = find_person(tx, form.who, kind=PersonKind.staff) or ""
    fault = _give(visit, person_id, department_id, form)
    if fault is PlaceFault.no_department:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if fault:
        return show_department(
            visit, department_id, fault=f"place_fault.{fault}", about=_about(fault), kept=form.model_dump()
        )
    return see_other(f"/organisation/{department_id}")


@router.post("/access/{person_id}/posts/{post_id}/end")
def post_end(
    visit: Visitor,
    *,
    person_id: str,
    post_id: int,
    reason: Reason = "",
    last_on: FORM_DATE = "",
    department: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """End a post at once or after a day; ``department`` is the page that asked, empty for the person's."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            by = visit.signed_in.login
            found = take_post(tx, post_id, person_id, last_on=read_date(last_on), reason=reason, by=by)
    except PlaceFaultError as error:
        fault, about = f"place_fault.{error.fault}", _about(error.fault, f"post-{post_id}")
        if department:
            return show_department(visit, department, fault=fault, about=about)
        return show(visit, person_id, fault=fault, about=about)
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return see_other(f"/organisation/{department}" if department else f"/access/{person_id}")


def _about(fault: PlaceFault, form: str = "post") -> str:
    return "top" if fault in FORMLESS else form


def _give(visit: Visit, person_id: str, department_id: str, form: PostForm) -> PlaceFault | None:
    context = visit.pages.context
    days = Days(read_date(form.from_on), read_date(form.until_on))
    try:
        with context.store.transaction(context.now()) as tx:
            give_post(
                tx,
                person_id,
                department_id,
                PostKind(form.kind),
                days,
                title=form.title,
                reason=form.reason,
                by=visit.signed_in.login,
                own=visit.signed_in.person_id or "",
            )
    except PlaceFaultError as error:
        return error.fault
    context.committed.set()
    return None
