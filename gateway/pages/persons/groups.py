"""Groups of people beside the departments: who belongs to them when, and what each is given and denied."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.access.rights import Subject, SubjectKind
from domain.civil import JST
from gateway.operations.access.give_right import REASON_LENGTH_MAX
from gateway.operations.access.place_person import (
    NAME_LENGTH_MAX,
    Days,
    PlaceFaultError,
    join_group,
    leave_group,
    make_group,
)
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import DATE_PATTERN, FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.rights_form import Reason
from gateway.pages.persons.subject_rights import SubjectPage, add_rights_forms
from store.denials import list_denials
from store.directory import find_person
from store.groups import count_members, list_groups, list_members, load_group
from store.rights import list_grants, list_reached

router = APIRouter()


class MemberForm(BaseModel):
    """What was filled in."""

    who: str = Field("", max_length=80)
    from_on: str = Field("", pattern=DATE_PATTERN)
    until_on: str = Field("", pattern=DATE_PATTERN)
    reason: str = Field("", max_length=1000)


@router.get("/groups")
def get_groups(visit: Visitor) -> Response:
    """Show all groups."""
    return _show_groups(visit)


@router.post("/groups")
def post_group(
    visit: Visitor,
    group: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],
    name: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Make a group."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            make_group(tx, group, name, by=visit.signed_in.login)
    except PlaceFaultError as error:
        return _show_groups(visit, fault=f"place_fault.{error.fault}", name=name)
    return see_other(f"/groups/{group}")


@router.get("/groups/{group_id}")
def get_group(visit: Visitor, group_id: str) -> Response:
    """Show a group: members and levels."""
    return show_group(visit, group_id)


@router.post("/groups/{group_id}/members")
def post_member(visit: Visitor, group_id: str, form: Annotated[MemberForm, Form()]) -> Response:
    """Let somebody belong to a group."""
    context = visit.pages.context
    days = Days(read_date(form.from_on), read_date(form.until_on))
    try:
        with context.store.transaction(context.now()) as tx:
            who = find_person(tx, form.who) or ""
            found = join_group(tx, group_id, who, days, reason=form.reason, by=visit.signed_in.login)
    except PlaceFaultError as error:
        return show_group(visit, group_id, fault=f"place_fault.{error.fault}", about="member", kept=form.model_dump())
    return _done(visit, group_id, found=found)


@router.post("/groups/{group_id}/members/{member_id}/end")
def post_member_end(
    visit: Visitor, group_id: str, member_id: int, reason: Reason = "", last_on: FORM_DATE = ""
) -> Response:
    """End a membership at once or after a day."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            by = visit.signed_in.login
            found = leave_group(tx, group_id, member_id, last_on=read_date(last_on), reason=reason, by=by)
    except PlaceFaultError as error:
        return show_group(visit, group_id, fault=f"place_fault.{error.fault}", about=f"member-{member_id}")
    return _done(visit, group_id, found=found)


def show_group(
    visit: Visit, group_id: str, *, fault: str = "", about: str = "", kept: Mapping[str, str] | None = None
) -> Response:
    """Show the page; with a ``fault`` of the form that was sent, ``about`` names the form, ``kept`` what was typed."""
    context = visit.pages.context
    own = Subject(SubjectKind.group, group_id)
    with context.store.reading(context.now()) as tx:
        today = tx.now.astimezone(JST).date()
        group = load_group(tx, group_id)
        if group is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        members = [each for each in list_members(tx, group_id) if each.until_on is None or each.until_on >= today]
        grants = [each for each in list_grants(tx, [own]) if not each.valid_until or each.valid_until > tx.now]
        denials = [each for each in list_denials(tx, [own]) if each.until_on is None or each.until_on >= today]
        reached = list_reached(tx, [own])
    return visit.render(
        "persons/group.html",
        group=group,
        members=members,
        grants=grants,
        denials=denials,
        reached=None if reached is None else len(reached),
        levels={each.id: each.name for each in context.site.levels},
        gives=visit.may(Right.give_rights),
        reason_max=REASON_LENGTH_MAX,
        fault=fault,
        about=about,
        kept=kept or {},
        now=tx.now,
        today=today,
    )


def _show_groups(visit: Visit, *, fault: str = "", name: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        groups = list_groups(tx)
        members = count_members(tx, tx.now.astimezone(JST).date())
    return visit.render(
        "persons/groups.html",
        groups=groups,
        members=members,
        gives=visit.may(Right.give_rights),
        name=name,
        name_max=NAME_LENGTH_MAX,
        fault=fault,
    )


def _done(visit: Visit, group_id: str, *, found: bool) -> Response:
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    visit.pages.context.committed.set()
    return see_other(f"/groups/{group_id}")


add_rights_forms(router, SubjectPage("/groups", "group_id", SubjectKind.group, show_group))
