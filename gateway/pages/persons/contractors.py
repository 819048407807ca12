"""Contractors (委託業者): who works here for another company, until when, and who of the staff answers for them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.access.rights import PersonKind
from domain.civil import JST
from gateway.operations.access.keep_contractor import (
    REASON_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Agreement,
    ContractorFaultError,
    change_contractor,
    make_contractor,
)
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.contractors import list_contractors, load_terms
from store.directory import find_person, load_directory_line
from store.tx import Tx

router = APIRouter()

PERSON_PREFIX = "contractor-"


class TermsForm(BaseModel):
    """What was filled in."""

    company: str = Field("", max_length=1000)
    sponsor: str = Field("", max_length=80)
    until_on: str = Field("", pattern=DATE_PATTERN)
    reason: str = Field("", max_length=1000)


class ContractorForm(TermsForm):
    """What was filled in about somebody new."""

    contractor: str = Field(pattern=r"^[0-9a-f]{16}$")
    name: str = Field("", max_length=1000)
    kana: str = Field("", max_length=1000)


@router.get("/contractors")
def get_contractors(visit: Visitor) -> Response:
    """Show everybody of other companies who works here, and the form for one more."""
    return _show(visit)


@router.post("/contractors")
def post_contractor(visit: Visitor, form: Annotated[ContractorForm, Form()]) -> Response:
    """Let somebody work here; levels and cards follow on the person's own page."""
    context = visit.pages.context
    person_id = f"{PERSON_PREFIX}{form.contractor}"
    try:
        with context.store.transaction(context.now()) as tx:
            make_contractor(tx, person_id, form.name, form.kana, _read(tx, form), by=visit.signed_in.login)
    except ContractorFaultError as error:
        return _show(visit, fault=f"contractor_fault.{error.fault}", kept=form.model_dump())
    context.committed.set()
    return see_other(f"/access/{person_id}")


@router.get("/contractors/{person_id}")
def get_contractor(visit: Visitor, person_id: str) -> Response:
    """Show what is agreed on a contractor."""
    return _show_terms(visit, person_id)


@router.post("/contractors/{person_id}")
def post_terms(visit: Visitor, person_id: str, form: Annotated[TermsForm, Form()]) -> Response:
    """Agree otherwise: another sponsor, another last day."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            found = change_contractor(tx, person_id, _read(tx, form), by=visit.signed_in.login)
    except ContractorFaultError as error:
        return _show_terms(visit, person_id, fault=f"contractor_fault.{error.fault}", kept=form.model_dump())
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return see_other(f"/access/{person_id}")


def _read(tx: Tx, form: TermsForm) -> Agreement:
    sponsor_id = find_person(tx, form.sponsor, kind=PersonKind.staff)
    return Agreement(form.company, sponsor_id, read_date(form.until_on), form.reason)


def _show(visit: Visit, *, fault: str = "", kept: Mapping[str, str] | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        today = tx.now.astimezone(JST).date()
        contractors = list_contractors(tx, today)
    return visit.render(
        "persons/contractors.html",
        contractors=contractors,
        gives=visit.may(Right.give_rights),
        text_max=TEXT_LENGTH_MAX,
        reason_max=REASON_LENGTH_MAX,
        today=today,
        fault=fault,
        kept=kept or {},
    )


def _show_terms(visit: Visit, person_id: str, *, fault: str = "", kept: Mapping[str, str] | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        person, terms = load_directory_line(tx, person_id), load_terms(tx, person_id)
        if person is None or not terms:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        sponsors = {each.sponsor_id: load_directory_line(tx, each.sponsor_id) for each in terms}
    newest = terms[0]
    standing = {
        "company": newest.company,
        "sponsor": newest.sponsor_id,
        "until_on": newest.until_on.isoformat(),
    }
    return visit.render(
        "persons/contractor.html",
        person=person,
        terms=terms,
        sponsors={id_: line.name for id_, line in sponsors.items() if line is not None},
        gives=visit.may(Right.give_rights),
        text_max=TEXT_LENGTH_MAX,
        reason_max=REASON_LENGTH_MAX,
        today=tx.now.astimezone(JST).date(),
        now=tx.now,
        fault=fault,
        kept=kept or standing,
    )
