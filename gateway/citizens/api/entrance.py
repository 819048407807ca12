"""Registering and signing in by a code, as on the pages: nothing tells whether an address is registered."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials

from domain.facilities.check_reservee import ReserveeEntry
from domain.facilities.confirmation import ContactWay
from domain.facilities.contact import is_email, tidy_email
from domain.facilities.reservee import ReserveeKind
from domain.facilities.reservee_fault import ReserveeFault, ReserveeFaultsError, ReserveeWhy
from gateway.bookings.acting import SELF
from gateway.citizens.api.bodies import CodeAsked, CodeEntered, Entry, Registration, SessionBody
from gateway.citizens.api.callers import BEARER, Citizen, Client, Housed
from gateway.citizens.api.problems import ProblemError, describe_problems, refuse_reservee_faults
from gateway.citizens.guard import find_session
from gateway.citizens.guest import House
from gateway.citizens.registration import demand_own_entry
from gateway.citizens.sessions import begin_session, key_of_codes, send_code
from gateway.operations.facilities.confirm_contact import confirm_contact
from gateway.operations.facilities.register_reservee import register_reservee
from gateway.operations.identity.session_tokens import hash_token
from store.citizen_sessions import delete_citizen_session
from store.reservees import list_reservees_at

router = APIRouter(tags=["sessions"])


@router.post("/reservees", status_code=HTTPStatus.ACCEPTED, responses=describe_problems())
def register(house: Housed, _: Client, body: Registration) -> Entry:
    """Register a citizen or a group, and send a code to the address."""
    _demand_patience(house, body.email)
    told = body.model_dump() | {"kind": ReserveeKind(body.kind)}
    entry, context = ReserveeEntry(**told), house.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_own_entry(house, entry)
            new = register_reservee(tx, secrets.token_hex(16), entry, by=SELF)
            send_code(tx, house, new.id)
            return Entry(entry=begin_session(tx, new.id, is_confirmed=False))
    except ReserveeFaultsError as error:
        raise refuse_reservee_faults(error.faults) from None


@router.post("/codes", status_code=HTTPStatus.ACCEPTED, responses=describe_problems())
def ask_for_code(house: Housed, _: Client, body: CodeAsked) -> Entry:
    """Send a code to an address, where it is registered."""
    email, context = tidy_email(body.email), house.context
    if not is_email(email):
        raise refuse_reservee_faults([ReserveeFault("email", ReserveeWhy.bad_email)])
    _demand_patience(house, email)
    with context.store.transaction(context.now()) as tx:
        found = list_reservees_at(tx, email)
        reservee_id = found[0].id if found else None
        send_code(tx, house, reservee_id)
        return Entry(entry=begin_session(tx, reservee_id, is_confirmed=False))


@router.post("/sessions", status_code=HTTPStatus.CREATED, responses=describe_problems())
def begin(house: Housed, _: Client, body: CodeEntered) -> SessionBody:
    """Begin a session with the code of the letter; one answer for every way to fail."""
    context, waiting = house.context, find_session(house, body.entry)
    _demand_patience(house, body.entry)
    reservee = None if waiting is None or waiting.confirmed_at is not None else waiting.reservee
    token = ""
    with context.store.transaction(context.now()) as tx:
        if reservee is not None:
            code, key = "".join(body.code.split()), key_of_codes(house)
            if confirm_contact(tx, reservee.id, ContactWay.email, code, key=key) is None:
                token = begin_session(tx, reservee.id, is_confirmed=True, former=body.entry)
    if reservee is None or not token:
        raise ProblemError(HTTPStatus.UNAUTHORIZED)
    return SessionBody(token=token, reservee_id=reservee.id, name=reservee.name)


@router.delete("/sessions/current", status_code=HTTPStatus.NO_CONTENT, responses=describe_problems())
def end(house: Housed, _: Citizen, bearer: Annotated[HTTPAuthorizationCredentials, Depends(BEARER)]) -> None:
    """End the session."""
    with house.context.store.transaction(house.context.now()) as tx:
        delete_citizen_session(tx, hash_token(bearer.credentials))


def _demand_patience(house: House, key: str) -> None:
    if not house.entries.admit(f"api {key}", house.context.now()):
        raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS)
