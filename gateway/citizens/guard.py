"""The guard before every route: which citizen is it, and does a form come from our own page."""

from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from gateway.citizens.guest import LANGUAGE_COOKIE, SESSION_IDLE_MAX, Guest, House
from gateway.operations.identity.session_tokens import hash_token
from gateway.pages.entrance.my_number import refuse_typed_numbers
from gateway.pages.words import CATALOGUES, Language
from store.citizen_sessions import CitizenSession, load_citizen_session, save_citizen_seen

SEEN_EVERY = timedelta(seconds=60)
"""A session's last use is written at most this often."""

FIELDS_MAX = 60
TEXT_MAX = 1000

Form = Mapping[str, str]
"""A form's fields by name, each once and no longer than ``TEXT_MAX``."""


def get_house(request: Request) -> House:
    """Give what the routes share."""
    house: House = request.app.state.house
    return house


def read_guest(request: Request, session: CitizenSession | None) -> Guest:
    """Put together who visits, without judging it (an error page needs that too)."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    query = request.url.query
    return Guest(
        get_house(request),
        session,
        Language(chosen) if chosen in CATALOGUES else Language.ja,
        f"{request.url.path}?{query}" if query else request.url.path,
        request.client.host if request.client else "",
    )


def find_session(house: House, cookie: str | None) -> CitizenSession | None:
    """Give the session of a cookie if it counts now, and note that it was used."""
    if not cookie:
        return None
    now = house.context.now()
    with house.context.store.reading(now) as tx:
        found = load_citizen_session(tx, hash_token(cookie), idle_max=SESSION_IDLE_MAX)
    if found is not None and now - found.seen_at >= SEEN_EVERY:
        with house.context.store.transaction(now) as tx:
            save_citizen_seen(tx, found.token_hash)
    return found


async def meet_guest(request: Request) -> Guest:
    """Give the guest of a request that may go on.

    Raises:
        HTTPException: 403 for a form that is not our own.
        MyNumberError: what was sent holds what may be a 個人番号.
    """
    house = get_house(request)
    session = await run_in_threadpool(find_session, house, request.cookies.get(house.session_cookie))
    guest = read_guest(request, session)
    if request.method not in {"GET", "HEAD"}:
        await _demand_own_form(request, guest)
    await refuse_typed_numbers(request)
    return guest


async def read_form(request: Request) -> Form:
    """Give a form's fields.

    Raises:
        HTTPException: 400 for a form that none of our pages has: too many fields, too long, twice the same, a file.
    """
    given = (await request.form()).multi_items()
    told = {name: value for name, value in given if isinstance(value, str) and len(value) <= TEXT_MAX}
    if len(told) != len(given) or len(told) > FIELDS_MAX:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return told


Guested = Annotated[Guest, Depends(meet_guest)]
Formed = Annotated[Form, Depends(read_form)]


async def _demand_own_form(request: Request, guest: Guest) -> None:
    if request.headers.get("origin", "") not in guest.house.origins.origins:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    if guest.session is not None:
        given = (await request.form()).get("csrf")
        if not isinstance(given, str) or not compare_digest(given.encode(), guest.session.csrf.encode()):
            raise HTTPException(HTTPStatus.FORBIDDEN)
