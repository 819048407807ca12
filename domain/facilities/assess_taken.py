"""Whether what a wish needs is free: its room's spaces, places of its slot, units of equipment."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from domain.facilities.booking import BookingFacts, TakenHold, Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.facility import Room
from domain.facilities.holds import list_place_resources, list_unit_resources, slot_holder, space_resource

TIMES_MAX = 5
"""So many taken times are told at once."""


def assess_taken(wish: Wish, room: Room, facts: BookingFacts) -> Iterator[BookingFault]:
    """Yield what of a wish is taken; whose it is stands in none of it, unless it is the reservee's own."""
    if wish.until_at <= wish.from_at:
        return
    slot = facts.slot(wish)
    shares = slot is not None and slot.places is not None
    holder = slot_holder(slot, wish.on) if slot is not None and shares else None
    spaces = frozenset(space_resource(space) for space in room.spaces)
    start = wish.from_at - timedelta(minutes=room.before_minutes)
    end = wish.until_at + timedelta(minutes=room.after_minutes)
    at_once = [each for each in _touching(facts.taken, start, end) if each.hold.resource in spaces]
    if any(each.reservee_id == wish.reservee_id for each in at_once):
        yield BookingFault("from_at", BookingWhy.own_overlap)
    others = [each.hold for each in at_once if each.hold.holder != holder and each.reservee_id != wish.reservee_id]
    if others:
        times = sorted({(hold.from_at, hold.until_at) for hold in others})
        yield BookingFault("from_at", BookingWhy.taken, {"times": tuple(times[:TIMES_MAX])})
    busy = list_busy(wish, facts)
    if slot is not None and slot.places is not None:
        left = sum(resource not in busy for resource in list_place_resources(slot))
        if (wish.places or 1) > left and not others:
            yield BookingFault("places", BookingWhy.places_left, {"left": left})
    for equipment in facts.rules.equipment if facts.rules is not None else ():
        asked = sum(units for id_, units in wish.units if id_ == equipment.id)
        left = sum(resource not in busy for resource in list_unit_resources(equipment))
        if asked > left:
            yield BookingFault("units", BookingWhy.units_left, {"name": equipment.name, "left": left})


def list_busy(wish: Wish, facts: BookingFacts) -> frozenset[str]:
    """Give the resources that are held at some time of a wish, its buffers apart."""
    return frozenset(each.hold.resource for each in _touching(facts.taken, wish.from_at, wish.until_at))


def _touching(taken: Iterable[TakenHold], start: datetime, end: datetime) -> Iterator[TakenHold]:
    return (each for each in taken if each.hold.from_at < end and each.hold.until_at > start)
