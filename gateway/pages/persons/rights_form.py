"""The forms that give somebody a level or end it: the same for a person, a department and a group."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, HTTPException
from pydantic import BaseModel, Field

from domain.access.rights import Subject
from gateway.operations.access.give_right import (
    RightFault,
    RightFaultError,
    give_denial,
    give_grant,
    lift_denial,
    take_grant,
)
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.visit import Visit

Reason = Annotated[str, Form(max_length=1000)]


class RightForm(BaseModel):
    """What was filled in."""

    grant: str = Field(pattern=r"^[0-9a-f]{16}$")
    level: str = Field(max_length=63)
    reason: str = Field("", max_length=1000)
    from_on: str = Field("", pattern=DATE_PATTERN)
    until_on: str = Field("", pattern=DATE_PATTERN)


RightFields = Annotated[RightForm, Form()]


def give_right(visit: Visit, subject: Subject, form: RightForm, *, denied: bool = False) -> str:
    """Grant or deny a level; gives the word of what is wrong with the form, empty when it was done.

    Raises:
        HTTPException: 404, there is no such subject.
    """
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            (give_denial if denied else give_grant)(
                tx,
                form.grant,
                subject,
                form.level,
                from_on=read_date(form.from_on),
                until_on=read_date(form.until_on),
                reason=form.reason,
                by=visit.signed_in.login,
                levels={each.id for each in context.site.levels},
            )
    except RightFaultError as error:
        if error.fault is RightFault.no_person:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        return f"right.{error.fault}"
    context.committed.set()
    return ""


def end_right(visit: Visit, subject: Subject, id_: str, reason: str, *, denied: bool = False) -> str:
    """End a grant or a denial; gives the word of what is wrong with the form, empty when it was done.

    Raises:
        HTTPException: 404, the subject has none of that id.
    """
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            found = (lift_denial if denied else take_grant)(tx, id_, subject, reason=reason, by=visit.signed_in.login)
    except RightFaultError as error:
        return f"right.{error.fault}"
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return ""
