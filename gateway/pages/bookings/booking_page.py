"""One booking: where it stands, what it holds, costs and promises, and what may be done about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFault
from domain.facilities.booking_rules import choose_terms, derive_deadline
from domain.facilities.facility import Equipment, SlotKind
from domain.facilities.fee_table import RefundReason
from domain.facilities.reservation import Actor, Reservation, ReservationAct
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules
from gateway.bookings.granted import list_granted
from gateway.bookings.remembered_rules import recall_rules
from gateway.pages.access.rights import Right
from gateway.pages.bookings.booking_doors import tell_doors
from gateway.pages.bookings.booking_keys import load_key_promises
from gateway.pages.bookings.booking_money import foresee_refund, load_money
from gateway.pages.bookings.booking_view import (
    derive_milestones,
    find_question,
    list_acts,
    view_deed,
    view_holds,
    view_span,
)
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from store.booking_search import BookingLine, describe_bookings, list_login_names
from store.facilities import list_spaces, list_user_classes
from store.reservations import list_reservation_steps
from store.reservees import load_reservee
from store.resource_holds import list_holds_of
from store.tx import Tx

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Seen:
    """A booking that a visitor may see: ``actor`` is as whom one may do something about it, None for nobody."""

    line: BookingLine
    rules: FacilityRules
    reservee: Reservee | None
    scope: DeskScope
    actor: Actor | None
    is_own: bool

    @property
    def reservation(self) -> Reservation:
        """Give the booking itself."""
        return self.line.kept.reservation

    @property
    def slot(self) -> SlotKind | None:
        """Give its slot; None where it is of none."""
        slots = self.rules.slots_of(self.line.room.id)
        return next((each for each in slots if each.id == self.reservation.slot_id), None)

    @property
    def units(self) -> tuple[tuple[Equipment, int], ...]:
        """Give the equipment that was asked for."""
        known = {each.id: each for each in self.rules.equipment}
        return tuple((known[id_], count) for id_, count in self.reservation.units if id_ in known)

    @property
    def closes_at(self) -> datetime | None:
        """Give until when the reservee may change or cancel it; None where nothing says so, or a counter does it."""
        terms = choose_terms(self.rules.terms, civil_minute(self.reservation.from_at)[0])
        if terms is None or self.actor is not Actor.reservee:
            return None
        return derive_deadline(terms.cancel, self.reservation.from_at)

    def acts(self, now: datetime) -> frozenset[ReservationAct]:
        """Give what the visitor may do about it now."""
        if self.actor is None:
            return frozenset()
        acts = set(list_acts(self.reservation.state, self.actor))
        begins_at = self.reservation.from_at
        if self.closes_at is not None and now >= self.closes_at:
            acts -= {ReservationAct.change, ReservationAct.cancel}
        if now < begins_at - timedelta(minutes=self.line.room.before_minutes):
            acts.discard(ReservationAct.begin)
        if now < begins_at:
            acts.discard(ReservationAct.miss)
        return frozenset(acts)


def demand_seen(tx: Tx, visit: Visit, booking_id: str) -> Seen:
    """Give a booking to its reservee and to those who serve or read its facility.

    Raises:
        HTTPException: 404, there is none, or it is not this visitor's to see.
    """
    line = next(iter(describe_bookings(tx, [booking_id])), None)
    scope = read_scope(tx, visit)
    if line is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    kept = line.kept
    is_own = scope.acting.reservee_id is not None and scope.acting.reservee_id == kept.reservation.reservee_id
    if not is_own and kept.facility_id not in scope.read:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    actor = None
    if kept.facility_id in scope.acting.desks:
        actor = Actor.desk
    elif is_own and visit.may(Right.book_rooms):
        actor = Actor.reservee
    rules = recall_rules(tx, [kept.reservation.room_id])[kept.facility_id]
    return Seen(line, rules, load_reservee(tx, kept.reservation.reservee_id), scope, actor, is_own)


@router.get("/bookings/{booking_id}")
def get_booking(visit: Visitor, booking_id: str, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Show one booking; ``done`` is what the visitor did about it just now."""
    return show_booking(visit, booking_id, done=done)


def show_booking(
    visit: Visit,
    booking_id: str,
    *,
    done: str = "",
    faults: Collection[BookingFault] = (),
    tried: str = "",
    reason: str = "",
) -> Response:
    """Show one booking; with the ``faults`` of what was ``tried`` and the ``reason`` as it was entered."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = demand_seen(tx, visit, booking_id)
        values = _load_values(tx, visit, seen)
    return visit.render(
        "bookings/booking.html",
        **values,
        done=done if done in {act.value for act in ReservationAct} else "",
        told=tell_faults(visit, faults),
        tried=tried,
        reason=reason,
        fault="some" if faults else None,
        now=context.now(),
        today=civil_minute(context.now())[0],
    )


def _load_values(tx: Tx, visit: Visit, seen: Seen) -> dict[str, Any]:
    one, facility_id = seen.reservation, seen.line.kept.facility_id
    steps = list_reservation_steps(tx, one.id)
    names = list_login_names(tx, {step.done_by for step in steps})
    equipment = {each.id: each for each in seen.rules.equipment}
    slots = {each.id: each for each in seen.rules.slots}
    acts = seen.acts(tx.now)
    promised, lent = load_key_promises(tx, one.id)
    classes = {each.user_class.id: each.user_class for each in list_user_classes(tx)}
    decides = facility_id in seen.scope.acting.decides and not seen.is_own
    may_cancel = ReservationAct.cancel in acts
    return {
        "seen": seen,
        "one": one,
        "room": seen.line.room,
        "facility": seen.rules.facility,
        "slot": seen.slot,
        "units": seen.units,
        "reservee": seen.reservee,
        "user_class": classes.get(one.user_class),
        "span": view_span(one.from_at, one.until_at),
        "way": derive_milestones(one.state, steps),
        "names": names,
        "deeds": tuple(view_deed(step, names) for step in steps),
        "question": find_question(steps, one.state),
        "holds": view_holds(list_holds_of(tx, one.id), list_spaces(tx, facility_id), slots, equipment),
        "money": load_money(tx, one),
        "doors": tell_doors(visit, list_granted(tx, seen.line.kept, visit.pages.context.site)),
        "promised": promised,
        "lent": lent,
        "acts": acts,
        "closes_at": seen.closes_at,
        "foreseen": foresee_refund(tx, one.id, RefundReason.reservee) if may_cancel else None,
        "decides": decides,
        "sees_takings": visit.may(Right.read_takings),
        "sees_reservees": visit.may(Right.read_reservees),
    }
