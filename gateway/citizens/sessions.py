"""How a citizen's session begins, and how its code is sent: what signing in and registering share."""

from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

from fastapi import HTTPException, Request
from starlette.responses import Response

from domain.facilities.reservee_fault import ReserveeFault, ReserveeFaultsError
from domain.facilities.reservee_words import describe_reservee_fault
from gateway.bookings.contact_codes import derive_code_key, send_contact_code
from gateway.citizens.guest import SESSION_AGE_MAX, SESSION_IDLE_MAX, Guest, House
from gateway.operations.identity.session_tokens import draw_session_tokens, hash_token
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from store.citizen_sessions import (
    delete_citizen_session,
    delete_expired_citizen_sessions,
    insert_citizen_session,
)
from store.tx import Tx


def demand_patience(guest: Guest) -> None:
    """Let one address send only so many codes and tries a minute.

    Raises:
        HTTPException: 429.
    """
    if not guest.house.entries.admit(guest.address, guest.house.context.now()):
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS)


def key_of_codes(house: House) -> bytes:
    """Give the key of the codes' hashes, derived of the site's for this purpose alone."""
    return derive_code_key(house.site_key)


def send_code(tx: Tx, house: House, reservee_id: str | None) -> None:
    """Send a code to a reservee's address; to nobody's none, and none beyond the limits. It says neither."""
    if reservee_id is None:
        return
    with suppress(ReserveeFaultsError):
        send_contact_code(tx, house.site_key, reservee_id)


def begin_session(tx: Tx, reservee_id: str | None, *, is_confirmed: bool, former: str | None = None) -> str:
    """Begin a session under a new token, end the ``former`` one, and give the token."""
    tokens = draw_session_tokens()
    delete_expired_citizen_sessions(tx, idle_max=SESSION_IDLE_MAX)
    delete_citizen_session(tx, hash_token(former or ""))
    insert_citizen_session(
        tx,
        hash_token(tokens.cookie),
        reservee_id,
        csrf=tokens.csrf,
        lasts=SESSION_AGE_MAX,
        is_confirmed=is_confirmed,
    )
    return tokens.cookie


def read_cookie(request: Request, guest: Guest) -> str | None:
    """Give the session's cookie that the browser sent."""
    return request.cookies.get(guest.house.session_cookie)


def hand_over(guest: Guest, response: Response, cookie: str) -> Response:
    """Give an answer with the session's cookie."""
    guest.house.origins.set_cookie(response, guest.house.session_cookie, cookie, age_max=SESSION_AGE_MAX)
    return response


def tell_faults(guest: Guest, faults: Iterable[ReserveeFault]) -> FieldFaults:
    """Say what is wrong with what was entered of a reservee, by field."""
    return tell_by_field(faults, describe_reservee_fault, guest.language)
