"""A booking on paper: the slip with its code for the key desk, and 使用許可書."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import segno
from fastapi import APIRouter, HTTPException
from markupsafe import Markup
from starlette.responses import Response

from domain.civil import civil_minute, format_clock, format_era
from domain.facilities.booking_rules import choose_terms, derive_deadline
from domain.facilities.reservation import ReservationAct, ReservationState
from gateway.bookings.booking_code import write_booking_code
from gateway.pages.bookings.booking_money import load_money
from gateway.pages.bookings.booking_page import Seen, demand_seen
from gateway.pages.bookings.booking_view import view_span
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from store.people import list_departments
from store.reservations import list_reservation_steps
from store.tx import Tx

router = APIRouter()

_USABLE = frozenset({ReservationState.permitted, ReservationState.in_use})
_PERMITTED = _USABLE | {ReservationState.completed}


@router.get("/bookings/{booking_id}/code")
def get_code(visit: Visitor, booking_id: str) -> Response:
    """Show the slip that is held to the key desk's reader, to be printed or photographed."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = _demand_in(tx, visit, booking_id, _USABLE)
    image = segno.make_qr(write_booking_code(booking_id)).svg_inline(
        svgclass="code-image", lineclass=None, omitsize=True
    )
    return visit.render("bookings/code.html", **_facts(visit, seen), image=Markup(image))  # noqa: S704


@router.get("/bookings/{booking_id}/letter")
def get_letter(visit: Visitor, booking_id: str) -> Response:
    """Show 使用許可書 as it is printed: what was permitted, by whom and when, for how much, on what terms."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = _demand_in(tx, visit, booking_id, _PERMITTED)
        steps = [step for step in list_reservation_steps(tx, booking_id) if step.act is ReservationAct.permit]
        money = load_money(tx, seen.reservation)
        departments = {each.id: each.name for each in list_departments(tx)}
    permitted_at = steps[-1].done_at if steps else seen.line.kept.made_at
    terms = choose_terms(seen.rules.terms, civil_minute(seen.reservation.from_at)[0])
    return visit.render(
        "bookings/letter.html",
        **_facts(visit, seen),
        permitted_on=format_era(civil_minute(permitted_at)[0]),
        used_on=format_era(civil_minute(seen.reservation.from_at)[0]),
        money=money,
        by=seen.rules.facility.operator or departments.get(seen.rules.facility.department_id, ""),
        closes_on="" if terms is None else _in_words(derive_deadline(terms.cancel, seen.reservation.from_at)),
        refunds=money.table.refunds if money.table is not None else (),
    )


def _demand_in(tx: Tx, visit: Visit, booking_id: str, states: frozenset[ReservationState]) -> Seen:
    seen = demand_seen(tx, visit, booking_id)
    if seen.reservation.state not in states:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return seen


def _facts(visit: Visit, seen: Seen) -> dict[str, Any]:
    now, one = visit.pages.context.now(), seen.reservation
    return {
        "one": one,
        "room": seen.line.room,
        "facility": seen.rules.facility,
        "slot": seen.slot,
        "units": seen.units,
        "reservee": seen.reservee,
        "span": view_span(one.from_at, one.until_at),
        "now": now,
        "today": civil_minute(now)[0],
    }


def _in_words(at: datetime) -> str:
    on, minute = civil_minute(at)
    return f"{format_era(on)} {format_clock(minute)}"
