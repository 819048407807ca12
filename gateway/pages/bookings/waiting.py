"""キャンセル待ち: who waits for a time that is taken, what is offered to them until when, and the answers to that."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFault, BookingFaultsError
from domain.facilities.facility import Room
from domain.facilities.round_fault import RoundFault, RoundFaultsError
from domain.facilities.waiting import Offer, WaitingState
from gateway.operations.facilities.accept_offer import accept_offer, decline_offer
from gateway.operations.facilities.wait_for_place import stop_waiting
from gateway.pages.bookings.booking_view import Span, view_span
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.booking_search import count_waiting
from store.facilities import list_rooms
from store.key_borrowers import list_reservee_names
from store.tx import Tx
from store.waiting import KeptWaiting, list_open_offers, list_still_waiting, list_waiting_of, load_offer, load_waiting

router = APIRouter()

_STANDING = frozenset({WaitingState.waiting, WaitingState.offered})


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Somebody who waits, ``place`` in the order of asking for that time; ``offer`` is a place that is kept for them.

    ``acts`` tells whether the visitor may answer or stop waiting for them.
    """

    kept: KeptWaiting
    room: Room
    span: Span
    name: str
    place: int
    offer: Offer | None
    acts: bool

    @property
    def asked_at(self) -> datetime:
        """Give since when."""
        return self.kept.waiting.asked_at


@router.get("/bookings/waiting")
def get_waiting(visit: Visitor, done: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Show who waits in the facilities that the visitor serves, and for what one waits oneself."""
    return _show(visit, done=done)


@router.post("/bookings/offers/{offer_id}")
def post_answer(visit: Visitor, offer_id: str, act: Annotated[Literal["accept", "decline"], Form()]) -> Response:
    """Take the place that is offered, which applies for it, or leave it to the next one."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            scope = read_scope(tx, visit)
            offer = load_offer(tx, offer_id)
            if offer is None or not _sees(scope, load_waiting(tx, offer.waiting_id)):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            answer = accept_offer if act == "accept" else decline_offer
            answer(tx, offer_id, scope.acting)
    except (RoundFaultsError, BookingFaultsError) as error:
        return _show(visit, faults=error.faults)
    context.committed.set()
    if act == "accept":
        return see_other(f"/bookings/{offer.reservation_id}?done=apply")
    return see_other("/bookings/waiting?done=decline")


@router.post("/bookings/waiting/{waiting_id}")
def post_stop(visit: Visitor, waiting_id: str) -> Response:
    """Take somebody off the list."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            scope = read_scope(tx, visit)
            if not _sees(scope, load_waiting(tx, waiting_id)):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            stop_waiting(tx, waiting_id, scope.acting)
    except (RoundFaultsError, BookingFaultsError) as error:
        return _show(visit, faults=error.faults)
    return see_other("/bookings/waiting?done=stop")


def _sees(scope: DeskScope, kept: KeptWaiting | None) -> bool:
    if kept is None:
        return False
    is_own = scope.acting.reservee_id is not None and kept.waiting.wish.reservee_id == scope.acting.reservee_id
    return is_own or kept.facility_id in scope.read


def _show(visit: Visit, *, done: str = "", faults: Collection[RoundFault | BookingFault] = ()) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        lines = _list_lines(tx, scope)
        waiting = count_waiting(tx, scope.acting.decides)
    return visit.render(
        "bookings/waiting.html",
        offered=[line for line in lines if line.offer is not None],
        lines=[line for line in lines if line.offer is None],
        own=scope.acting.reservee_id,
        serves=bool(scope.read),
        waiting=waiting,
        done=done if done in {"ask", "decline", "stop"} else "",
        told=tell_faults(visit, faults),
        now=context.now(),
        today=civil_minute(context.now())[0],
        fault="some" if faults else None,
    )


def _list_lines(tx: Tx, scope: DeskScope) -> list[WaitingLine]:
    """Give everybody of the list whom the visitor sees, in the order of asking."""
    offers = {each.waiting_id: each for each in list_open_offers(tx)}
    offered = [kept for id_ in offers if (kept := load_waiting(tx, id_)) is not None]
    own_id = scope.acting.reservee_id
    own = list_waiting_of(tx, own_id) if own_id is not None else []
    found = {kept.waiting.id: kept for kept in (*list_still_waiting(tx), *offered, *own)}
    standing = sorted(
        (kept for kept in found.values() if kept.waiting.state in _STANDING),
        key=lambda kept: (kept.waiting.asked_at, kept.waiting.id),
    )
    seen = [kept for kept in standing if _sees(scope, kept)]
    rooms = {each.id: each for each in list_rooms(tx, ids={kept.waiting.wish.room_id for kept in seen})}
    names = list_reservee_names(tx, {kept.waiting.wish.reservee_id for kept in seen})
    return [
        WaitingLine(
            kept,
            rooms[kept.waiting.wish.room_id],
            view_span(kept.waiting.wish.from_at, kept.waiting.wish.until_at),
            names.get(kept.waiting.wish.reservee_id, ""),
            _find_place(kept, standing),
            offers.get(kept.waiting.id),
            kept.waiting.wish.reservee_id == own_id or kept.facility_id in scope.acting.desks,
        )
        for kept in seen
    ]


def _find_place(kept: KeptWaiting, standing: Iterable[KeptWaiting]) -> int:
    wish, place = kept.waiting.wish, 1
    for other in standing:
        if other is kept:
            break
        theirs = other.waiting.wish
        touches = theirs.from_at < wish.until_at and wish.from_at < theirs.until_at
        place += theirs.room_id == wish.room_id and touches
    return place
