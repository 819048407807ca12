"""What is kept about one key at its page: copies, who answers for it, who may take it, photographs."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.civil import civil_minute, instant
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Copy, Custodian, CustodianRole, Target, TargetKind
from domain.keys.key_fault import Why, refuse
from gateway.operations.keys.give_entitlement import approve_long_loan, end_entitlement, give_entitlement
from gateway.operations.keys.register_key import (
    PHOTO_BYTES_MAX,
    add_photo,
    keep_custodian,
    register_copy,
    release_custodian,
)
from gateway.pages.drawing.dates import DATE_PATTERN, FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.keys.key_acts import FormId, Words, read_place
from gateway.pages.keys.key_page import do_about_key
from store.directory import find_person
from store.key_entitlements import load_entitlement
from store.key_rings import list_rings_of
from store.keys import KeyPhoto, delete_photo, list_copies_of, list_photos
from store.tx import Tx

router = APIRouter()

Short = Annotated[str, Form(max_length=80)]


class CopyForm(BaseModel):
    """A new copy as it was typed."""

    request: str = Field(pattern=r"^[0-9a-f]{16}$")
    stamped: str = Field("", max_length=200)
    duplicate: str = Field("", max_length=8)
    home: str = Field("", max_length=63)
    hook: str = Field("", max_length=8)
    maker: str = Field("", max_length=1000)
    made_on: str = Field("", pattern=DATE_PATTERN)


class EntitlementForm(BaseModel):
    """Who is to be entitled, as it was typed."""

    request: str = Field(pattern=r"^[0-9a-f]{16}$")
    who: str = Field("", max_length=80)
    department: str = Field("", max_length=63)
    role: str = Field("", max_length=63)
    from_on: str = Field("", pattern=DATE_PATTERN)
    until_on: str = Field("", pattern=DATE_PATTERN)
    due: str = Field("", max_length=20)


@router.post("/keys/{key_id}/copies")
def post_copy(visit: Visitor, key_id: str, form: Annotated[CopyForm, Form()]) -> Response:
    """Register a copy; its id is the form's, for a label needs a short one that nobody has to think of."""

    def act(tx: Tx) -> str:
        number = int(form.duplicate) if form.duplicate.isascii() and form.duplicate.isdecimal() else -1
        copy = Copy(
            form.request,
            key_id,
            form.stamped.strip(),
            number,
            form.maker.strip(),
            read_date(form.made_on),
            home=read_place(form.home, form.hook),
        )
        register_copy(tx, form.request, copy, by=visit.signed_in.login)
        return f"/keys/{key_id}#copy-{form.request}"

    return do_about_key(visit, key_id, "copies", act, registers=True, kept=form.model_dump())


@router.post("/keys/{key_id}/custodians")
def post_custodian(
    visit: Visitor,
    *,
    key_id: str,
    role: Annotated[CustodianRole, Form()] = CustodianRole.room,
    who: Short = "",
    every: Annotated[bool, Form()] = False,
) -> Response:
    """Let somebody answer for the key, or for ``every`` key, from today on."""

    def act(tx: Tx) -> None:
        person_id = find_person(tx, who)
        if person_id is None:
            raise refuse("custodian", Why.unknown)
        keep_custodian(tx, Custodian(role, person_id, civil_minute(tx.now)[0], None if every else key_id))

    return do_about_key(visit, key_id, "custodians", act, registers=True, kept={"who": who, "role": role.value})


@router.post("/keys/{key_id}/custodians/end")
def post_custodian_end(
    visit: Visitor,
    *,
    key_id: str,
    role: Annotated[CustodianRole, Form()] = CustodianRole.room,
    person: Short = "",
    from_on: FORM_DATE = "",
    every: Annotated[bool, Form()] = False,
) -> Response:
    """Let somebody answer for the key, or for ``every`` key, until today, the last day."""

    def act(tx: Tx) -> None:
        begun_on = read_date(from_on) or civil_minute(tx.now)[0]
        release_custodian(tx, Custodian(role, person, begun_on, None if every else key_id))

    return do_about_key(visit, key_id, "custodians", act, registers=True, kept={"who": "", "role": role.value})


@router.post("/keys/{key_id}/entitlements")
def post_entitlement(visit: Visitor, key_id: str, form: Annotated[EntitlementForm, Form()]) -> Response:
    """Let a person, a department or a role take the key, or the rings that its copies hang on."""

    def act(tx: Tx) -> None:
        taker = _read_taker(tx, form)
        source = Source.person if taker.kind is TakerKind.person else Source.role
        begins = read_date(form.from_on) or civil_minute(tx.now)[0]
        ends = read_date(form.until_on)
        until_at = None if ends is None else instant(ends + timedelta(days=1), 0)
        for number, target in enumerate(_find_targets(tx, key_id)):
            id_ = form.request if not number else f"{form.request}-{number}"
            given = Entitlement(
                id_, source, visit.signed_in.login, taker, target, instant(begins, 0), until_at, _read_due(form.due)
            )
            give_entitlement(tx, given, by=visit.signed_in.login)

    return do_about_key(visit, key_id, "entitlements", act, registers=True, kept=form.model_dump())


@router.post("/keys/{key_id}/entitlements/{entitlement_id}/end")
def post_entitlement_end(visit: Visitor, key_id: str, entitlement_id: str, reason: Words = "") -> Response:
    """End an entitlement now."""

    def act(tx: Tx) -> None:
        _demand_own(tx, key_id, entitlement_id)
        end_entitlement(tx, entitlement_id, by=visit.signed_in.login, reason=reason)

    return do_about_key(visit, key_id, f"end-{entitlement_id}", act, registers=True, kept={"reason": reason})


@router.post("/keys/{key_id}/entitlements/{entitlement_id}/approval")
def post_approval(visit: Visitor, key_id: str, entitlement_id: str) -> Response:
    """Approve long loans under an entitlement that somebody else gave."""

    def act(tx: Tx) -> None:
        _demand_own(tx, key_id, entitlement_id)
        approve_long_loan(tx, entitlement_id, by=visit.signed_in.login)

    return do_about_key(visit, key_id, f"approval-{entitlement_id}", act, registers=True)


@router.post("/keys/new/photo")
def post_photo(visit: Visitor, request: FormId, key: Short, photo: UploadFile) -> Response:
    """Keep a photograph of a key."""
    content = photo.file.read(PHOTO_BYTES_MAX + 1)

    def act(tx: Tx) -> None:
        add_photo(tx, KeyPhoto(request, key, tx.now, visit.signed_in.login), content)

    return do_about_key(visit, key, "photos", act, registers=True)


@router.post("/keys/{key_id}/photos/{photo_id}/removal")
def post_photo_removal(visit: Visitor, key_id: str, photo_id: str) -> Response:
    """Take a photograph away."""

    def act(tx: Tx) -> None:
        if not any(each.id == photo_id for each in list_photos(tx, key_id)):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        delete_photo(tx, photo_id)

    return do_about_key(visit, key_id, "photos", act, registers=True)


def _read_taker(tx: Tx, form: EntitlementForm) -> Taker:
    given = [each for each in (form.who.strip(), form.department, form.role) if each]
    if len(given) != 1:
        raise refuse("borrower", Why.malformed, expected="1")
    if form.department:
        return Taker(TakerKind.department, form.department)
    if form.role:
        return Taker(TakerKind.role, form.role)
    person_id = find_person(tx, form.who)
    if person_id is None:
        raise refuse("borrower", Why.unknown)
    return Taker(TakerKind.person, person_id)


def _find_targets(tx: Tx, key_id: str) -> list[Target]:
    """Give what is lent of a key: the key itself, or the rings where every copy hangs on one."""
    copies = list_copies_of(tx, [key_id])
    rings = list_rings_of(tx, copies)
    if rings and not copies.keys() - rings.keys():
        return [Target(TargetKind.ring, each) for each in sorted(set(rings.values()))]
    return [Target(TargetKind.key, key_id)]


def _read_due(text: str) -> DueRule:
    kind, _, value = text.partition(":")
    hours, _, minutes = value.partition(":")
    if kind not in (DueKind.relative, DueKind.office_day) or not (hours + minutes).isdecimal():
        raise refuse("due_at", Why.malformed, expected="office_day, relative")
    return DueRule(DueKind(kind), int(hours) * 60 + int(minutes or 0))


def _demand_own(tx: Tx, key_id: str, entitlement_id: str) -> None:
    given = load_entitlement(tx, entitlement_id)
    if given is None or given.entitlement.target not in {
        Target(TargetKind.key, key_id),
        *(Target(TargetKind.ring, each) for each in list_rings_of(tx, list_copies_of(tx, [key_id])).values()),
    }:
        raise HTTPException(HTTPStatus.NOT_FOUND)
