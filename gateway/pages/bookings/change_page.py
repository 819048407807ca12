"""The page of the form that changes a booking: how it is filled in, and what is known of it before it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import HTTPException
from pydantic import Field
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking import PURPOSE_LENGTH_MAX, Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.facility import Equipment, Room, SlotKind
from domain.facilities.reservation import Reservation
from domain.facilities.rules import FacilityRules
from domain.ids import ID_PATTERN
from domain.validity import is_in_force
from gateway.bookings.around import load_around
from gateway.bookings.demands import VIAS
from gateway.bookings.placing import assess_wish
from gateway.fees.changed_price import ChangedPrice, foresee_change
from gateway.pages.bookings.booking_page import Seen
from gateway.pages.bookings.booking_view import view_span
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.entered import BookAct, Entered
from gateway.pages.rooms.outlook import STILL_TO_TYPE, assume_counts, find_slot
from gateway.pages.rooms.wishing import lasts_days, read_wish, write_times
from store.tx import Tx

_ELSEWHERE = frozenset({BookingWhy.taken, BookingWhy.places_left, BookingWhy.closed, BookingWhy.outside_hours})
"""Of these the room's availability shows what is free instead."""


class ChangeForm(Entered):
    """The form of a booking that is to be another: the room, the version that was seen, and why."""

    id: Literal[""] = ""
    act: Literal[BookAct.book, BookAct.look] = BookAct.book
    room_id: Annotated[str, Field(pattern=ID_PATTERN)]
    seen: Annotated[int, Field(ge=1, le=1_000_000)]
    reason: Annotated[str, Field(max_length=2000)] = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of a change before it is sent; ``price`` is missing where none can be said."""

    faults: tuple[BookingFault, ...] = ()
    price: ChangedPrice | None = None


def find_changed_room(rules: FacilityRules, room_id: str) -> Room:
    """Give the room that a booking is to have.

    Raises:
        HTTPException: 404, the house has none of that id.
    """
    room = rules.room(room_id)
    if room is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return room


def fill_in(one: Reservation, room: Room, rules: FacilityRules) -> ChangeForm:
    """Give the form of a booking as it stands, in its own room or another one."""
    span = view_span(one.from_at, one.until_at)
    known = {slot.id for slot in rules.slots_of(room.id)}
    return ChangeForm.model_validate(
        write_times(room, span.on, span.from_minute, span.until_minute)
        | {
            "room_id": room.id,
            "seen": one.version,
            "slot_id": one.slot_id if one.slot_id in known else "",
            "party": str(one.party),
            "places": "" if one.places is None else str(one.places),
            "purpose": one.purpose,
            "unit_ids": [id_ for id_, _ in one.units],
            "unit_counts": [str(count) for _, count in one.units],
        }
    )


def read_change(seen: Seen, room: Room, form: ChangeForm) -> tuple[Wish | None, tuple[BookingFault, ...]]:
    """Give what a booking is to be, None where its time cannot be read, and what cannot be read of it."""
    read = read_wish(form, room, seen.rules.slots_of(room.id), seen.reservee)
    wish = None if read.wish is None else replace(read.wish, user_class=seen.reservation.user_class)
    return wish, read.faults


def show_change(
    visit: Visit,
    seen: Seen,
    form: ChangeForm,
    refused: Collection[BookingFault] = (),
    *,
    template: str = "bookings/change.html",
) -> Response:
    """Show the form with what is known of it; ``refused`` are faults of one that was sent, and nothing was done."""
    context = visit.pages.context
    now = context.now()
    room = find_changed_room(seen.rules, form.room_id)
    with context.store.reading(now) as tx:
        ahead = Ahead() if refused else _look_ahead(tx, seen, room, form)
    today = civil_minute(now)[0]
    return visit.render(
        template,
        seen=seen,
        one=seen.reservation,
        room=room,
        rooms=[each for each in seen.rules.rooms if each.retired_on is None or each.id == room.id],
        facility=seen.rules.facility,
        entered=form,
        **_choices(seen.rules, room, today),
        span=view_span(seen.reservation.from_at, seen.reservation.until_at),
        told=tell_faults(visit, refused),
        ahead=tell_faults(visit, ahead.faults),
        price=ahead.price,
        elsewhere=any(fault.why in _ELSEWHERE for fault in (*refused, *ahead.faults)),
        moved=any(fault.why is BookingWhy.moved_on for fault in refused),
        purpose_max=PURPOSE_LENGTH_MAX,
        today=today,
        now=now,
        fault="some" if refused else None,
    )


def _look_ahead(tx: Tx, seen: Seen, room: Room, form: ChangeForm) -> Ahead:
    wish, unreadable = read_change(seen, room, form)
    if wish is None or seen.actor is None:
        return Ahead(unreadable)
    around = load_around(tx, [wish], via=VIAS[seen.actor], besides=[seen.reservation.id], lock=False)
    said = {fault.field for fault in unreadable}
    found = (each for each in assess_wish(around, wish) if each.why not in STILL_TO_TYPE and each.field not in said)
    slot = find_slot(seen.rules.slots, wish)
    return Ahead((*unreadable, *found), foresee_change(tx, seen.reservation.id, assume_counts(wish), slot))


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
        "lasts_days": lasts_days(room),
    }
