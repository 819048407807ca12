"""The guard before every route: who is it, may that one come here, does the form come from our own page."""

from datetime import timedelta
from hmac import compare_digest
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from gateway.operations.identity.roles import read_roles
from gateway.operations.identity.session_tokens import SESSION_IDLE_MAX, hash_token
from gateway.pages.access.routes import ROUTES
from gateway.pages.entrance.my_number import refuse_typed_numbers
from gateway.pages.entrance.visit import Pages, Visit
from gateway.pages.words import CATALOGUES, Language
from store.sessions import Session, load_session, save_seen

SEEN_EVERY = timedelta(seconds=60)
"""A session's last use is written at most this often."""

LANGUAGE_COOKIE = "sekisho_language"
FOREIGN_FORM = "foreign_form"


def get_pages(request: Request) -> Pages:
    """Give what the routes share."""
    pages: Pages = request.app.state.pages
    return pages


def find_session(pages: Pages, cookie: str | None) -> Session | None:
    """Give the session of a cookie if it counts now."""
    if not cookie:
        return None
    now = pages.context.now()
    with pages.context.store.reading(now) as tx:
        return load_session(tx, hash_token(cookie), idle_max=SESSION_IDLE_MAX)


def read_visit(request: Request, pages: Pages, session: Session | None) -> Visit:
    """Put together who visits, without judging it (an error page needs that too)."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    query = request.url.query
    return Visit(
        pages,
        session,
        read_roles(session.roles) if session else frozenset(),
        Language(chosen) if chosen in CATALOGUES else Language.ja,
        f"{request.url.path}?{query}" if query else request.url.path,
    )


async def meet_visitor(request: Request, pages: Annotated[Pages, Depends(get_pages)]) -> Visit:
    """Give the visitor of a request that may go on.

    Raises:
        HTTPException: 401 without a session, 403 without the right or for a form that is not our own.
        MyNumberError: what was sent holds what may be a 個人番号.
    """
    session = await run_in_threadpool(find_session, pages, request.cookies.get(pages.session_cookie))
    visit = read_visit(request, pages, session)
    if request.method != "GET":
        await _demand_own_form(request, visit)
    if not any(visit.may(right) for right in ROUTES[request.method, request.scope["route"].path]):
        raise HTTPException(HTTPStatus.UNAUTHORIZED if session is None else HTTPStatus.FORBIDDEN)
    await refuse_typed_numbers(request)
    if session is not None and not is_self_refresh(request):
        await run_in_threadpool(_note_use, pages, session)
    return visit


Visitor = Annotated[Visit, Depends(meet_visitor)]


def is_self_refresh(request: Request) -> bool:
    """Tell whether the page's script asks, not a person: that keeps no session from falling idle."""
    return request.headers.get("hx-request") == "true" or request.url.path == "/live"


def _note_use(pages: Pages, session: Session) -> None:
    now = pages.context.now()
    if now - session.seen_at >= SEEN_EVERY:
        with pages.context.store.transaction(now) as tx:
            save_seen(tx, session.token_hash)


async def _demand_own_form(request: Request, visit: Visit) -> None:
    if request.headers.get("origin", "") not in visit.pages.origins.origins:
        raise HTTPException(HTTPStatus.FORBIDDEN, FOREIGN_FORM)
    # The sign-in form was drawn before there was a session; it brings the password itself.
    if visit.session is not None and request.url.path != "/sign-in":
        given = (await request.form()).get("csrf")
        if not isinstance(given, str) or not compare_digest(given.encode(), visit.session.csrf.encode()):
            raise HTTPException(HTTPStatus.FORBIDDEN, FOREIGN_FORM)
