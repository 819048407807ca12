"""Changing one's own password."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from gateway.operations.identity.change_password import change_password
from gateway.operations.identity.passwords import LENGTH_MIN, assess_password, hash_password, is_right
from gateway.operations.identity.session_tokens import draw_session_tokens
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from store.accounts import load_account

router = APIRouter()


@router.get("/password")
def get_password(visit: Visitor) -> Response:
    """Show the form."""
    return _show(visit)


@router.post("/password")
def post_password(
    visit: Visitor,
    current: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Change the password; every other session of the account ends and this one gets a new token."""
    pages, login = visit.pages, visit.signed_in.login
    now = pages.context.now()
    if not pages.attempts.admit(f"password {login}", now):
        return _show(visit, fault="sign_in.too_often", status=429)
    with pages.context.store.reading(now) as tx:
        account = load_account(tx, login)
    if account is None or not is_right(account.password_hash, current):
        return _show(visit, fault="password.wrong_current")
    if new != again:
        return _show(visit, fault="password.not_equal")
    if weakness := assess_password(new, login):
        return _show(visit, fault=f"password.{weakness}")
    tokens = draw_session_tokens()
    new_hash = hash_password(new)
    with pages.context.store.transaction(pages.context.now()) as tx:
        changed = change_password(tx, login, checked_hash=account.password_hash, new_hash=new_hash, tokens=tokens)
    if not changed:
        return _show(visit, fault="password.wrong_current")
    response = _show(visit, done=True, csrf=tokens.csrf)
    pages.start_session(response, tokens.cookie)
    return response


def _show(
    visit: Visit, *, fault: str = "", done: bool = False, csrf: str | None = None, status: int | None = None
) -> Response:
    """Show the form; ``csrf`` is the new session's token once the password is changed."""
    if csrf is not None and visit.session is not None:
        visit = replace(visit, session=replace(visit.session, csrf=csrf))
    return visit.render("entrance/password.html", status=status, fault=fault, done=done, length_min=LENGTH_MIN)
