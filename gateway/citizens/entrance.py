"""Signing in by a code that is sent by mail, as whom to go on, leaving, and the language.

Nothing in an answer tells whether an address is registered: the form for the code comes in any case.
"""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from domain.facilities.confirmation import LIMITS, ContactWay
from domain.facilities.contact import is_email, tidy_email
from domain.facilities.reservee_fault import ReserveeFault, ReserveeWhy
from gateway.citizens.guard import Formed, Guested
from gateway.citizens.guest import LANGUAGE_COOKIE
from gateway.citizens.sessions import (
    begin_session,
    demand_patience,
    hand_over,
    key_of_codes,
    read_cookie,
    send_code,
    tell_faults,
)
from gateway.citizens.words import say
from gateway.operations.facilities.confirm_contact import confirm_contact
from gateway.operations.identity.session_tokens import hash_token
from gateway.pages.entrance.language import REMEMBERED
from gateway.pages.entrance.origins import safe_path, see_other
from gateway.pages.words import Language
from store.citizen_sessions import delete_citizen_session
from store.reservees import list_reservees_at

router = APIRouter()

HOME = "/bookings"


@router.get("/sign-in")
def get_sign_in(guest: Guested, then: str = HOME) -> Response:
    """Show the form that asks for an address; whoever is signed in goes on."""
    return (
        see_other(then) if guest.reservee is not None else guest.render("sign_in.html", then=safe_path(then), email="")
    )


@router.post("/sign-in")
def post_sign_in(request: Request, guest: Guested, form: Formed) -> Response:
    """Send a code where the address is somebody's, and ask for it in any case."""
    demand_patience(guest)
    then, email, context = safe_path(form.get("then", HOME)), tidy_email(form.get("email", "")), guest.house.context
    if not is_email(email):
        fault = ReserveeFault("email", ReserveeWhy.bad_email)
        return guest.render("sign_in.html", then=then, email=form.get("email", ""), faults=tell_faults(guest, [fault]))
    with context.store.transaction(context.now()) as tx:
        found = list_reservees_at(tx, email)
        reservee_id = found[0].id if found else None
        send_code(tx, guest.house, reservee_id)
        cookie = begin_session(tx, reservee_id, is_confirmed=False, former=read_cookie(request, guest))
    return hand_over(guest, see_other(f"/code?then={quote(then)}"), cookie)


@router.get("/code")
def get_code(guest: Guested, then: str = HOME) -> Response:
    """Ask for the code that was sent."""
    if guest.reservee is not None:
        return see_other(then)
    if guest.session is None:
        return see_other("/sign-in")
    return guest.render("code.html", then=safe_path(then), limits=LIMITS)


@router.post("/code")
def post_code(request: Request, guest: Guested, form: Formed) -> Response:
    """Let somebody in who enters the code, under another token; one answer for every way to fail."""
    demand_patience(guest)
    then, context = safe_path(form.get("then", HOME)), guest.house.context
    if guest.session is None:
        return see_other("/sign-in")
    waiting, code = guest.session.reservee, "".join(form.get("code", "").split())
    with context.store.transaction(context.now()) as tx:
        key = key_of_codes(guest.house)
        if waiting is None or confirm_contact(tx, waiting.id, ContactWay.email, code, key=key) is not None:
            cookie, others = "", False
        else:
            cookie = begin_session(tx, waiting.id, is_confirmed=True, former=read_cookie(request, guest))
            others = len(list_reservees_at(tx, waiting.email)) > 1
    if not cookie:
        faults = {"code": [say(guest.language, "code.refused")]}
        return guest.render("code.html", then=then, limits=LIMITS, faults=faults)
    return hand_over(guest, see_other(f"/who?then={quote(then)}" if others else then), cookie)


@router.get("/who")
def get_who(guest: Guested, then: str = HOME) -> Response:
    """Ask as whom somebody goes on whose address stands for several."""
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        found = list_reservees_at(tx, guest.signed_in.email)
    return guest.render("who.html", then=safe_path(then), found=found)


@router.post("/who")
def post_who(request: Request, guest: Guested, form: Formed) -> Response:
    """Go on as another one of the same address."""
    context, reservee_id = guest.house.context, form.get("reservee_id", "")
    with context.store.transaction(context.now()) as tx:
        if reservee_id not in {each.id for each in list_reservees_at(tx, guest.signed_in.email)}:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        cookie = begin_session(tx, reservee_id, is_confirmed=True, former=read_cookie(request, guest))
    return hand_over(guest, see_other(form.get("then", HOME)), cookie)


@router.post("/sign-out")
def post_sign_out(request: Request, guest: Guested) -> Response:
    """End the session here and on the server."""
    context, cookie = guest.house.context, request.cookies.get(guest.house.session_cookie, "")
    with context.store.transaction(context.now()) as tx:
        delete_citizen_session(tx, hash_token(cookie))
    response = see_other("/")
    guest.house.origins.delete_cookie(response, guest.house.session_cookie)
    return response


@router.post("/language")
def post_language(guest: Guested, form: Formed) -> Response:
    """Remember the language and lead back."""
    if form.get("language") not in set(Language):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    response = see_other(form.get("then", "/"))
    guest.house.origins.set_cookie(response, LANGUAGE_COOKIE, form["language"], age_max=REMEMBERED)
    return response
