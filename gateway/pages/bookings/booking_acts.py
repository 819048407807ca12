"""What is done about one booking from its page: cancelled, its use begun, over, or nobody came."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import Actor, Reservation, ReservationAct
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.use_reservation import begin_reservation, complete_reservation, miss_reservation
from gateway.pages.bookings.booking_page import demand_seen, show_booking
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other

router = APIRouter()

Use = Callable[..., Reservation]
_USES: Mapping[str, Use] = MappingProxyType(
    {
        ReservationAct.begin.value: begin_reservation,
        ReservationAct.complete.value: complete_reservation,
        ReservationAct.miss.value: miss_reservation,
    }
)


@router.post("/bookings/{booking_id}/cancel")
def post_cancelling(visit: Visitor, booking_id: str, reason: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Cancel a booking; what goes back was said beside the button."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            seen = demand_seen(tx, visit, booking_id)
            cancel_reservation(tx, booking_id, seen.scope.acting, reason=reason)
    except BookingFaultsError as error:
        return show_booking(visit, booking_id, faults=error.faults, tried="cancel", reason=reason)
    context.committed.set()
    return see_other(f"/bookings/{booking_id}?done=cancel")


@router.post("/bookings/{booking_id}/use")
def post_use(visit: Visitor, booking_id: str, act: Annotated[Literal["begin", "complete", "miss"], Form()]) -> Response:
    """Note at the counter that a use began, is over, or that nobody came.

    Raises:
        HTTPException: 404, the visitor serves another counter.
    """
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            seen = demand_seen(tx, visit, booking_id)
            if seen.actor is not Actor.desk:
                raise HTTPException(404)
            _USES[act](tx, booking_id, actor=Actor.desk, by=visit.signed_in.login)
    except BookingFaultsError as error:
        return show_booking(visit, booking_id, faults=error.faults, tried=act)
    context.committed.set()
    return see_other(f"/bookings/{booking_id}?done={act}")
