"""Who asks: a program by its key, and the citizen behind it by a session's token."""

import hashlib
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from domain.facilities.reservee import Reservee
from gateway.bookings.acting import SELF, Acting
from gateway.citizens.api.problems import ProblemError
from gateway.citizens.guard import find_session, get_house
from gateway.citizens.guest import House
from store.api_clients import ApiClient, find_api_client

KEY_HEADER = APIKeyHeader(
    name="X-Api-Key", auto_error=False, description="The program's key (sekisho citizens add-client)."
)
BEARER = HTTPBearer(auto_error=False, description="The token of a citizen's session.")

Housed = Annotated[House, Depends(get_house)]


def hash_key(key: str) -> str:
    """Give what is kept of a program's key; it is 256 random bits, so that no slower hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def meet_client(house: Housed, key: Annotated[str | None, Depends(KEY_HEADER)]) -> ApiClient:
    """Give the program that asks.

    Raises:
        ProblemError: 401 without a key that counts, 429 beyond what one program may ask a minute.
    """
    now = house.context.now()
    with house.context.store.reading(now) as tx:
        client = find_api_client(tx, hash_key(key)) if key else None
    if client is None:
        raise ProblemError(HTTPStatus.UNAUTHORIZED)
    if not house.programs.admit(client.id, now):
        raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS)
    return client


Client = Annotated[ApiClient, Depends(meet_client)]


def meet_reservee(
    request: Request, house: Housed, _: Client, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Reservee:
    """Give the citizen who asks by a program.

    Raises:
        ProblemError: 401 without a session that counts, 429 beyond what one citizen may ask a minute.
    """
    session = find_session(house, bearer.credentials) if bearer is not None else None
    if session is None or session.reservee is None or session.confirmed_at is None:
        raise ProblemError(HTTPStatus.UNAUTHORIZED)
    if request.method != "GET" and not house.forms.admit(f"api {session.reservee.id}", house.context.now()):
        raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS)
    return session.reservee


Citizen = Annotated[Reservee, Depends(meet_reservee)]


def act_as(reservee: Reservee) -> Acting:
    """Say as whom a citizen acts on reservations."""
    return Acting(SELF, reservee_id=reservee.id)
