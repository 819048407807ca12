"""Puts the citizens' pages together."""

import logging
import secrets
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from domain.zones.my_number import MyNumberError
from gateway.citizens import booking_form, bookings, calendar, changes, drawing, entrance, houses, registration, rounds
from gateway.citizens.api.app import create_api
from gateway.citizens.drawing import make_citizens_environment
from gateway.citizens.guard import read_guest
from gateway.citizens.guest import BOOKING_ATTEMPTS, ENTRY_ATTEMPTS, PROGRAM_ATTEMPTS, House
from gateway.context import GatewayContext
from gateway.pages.entrance.attempts import Attempts
from gateway.pages.entrance.border import Border, add_headers
from gateway.pages.entrance.origins import read_origins, see_other
from gateway.settings import CitizensListener
from gateway.site.keys import ensure_site_key

log = logging.getLogger(__name__)

ROUTERS = (
    drawing.router,
    entrance.router,
    registration.router,
    houses.router,
    calendar.router,
    booking_form.router,
    bookings.router,
    changes.router,
    rounds.router,
)
TOLD = {"400", "403", "404", "429", "number"}
"""What went wrong, for which there are words; for the rest there are common ones."""


def create_citizens(context: GatewayContext, settings: CitizensListener) -> FastAPI:
    """Give the application of the citizens' door; nothing of the staff's pages is in it."""
    app = FastAPI(title="Sekisho", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    origins = read_origins(settings.public_url)
    app.state.house = House(
        context,
        settings,
        make_citizens_environment(),
        origins,
        ensure_site_key(context.settings.site_key_file),
        Attempts(ENTRY_ATTEMPTS),
        Attempts(BOOKING_ATTEMPTS),
        Attempts(PROGRAM_ATTEMPTS),
    )
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/api/v1", create_api(app.state.house))
    app.add_exception_handler(HTTPException, _handle_refusal)
    app.add_exception_handler(RequestValidationError, _handle_malformed)
    app.add_exception_handler(MyNumberError, _handle_number)
    app.add_exception_handler(Exception, _handle_fault)
    app.add_middleware(Border, origins=origins)
    return app


async def _handle_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class alone)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return see_other(f"/sign-in?{urlencode({'then': here})}" if request.method == "GET" else "/sign-in")
    return _show(request, error.status_code)


async def _handle_malformed(request: Request, _: Exception) -> Response:
    return _show(request, HTTPStatus.BAD_REQUEST)


async def _handle_number(request: Request, _: Exception) -> Response:
    return _show(request, HTTPStatus.UNPROCESSABLE_ENTITY, "number")


def _show(request: Request, status: int, kind: str = "") -> Response:
    kind = kind or str(int(status))
    guest = read_guest(request, None)
    guest = replace(guest, path="/") if kind == "number" else guest  # the address may be what holds it
    answer = guest.render("error.html", status=status, kind=kind if kind in TOLD else "other")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = "60"
    return answer


async def _handle_fault(request: Request, error: Exception) -> Response:
    """Log a fault under a number and show only that; the error's text may hold what is nobody's business."""
    number = secrets.token_hex(4)
    log.error("citizens' page fault %s: %s", number, type(error).__name__)
    answer = PlainTextResponse(
        f"申し訳ありません。処理できませんでした。番号 {number} を窓口にお知らせください。\n"
        f"Sorry, this could not be done. Please give the number {number} to the counter.\n",
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    add_headers(answer.headers, request.scope, request.app.state.house.origins)
    return answer
