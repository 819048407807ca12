"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from gateway.operations.identity import sign_in as operation
from gateway.operations.identity.passwords import is_right
from gateway.operations.identity.roles import Role
from gateway.operations.identity.session_tokens import draw_session_tokens
from gateway.operations.identity.sign_out import sign_out
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import allow
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import safe_path, see_other
from gateway.pages.entrance.visit import Visit
from store.accounts import Account, AccountLine, list_accounts, load_account

router = APIRouter()


@router.get("/sign-in")
def get_sign_in(visit: Visitor, then: str = "/") -> Response:
    """Show the sign-in form; whoever is signed in goes on."""
    if visit.session is not None:
        return see_other(then)
    return _show(visit, then)


@router.post("/sign-in")
def post_sign_in(
    request: Request,
    visit: Visitor,
    login: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    then: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Check the password and begin a session under a new token; one answer for every way to fail."""
    pages = visit.pages
    now = pages.context.now()
    address = request.client.host if request.client else ""
    if not pages.attempts.admit(f"sign-in {address}", now):
        answer = _show(visit, then, fault="sign_in.too_often", login=login, status=429)
        answer.headers["Retry-After"] = "60"
        return answer
    with pages.context.store.reading(now) as tx:
        account = load_account(tx, login)
    checked_hash = account.password_hash if account else None
    attempt = operation.Attempt(login, checked_hash, right=is_right(checked_hash, password))
    tokens = draw_session_tokens()
    with pages.context.store.transaction(pages.context.now()) as tx:
        opened = operation.sign_in(tx, attempt, tokens, old_cookie=request.cookies.get(pages.session_cookie))
    if not opened:
        return _show(visit, then, fault="sign_in.refused", login=login)
    response = see_other(_lead_on(account, then))
    pages.start_session(response, tokens.cookie)
    return response


@router.post("/sign-out")
def post_sign_out(request: Request, visit: Visitor) -> Response:
    """End the session here and on the server."""
    pages = visit.pages
    with pages.context.store.transaction(pages.context.now()) as tx:
        sign_out(tx, request.cookies.get(pages.session_cookie, ""))
    response = see_other("/sign-in")
    pages.forget_session(response)
    return response


def _lead_on(account: Account | None, then: str) -> str:
    """Give where somebody begins: whoever serves a counter at its desk, everybody else where they wanted to go."""
    roles = () if account is None else account.roles
    serves = any(allow(Role(role), Right.keep_bookings) for role in roles)
    return "/desk" if serves and then == "/" else then


def _show(visit: Visit, then: str, *, fault: str = "", login: str = "", status: int | None = None) -> Response:
    return visit.render(
        "entrance/sign_in.html",
        status=status,
        then=safe_path(then),
        fault=fault,
        login=login,
        offered=_list_offered(visit),
    )


def _list_offered(visit: Visit) -> list[tuple[AccountLine, str]]:
    """Give the demo's accounts with their passwords; none unless a stage offers them."""
    stage = visit.pages.stage
    if stage is None:
        return []
    with visit.pages.context.store.reading(visit.pages.context.now()) as tx:
        known = {line.login: line for line in list_accounts(tx)}
    return [(known[offer.login], offer.password) for offer in stage.accounts() if offer.login in known]
