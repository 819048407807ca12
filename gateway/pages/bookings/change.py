"""Changing a booking: another room of the house, another day or time, other people and things; all asked again."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import Field
from starlette.responses import Response

from domain.civil import civil_minute, format_clock
from domain.facilities.booking import PURPOSE_LENGTH_MAX
from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy
from domain.facilities.facility import Equipment, Room, SlotKind
from domain.facilities.reservation import Reservation, ReservationAct
from domain.facilities.rules import FacilityRules
from domain.ids import ID_PATTERN
from domain.validity import is_in_force
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.pages.bookings.booking_money import reprice
from gateway.pages.bookings.booking_page import Seen, demand_seen
from gateway.pages.bookings.booking_view import view_span
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.entered import Entered
from gateway.pages.rooms.wishing import read_wish
from store.tx import Tx

router = APIRouter()

_ELSEWHERE = frozenset({BookingWhy.taken, BookingWhy.places_left, BookingWhy.closed, BookingWhy.outside_hours})
"""Of these the room's availability shows what is free instead."""


class ChangeForm(Entered):
    """The form of a booking that is to be another: the room, the version that was seen, and why."""

    id: Literal[""] = ""
    room_id: Annotated[str, Field(pattern=ID_PATTERN)]
    seen: Annotated[int, Field(ge=1, le=1_000_000)]
    reason: Annotated[str, Field(max_length=2000)] = ""


@router.get("/bookings/{booking_id}/change")
def get_change(visit: Visitor, booking_id: str, room: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show the form, filled in as the booking stands; with ``room`` for another room."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = _demand_changeable(tx, visit, booking_id)
    one = seen.reservation
    chosen = _find_room(seen.rules, room or one.room_id)
    return _show(visit, seen, chosen, _fill_in(one, chosen, seen.rules))


@router.post("/bookings/{booking_id}/change")
def post_change(visit: Visitor, booking_id: str, form: Annotated[ChangeForm, Form()]) -> Response:
    """Change it; what cannot be had is named beside its field, and the booking stays as it was."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = _demand_changeable(tx, visit, booking_id)
    room = _find_room(seen.rules, form.room_id)
    if seen.reservee is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    read = read_wish(form, room, seen.rules.slots_of(room.id), seen.reservee)
    if read.wish is None or read.faults:
        return _show(visit, seen, room, form, read.faults)
    wish = replace(read.wish, user_class=seen.reservation.user_class)
    try:
        with context.store.transaction(context.now()) as tx:
            _change(tx, visit, AskedChange(booking_id, form.seen, wish, form.reason))
    except BookingFaultsError as error:
        return _show(visit, seen, room, form, error.faults)
    context.committed.set()
    return see_other(f"/bookings/{booking_id}?done=change")


def _change(tx: Tx, visit: Visit, asked: AskedChange) -> None:
    seen = demand_seen(tx, visit, asked.id)
    change_reservation(tx, asked, seen.scope.acting)
    reprice(tx, asked.id, by=visit.signed_in.login)


def _demand_changeable(tx: Tx, visit: Visit, booking_id: str) -> Seen:
    seen = demand_seen(tx, visit, booking_id)
    if ReservationAct.change not in seen.acts(tx.now):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return seen


def _find_room(rules: FacilityRules, room_id: str) -> Room:
    room = rules.room(room_id)
    if room is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return room


def _fill_in(one: Reservation, room: Room, rules: FacilityRules) -> ChangeForm:
    span = view_span(one.from_at, one.until_at)
    days, until = divmod(span.until_minute, 1440)
    known = {slot.id for slot in rules.slots_of(room.id)}
    return ChangeForm(
        room_id=room.id,
        seen=one.version,
        on=span.on.isoformat(),
        slot_id=one.slot_id if one.slot_id in known and one.slot_id is not None else "",
        from_at=format_clock(span.from_minute),
        until_at=format_clock(until),
        until_on=(span.on + timedelta(days=days)).isoformat(),
        party=str(one.party),
        places="" if one.places is None else str(one.places),
        purpose=one.purpose,
        unit_ids=[id_ for id_, _ in one.units],
        unit_counts=[str(count) for _, count in one.units],
    )


def _show(visit: Visit, seen: Seen, room: Room, form: ChangeForm, faults: Collection[BookingFault] = ()) -> Response:
    now = visit.pages.context.now()
    today = civil_minute(now)[0]
    return visit.render(
        "bookings/change.html",
        seen=seen,
        one=seen.reservation,
        room=room,
        rooms=[each for each in seen.rules.rooms if each.retired_on is None or each.id == room.id],
        facility=seen.rules.facility,
        entered=form,
        **_choices(seen.rules, room, today),
        span=view_span(seen.reservation.from_at, seen.reservation.until_at),
        told=tell_faults(visit, faults),
        elsewhere=any(fault.why in _ELSEWHERE for fault in faults),
        moved=any(fault.why is BookingWhy.moved_on for fault in faults),
        purpose_max=PURPOSE_LENGTH_MAX,
        today=today,
        now=now,
        fault="some" if faults else None,
    )


def _choices(rules: FacilityRules, room: Room, today: date) -> dict[str, Any]:
    slots: Sequence[SlotKind] = [
        slot for slot in rules.slots_of(room.id) if slot.valid_until is None or slot.valid_until >= today
    ]
    things: Sequence[Equipment] = [
        each for each in rules.equipment if each.room_id in {None, room.id} and each.retired_on is None
    ]
    return {
        "slots": slots,
        "has_places": any(slot.places is not None for slot in slots),
        "has_times": not any(is_in_force(slot, today) for slot in slots),
        "things": things,
    }
