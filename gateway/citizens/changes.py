"""Cancelling and changing with the money shown beforehand: what goes back, what is still to pay; all is asked again."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from domain.civil import MINUTES_PER_DAY as _DAY
from domain.civil import civil_minute, format_clock, instant, minute_on, parse_clock
from domain.facilities.booking import Wish, wish_of
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import RefundReason
from domain.facilities.refunds import Refund
from domain.facilities.reservation import Reservation, ReservationAct, ReservationState
from domain.facilities.rules import FacilityRules
from domain.facilities.tell_booking import describe_booking_fault
from gateway.bookings.acting import SELF
from gateway.citizens.booking_fields import read_number
from gateway.citizens.bookings import demand_own, find_room, load_price, may_still
from gateway.citizens.guard import Form, Formed, Guested
from gateway.citizens.guest import Guest
from gateway.fees.changed_price import foresee_change
from gateway.fees.pricing import Wanted, require_reservation
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.refund_fee import assess_due
from gateway.pages.drawing.dates import read_date
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.origins import see_other
from gateway.pages.rooms.outlook import find_slot
from store.tx import Tx

router = APIRouter()


@router.get("/bookings/{reservation_id}/cancel")
def get_cancelling(guest: Guested, reservation_id: str) -> Response:
    """Ask whether it is meant, and say what goes back; what cannot be cancelled any more says so on its own page."""
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        of = demand_own(tx, guest, reservation_id).reservation
        rules, _ = find_room(tx, of.room_id)
    if not may_still(rules, of, ReservationAct.cancel, context.now()):
        return see_other(f"/bookings/{reservation_id}")
    return _show_cancelling(guest, reservation_id)


@router.post("/bookings/{reservation_id}/cancelled")
def post_cancelled(guest: Guested, reservation_id: str) -> Response:
    """Cancel; what goes back is paid at the counter."""
    context = guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_own(tx, guest, reservation_id)
            cancel_reservation(tx, reservation_id, guest.acting)
    except BookingFaultsError as error:
        told = tell_by_field(error.faults, describe_booking_fault, guest.language)
        return _show_cancelling(guest, reservation_id, faults=told)
    context.committed.set()
    return see_other(f"/bookings/{reservation_id}")


@router.get("/bookings/{reservation_id}/change")
def get_changing(guest: Guested, reservation_id: str) -> Response:
    """Show the booking as a form."""
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        of = demand_own(tx, guest, reservation_id).reservation
        rules, _ = find_room(tx, of.room_id)
    if not may_still(rules, of, ReservationAct.change, context.now()):
        return see_other(f"/bookings/{reservation_id}")
    return _show_changing(guest, of, rules, _typed_of(of))


@router.post("/bookings/{reservation_id}/changed")
def post_changed(guest: Guested, reservation_id: str, form: Formed) -> Response:
    """Change it, and price it anew as it was priced before; it is applied for anew. Or only look what it would cost."""
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        of = demand_own(tx, guest, reservation_id).reservation
        rules, _ = find_room(tx, of.room_id)
    if form.get("act") == "look":
        return _show_changing(guest, of, rules, form)
    try:
        wish = _read_wish(of, rules, form)
        with context.store.transaction(context.now()) as tx:
            asked = AskedChange(of.id, read_number(form.get("version", "")), wish)
            changed = change_reservation(tx, asked, guest.acting)
            _price_again(tx, changed)
    except BookingFaultsError as error:
        return _show_changing(guest, of, rules, form, faults=_tell(guest, error))
    context.committed.set()
    return see_other(f"/bookings/{reservation_id}")


def preview_refund(tx: Tx, reservation_id: str) -> Refund | None:
    """Say what would go back if a booking were cancelled now by its reservee; None where nothing was priced."""
    standing = require_reservation(tx, reservation_id)
    ended = replace(standing, state=ReservationState.cancelled, moved_at=tx.now)
    try:
        return assess_due(tx, ended, RefundReason.reservee)
    except FeeFaultsError:
        return None


def _price_again(tx: Tx, changed: Reservation) -> None:
    stored, _ = load_price(tx, changed.id)
    if stored is not None:
        try:
            price_reservation(tx, changed.id, Wanted(stored.purpose, stored.options), by=SELF)
        except FeeFaultsError:
            return  # a reduction that no longer fits is for the counter to look at; the booking says it has no price


def _show_cancelling(guest: Guest, reservation_id: str, *, faults: FieldFaults | None = None) -> Response:
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        of = demand_own(tx, guest, reservation_id).reservation
        rules, room = find_room(tx, of.room_id)
        _, balance = load_price(tx, reservation_id)
        refund = preview_refund(tx, reservation_id)
    return guest.render(
        "cancel.html", faults=faults, now=context.now(), of=of, rules=rules, room=room, balance=balance, refund=refund
    )


def _typed_of(of: Reservation) -> Form:
    on, start = civil_minute(of.from_at)
    typed = {"on": on.isoformat(), "room": of.room_id, "party": str(of.party), "purpose": of.purpose}
    if of.slot_id is not None:
        return typed | {"slot": of.slot_id, "places": str(of.places or "")}
    return typed | {"from": format_clock(start), "to": format_clock(minute_on(of.until_at, on))}


def _read_wish(of: Reservation, rules: FacilityRules, form: Form) -> Wish:
    """Give the wish of a form; a day or hour that is none stays what it was.

    What the form names beside the reservation's room and time is asked by the rules, with every other fault.
    """
    standing = wish_of(of)
    on = read_date(form.get("on", "")) or standing.on
    slot = next((each for each in rules.slots_of(of.room_id) if each.id == form.get("slot", of.slot_id)), None)
    if of.slot_id is not None and slot is not None:
        start, end = slot.from_minute, slot.to_minute
    else:
        start = _read_clock(form.get("from", ""), civil_minute(of.from_at)[1])
        end = _read_clock(form.get("to", ""), minute_on(of.until_at, standing.on))
    return replace(
        standing,
        from_at=instant(on, start),
        until_at=instant(on, end),
        slot_id=slot.id if of.slot_id is not None and slot is not None else of.slot_id,
        places=read_number(form.get("places", "")) if of.places is not None else None,
        party=read_number(form.get("party", "")),
        purpose=" ".join(form.get("purpose", "").split()),
    )


def _read_clock(text: str, otherwise: int) -> int:
    try:
        return parse_clock(text[:5])
    except ValueError:
        return otherwise


def _show_changing(
    guest: Guest, of: Reservation, rules: FacilityRules, typed: Form, *, faults: FieldFaults | None = None
) -> Response:
    room = next(each for each in rules.rooms if each.id == of.room_id)
    slots = rules.slots_of(room.id) if of.slot_id is not None else ()
    wish, context = _read_wish(of, rules, typed), guest.house.context
    with context.store.reading(context.now()) as tx:
        price = None if faults else foresee_change(tx, of.id, wish, find_slot(rules.slots, wish))
    return guest.render(
        "change.html",
        of=of,
        rules=rules,
        room=room,
        slots=slots,
        typed=typed,
        faults=faults,
        price=price,
        is_late=typed.get("to", "") >= "24:00" or any(each.to_minute > _DAY for each in rules.opening.openings),
    )


def _tell(guest: Guest, error: BookingFaultsError) -> FieldFaults:
    told: dict[str, list[str]] = {}
    for name, lines in tell_by_field(error.faults, describe_booking_fault, guest.language).items():
        told.setdefault(name if name in {"party", "purpose", "places"} else "time", []).extend(lines)
    return told
