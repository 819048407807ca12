"""People's cards: finding a person, what each card is worth, its PIN, and waiting for a new one."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from contract.tokens import pin_verifier
from domain.access.policy import CredentialStatus
from domain.ids import TOKEN_PATTERN, CredentialToken
from gateway.operations.access.change_card import (
    REASON_LENGTH_MAX,
    CardFaultError,
    change_allowances,
    change_status,
    replace_card,
)
from gateway.operations.access.enrol_card import LABEL_LENGTH_MAX, EnrolFaultError, enrol_card
from gateway.operations.access.set_pin import PinKind, assess_pin, remove_pins, set_pin
from gateway.pages.access.rights import Right
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.persons_access import show
from gateway.pages.persons.persons_cards import CARD_VIEW, Allowance, list_card_views
from gateway.site.keys import ensure_site_key
from store.cards import DeskCard, count_key_versions, list_card_changes
from store.directory import load_directory_line, search_people
from store.enrolments import load_last_reader

router = APIRouter()

FOUND_MAX = 50
CHANGES_MAX = 20

Token = Annotated[str, Form(pattern=TOKEN_PATTERN)]
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]


@router.get("/cards")
def get_cards(visit: Visitor, q: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Find a person; tells also how many cards were seen with which key."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = search_people(tx, q, limit=FOUND_MAX + 1) if q.strip() else []
        keys = count_key_versions(tx)
    return visit.render(
        "persons/cards.html", q=q, found=found[:FOUND_MAX], more=len(found) > FOUND_MAX, found_max=FOUND_MAX, keys=keys
    )


@router.get("/cards/{person_id}")
def get_persons_cards(visit: Visitor, person_id: str) -> Response:
    """Show a person's cards."""
    return _show(visit, person_id)


@router.post("/cards/{person_id}/status")
def post_status(
    visit: Visitor,
    *,
    person_id: str,
    token: Token,
    status: Annotated[CredentialStatus, Form()],
    reason: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[Literal["cards", "access"], Form()] = "cards",
) -> Response:
    """Move a card to a status: what the doors make of it follows with the next policy."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            found = change_status(
                tx, token, person_id=person_id, status=status, by=visit.signed_in.login, reason=reason
            )
    except CardFaultError as error:
        if back == "access":
            return show(visit, person_id, fault=f"card_fault.{error.fault}", about=token)
        return _show(visit, person_id, fault=f"card_fault.{error.fault}", about=token)
    context.committed.set()
    return _lead_back(person_id, found=found, to=back)


@router.post("/cards/{person_id}/replacement")
def post_replacement(
    visit: Visitor,
    person_id: str,
    token: Token,
    replaced: Token,
    back: Annotated[Literal["cards", "access"], Form()] = "cards",
) -> Response:
    """Write down that a card took another's place."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            found = replace_card(tx, token, person_id=person_id, replaced=replaced, by=visit.signed_in.login)
    except CardFaultError as error:
        return _show(visit, person_id, fault=f"card_fault.{error.fault}", about=token)
    return _lead_back(person_id, found=found, to=back)


@router.post("/cards/{person_id}/allowances")
def post_allowances(
    visit: Visitor,
    person_id: str,
    token: Token,
    allowed: Annotated[list[Allowance], Form(default_factory=list)],
) -> Response:
    """Set what a card is allowed and needs; what is not ticked is not."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        found = change_allowances(
            tx,
            token,
            person_id=person_id,
            escorted="escorted" in allowed,
            passback_exempt="passback_exempt" in allowed,
            extended="extended" in allowed,
            by=visit.signed_in.login,
        )
    return _lead_back(person_id, found=found)


@router.post("/cards/{person_id}/pin")
def post_pin(
    visit: Visitor,
    *,
    person_id: str,
    token: Token,
    kind: Annotated[PinKind, Form()],
    pin: Annotated[str, Form(max_length=100)] = "",
    again: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Set a PIN, typed twice; it is shown to nobody and only its verifier is kept."""
    context = visit.pages.context
    fault = assess_pin(pin, again)
    if fault is None:
        site_key = ensure_site_key(context.settings.site_key_file)
        verifier = pin_verifier(site_key, CredentialToken(token), pin)
        with context.store.transaction(context.now()) as tx:
            fault = set_pin(tx, token, kind, verifier, person_id=person_id, by=visit.signed_in.login)
    if fault is not None:
        return _show(visit, person_id, fault=f"pin.{fault}", about=token)
    return _lead_back(person_id, found=True)


@router.post("/cards/{person_id}/pin/remove")
def post_pin_removal(visit: Visitor, person_id: str, token: Token) -> Response:
    """Take a card's PINs away."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        found = remove_pins(tx, token, person_id=person_id, by=visit.signed_in.login)
    return _lead_back(person_id, found=found)


@router.post("/cards/{person_id}/enrolments")
def post_enrolment(
    visit: Visitor,
    person_id: str,
    enrolment: FormId,
    reader: Annotated[str, Form(max_length=63)],
    label: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Wait for the next card at a reader."""
    context = visit.pages.context
    readers = {each.id for each in context.site.readers}
    try:
        with context.store.transaction(context.now()) as tx:
            enrol_card(
                tx,
                enrolment,
                person_id=person_id,
                reader_id=reader,
                label=label,
                by=visit.signed_in.login,
                readers=readers,
            )
    except EnrolFaultError as error:
        return _show(visit, person_id, fault=f"enrol.{error.fault}", reader=reader, label=label)
    context.committed.set()
    return see_other(f"/enrolments/{enrolment}")


def _lead_back(person_id: str, *, found: bool, to: str = "cards") -> Response:
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return see_other(f"/{to}/{person_id}")


def _show(
    visit: Visit, person_id: str, *, fault: str = "", about: str = "", reader: str = "", label: str = ""
) -> Response:
    """Show the person's cards; with a ``fault`` of the form that was sent, about a card or about a new one."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        who = load_directory_line(tx, person_id)
        cards = list_card_views(tx, person_id)
        changes = list_card_changes(tx, person_id, limit=CHANGES_MAX)
        last_reader = load_last_reader(tx, visit.signed_in.login)
    if who is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        "persons/persons_cards.html",
        person=who,
        cards=cards,
        changes=changes,
        readers=list_readers(visit),
        chosen=reader or last_reader or "",
        label=label or _next_label(person_id, [view.card for view in cards]),
        label_max=LABEL_LENGTH_MAX,
        keeps=visit.may(Right.keep_cards),
        reason_max=REASON_LENGTH_MAX,
        **CARD_VIEW,
        fault=fault,
        about=about if about in {view.card.token for view in cards} else "",
        back="cards",
        now=tx.now,
    )


def _next_label(person_id: str, cards: list[DeskCard]) -> str:
    """Propose a label that none of the person's cards has."""
    taken = {card.label for card in cards}
    return next(name for number in range(1, len(cards) + 2) if (name := f"{person_id}-{number}") not in taken)
