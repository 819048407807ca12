"""Pages for what went wrong: what happened, and what to do about it."""

import logging
import secrets
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from domain.zones.my_number import MyNumberError
from gateway.operations.zones.let_out_export import MayNotLeaveError
from gateway.pages.entrance.border import add_headers
from gateway.pages.entrance.guard import FOREIGN_FORM, find_session, get_pages, is_self_refresh, read_visit
from gateway.pages.entrance.my_number import TYPED
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import show_hindrance
from gateway.pages.words import CATALOGUES, Language

log = logging.getLogger(__name__)


def add_handlers(app: FastAPI) -> None:
    """Answer every error of the application with a page."""
    app.add_exception_handler(HTTPException, _handle_refusal)
    app.add_exception_handler(RequestValidationError, _handle_malformed)
    app.add_exception_handler(MyNumberError, _handle_number)
    app.add_exception_handler(MayNotLeaveError, _handle_leaving)
    app.add_exception_handler(Exception, _handle_fault)


async def _handle_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class alone)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return _send_to_sign_in(request)
    kind = FOREIGN_FORM if error.detail == FOREIGN_FORM else str(error.status_code)
    return await _show(request, error.status_code, kind)


async def _handle_malformed(request: Request, _: Exception) -> Response:
    return await _show(request, HTTPStatus.BAD_REQUEST, "400")


async def _handle_number(request: Request, error: Exception) -> Response:
    """Say where the number stands; what was sent is not shown again."""
    assert isinstance(error, MyNumberError)  # noqa: S101 (registered for this class alone)
    visit = replace(await _read_visit(request), path="/")  # the address may be what holds it
    name, _, line = error.place.partition(":")
    field = visit.phrases.say(f"my_number.field.{name}") if name in TYPED else name
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return visit.render("entrance/my_number.html", status=status, is_ours=error.is_ours, field=field, line=line)


async def _handle_leaving(request: Request, error: Exception) -> Response:
    """Say why a file may not leave now, and offer to ask for it."""
    assert isinstance(error, MayNotLeaveError)  # noqa: S101 (registered for this class alone)
    return show_hindrance(await _read_visit(request), error)


async def _handle_fault(request: Request, error: Exception) -> Response:
    """Log a fault under a number and show only that; the error's text may hold what is nobody's business."""
    number = secrets.token_hex(4)
    log.error("page fault %s: %s", number, type(error).__name__)
    answer = PlainTextResponse(
        f"申し訳ありません。処理できませんでした。番号 {number} を管理者にお知らせください。\n"
        f"Sorry, this could not be done. Please give the number {number} to the administrator.\n",
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    add_headers(answer.headers, request.scope, get_pages(request).origins)
    return answer


def _send_to_sign_in(request: Request) -> Response:
    query = request.url.query
    here = f"{request.url.path}?{query}" if query else request.url.path
    if is_self_refresh(request):
        return HTMLResponse("", HTTPStatus.UNAUTHORIZED, {"HX-Redirect": "/sign-in"})
    way = f"/sign-in?{urlencode({'then': here})}" if request.method == "GET" and here != "/" else "/sign-in"
    return see_other(way)


async def _show(request: Request, status: int, kind: str) -> Response:
    visit = await _read_visit(request)
    if f"error.{kind}.title" not in CATALOGUES[Language.ja]:
        kind = "other"
    return visit.render("entrance/error.html", status=status, kind=kind)


async def _read_visit(request: Request) -> Visit:
    pages = get_pages(request)
    session = await run_in_threadpool(find_session, pages, request.cookies.get(pages.session_cookie))
    return read_visit(request, pages, session)
