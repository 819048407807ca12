"""One application before whoever permits it, and the word on it: 許可, 補正, 不許可, or the permission taken back."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy
from domain.facilities.reservation import ReservationAct, ReservationState
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.pages.bookings.booking_page import demand_seen, show_booking
from gateway.pages.bookings.booking_view import derive_milestones, view_deed
from gateway.pages.bookings.inbox import tell_last, view_cards
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.booking_search import list_login_names, list_longest_waiting
from store.reservations import list_reservation_steps
from store.tx import Tx

router = APIRouter()

ORDER_MAX = 1000
"""Among so many the next one is looked for."""

_MOVED = frozenset({BookingWhy.moved_on, BookingWhy.wrong_state})


@router.get("/bookings/inbox/{booking_id}")
def get_matter(visit: Visitor, booking_id: str, done: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show one application to those who decide about its facility; ``done`` is what was decided just before."""
    return show_matter(visit, booking_id, done=done)


@router.post("/bookings/inbox/{booking_id}")
def post_decision(
    visit: Visitor,
    *,
    booking_id: str,
    act: Annotated[Literal["permit", "ask", "reject", "revoke"], Form()],
    seen: Annotated[int, Form(ge=1, le=1_000_000)],
    reason: Annotated[str, Form(max_length=2000)] = "",
    then: Annotated[Literal["list", "next"], Form()] = "list",
) -> Response:
    """Decide about one as it was seen; a word that is refused shows where it stands now, and why."""
    context = visit.pages.context
    following = ""
    try:
        with context.store.transaction(context.now()) as tx:
            found = demand_seen(tx, visit, booking_id)
            if found.line.kept.facility_id not in found.scope.acting.decides:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            if then == "next":
                following = _find_beside(_list_order(tx, found.scope.acting.decides), booking_id)[1]
            decide_reservation(tx, Decision(booking_id, seen, ReservationAct(act), reason), found.scope.acting)
    except BookingFaultsError as error:
        if act == "revoke":
            return show_booking(visit, booking_id, faults=error.faults, tried="revoke", reason=reason)
        return show_matter(visit, booking_id, faults=error.faults, reason=reason)
    context.committed.set()
    if act == "revoke":
        return see_other(f"/bookings/{booking_id}?done=revoke")
    return see_other(
        f"/bookings/inbox/{following}?done={booking_id}" if following else f"/bookings/inbox?done={booking_id}"
    )


def show_matter(
    visit: Visit, booking_id: str, *, done: str = "", faults: Collection[BookingFault] = (), reason: str = ""
) -> Response:
    """Show one application; with the ``faults`` of what was decided and the ``reason`` as it was entered.

    Raises:
        HTTPException: 404, there is none, or the visitor does not decide about it.
    """
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = demand_seen(tx, visit, booking_id)
        decides = seen.scope.acting.decides
        if seen.line.kept.facility_id not in decides:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        one = seen.reservation
        steps = list_reservation_steps(tx, one.id)
        names = list_login_names(tx, {step.done_by for step in steps})
        order = _list_order(tx, decides)
        (card,) = view_cards(
            tx, visit, seen.scope, [(seen.line, steps[-1].done_at if steps else seen.line.kept.made_at)]
        )
        last = next(iter(tell_last(tx, visit, [done] if done else [])), None)
    previous, following = _find_beside(order, one.id)
    return visit.render(
        "bookings/matter.html",
        card=card,
        one=one,
        waits=one.state is ReservationState.applied,
        way=derive_milestones(one.state, steps),
        names=names,
        deeds=tuple(view_deed(step, names) for step in steps),
        place=order.index(one.id) + 1 if one.id in order else 0,
        waiting=len(order),
        previous=previous,
        following=following,
        last=last,
        told=tell_faults(visit, faults),
        moved=any(fault.why in _MOVED for fault in faults),
        reason=reason,
        today=civil_minute(context.now())[0],
        now=context.now(),
        fault="some" if faults else None,
    )


def _list_order(tx: Tx, facility_ids: Collection[str]) -> list[str]:
    waiting = list_longest_waiting(tx, facility_ids, limit=ORDER_MAX)
    return [line.kept.reservation.id for line, _ in waiting]


def _find_beside(order: list[str], booking_id: str) -> tuple[str, str]:
    """Give those before and after one; after the last comes the first again."""
    if booking_id not in order:
        return "", order[0] if order else ""
    at = order.index(booking_id)
    rest = [*order[at + 1 :], *order[:at]]
    return order[at - 1] if at else "", rest[0] if rest else ""
