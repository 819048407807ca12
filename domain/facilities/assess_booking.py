"""What is wrong with a wish to reserve: every fault at once, so that nobody is sent back twice."""

from collections.abc import Iterator

from domain.civil import civil_minute
from domain.facilities.assess_taken import assess_taken
from domain.facilities.assess_time import assess_time
from domain.facilities.booking import PURPOSE_LENGTH_MAX, BookingFacts, Via, Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.booking_rules import (
    BookingWindow,
    WindowState,
    choose_terms,
    choose_window,
    derive_closes_at,
    derive_opens_at,
    judge_window,
)
from domain.facilities.facility import Room
from domain.facilities.quotas import Booked, find_exceeded
from domain.facilities.reservee import ReserveeKind
from domain.facilities.rules import FacilityRules


def assess_booking(wish: Wish, facts: BookingFacts) -> tuple[BookingFault, ...]:
    """Name everything that is wrong with a wish; nothing is where it can be reserved."""
    room = facts.room(wish)
    if facts.rules is None or room is None:
        unknown = BookingFault("room_id", BookingWhy.unknown_room)
        return (unknown, *_assess_purpose(wish), *_assess_class(wish, facts))
    return (
        *_assess_room(wish, room, facts.rules),
        *assess_time(wish, room, facts),
        *_assess_size(wish, room, facts),
        *_assess_purpose(wish),
        *_assess_units(wish, facts.rules),
        *_assess_class(wish, facts),
        *_assess_reservee(wish, facts.rules, facts),
        *_assess_rules(wish, facts.rules, facts),
        *assess_taken(wish, room, facts),
    )


def _assess_room(wish: Wish, room: Room, rules: FacilityRules) -> Iterator[BookingFault]:
    ends = [each for each in (room.retired_on, rules.facility.retired_on) if each is not None]
    if ends and civil_minute(wish.until_at)[0] >= min(ends):
        yield BookingFault("room_id", BookingWhy.retired_room, {"on": min(ends)})


def _assess_size(wish: Wish, room: Room, facts: BookingFacts) -> Iterator[BookingFault]:
    if wish.party < 1:
        yield BookingFault("party", BookingWhy.nobody)
    if wish.party > room.capacity:
        yield BookingFault("party", BookingWhy.over_capacity, {"most": room.capacity})
    slot = facts.slot(wish)
    most = slot.places if slot is not None else None
    if most is None:
        if wish.places is not None:
            yield BookingFault("places", BookingWhy.places_without_slot)
    elif wish.places is None or wish.places < 1:
        yield BookingFault("places", BookingWhy.no_places)
    elif wish.places > most:
        yield BookingFault("places", BookingWhy.too_many_places, {"most": most})


def _assess_purpose(wish: Wish) -> Iterator[BookingFault]:
    if not wish.purpose.strip():
        yield BookingFault("purpose", BookingWhy.purpose_missing)
    if len(wish.purpose) > PURPOSE_LENGTH_MAX:
        yield BookingFault("purpose", BookingWhy.text_too_long, {"most_characters": PURPOSE_LENGTH_MAX})


def _assess_units(wish: Wish, rules: FacilityRules) -> Iterator[BookingFault]:
    known = {each.id: each for each in rules.equipment}
    seen = set()
    for id_, units in wish.units:
        equipment = known.get(id_)
        if equipment is None:
            yield BookingFault("units", BookingWhy.unknown_equipment)
            continue
        named = {"name": equipment.name}
        if id_ in seen:
            yield BookingFault("units", BookingWhy.equipment_twice, named)
        seen.add(id_)
        if equipment.retired_on is not None and civil_minute(wish.until_at)[0] >= equipment.retired_on:
            yield BookingFault("units", BookingWhy.retired_equipment, named)
        if equipment.room_id not in {None, wish.room_id}:
            yield BookingFault("units", BookingWhy.equipment_of_other_room, named)
        if units < 1:
            yield BookingFault("units", BookingWhy.no_units, named)


def _assess_class(wish: Wish, facts: BookingFacts) -> Iterator[BookingFault]:
    if wish.user_class not in facts.user_classes:
        yield BookingFault("user_class", BookingWhy.unknown_class)
    elif facts.via is Via.page and facts.reservee is not None and facts.reservee.user_class != wish.user_class:
        yield BookingFault("user_class", BookingWhy.other_class)


def _assess_reservee(wish: Wish, rules: FacilityRules, facts: BookingFacts) -> Iterator[BookingFault]:
    reservee = facts.reservee
    if reservee is None or not reservee.is_standing:
        yield BookingFault("reservee_id", BookingWhy.unknown_reservee)
        return
    is_staff = reservee.kind is ReserveeKind.staff
    if not rules.facility.is_public and not is_staff:
        yield BookingFault("reservee_id", BookingWhy.staff_only)
    if facts.via is Via.file:
        return
    blocked_until = reservee.blocked_until
    if blocked_until is not None and civil_minute(facts.now)[0] <= blocked_until:
        yield BookingFault("reservee_id", BookingWhy.blocked, {"on": blocked_until})
    terms = choose_terms(rules.terms, wish.on)
    asks = terms is not None and terms.contact_confirmed and facts.via is Via.page
    if asks and not is_staff and reservee.confirmed_at is None:
        yield BookingFault("reservee_id", BookingWhy.unconfirmed)


def _assess_rules(wish: Wish, rules: FacilityRules, facts: BookingFacts) -> Iterator[BookingFault]:
    if choose_terms(rules.terms, wish.on) is None:
        yield BookingFault("room_id", BookingWhy.no_terms, {"on": wish.on})
    if facts.via is Via.file:
        return
    window = choose_window(rules.windows, wish.room_id, wish.user_class, wish.on)
    if window is None:
        yield BookingFault("from_at", BookingWhy.no_window, {"on": wish.on})
    elif wish.from_at >= facts.now:
        yield from _assess_window(wish, window, facts)
    asked = Booked(wish.room_id, wish.on, wish.minutes)
    for exceeded in find_exceeded(rules.quotas, wish.user_class, asked, facts.booked):
        quota = exceeded.quota
        is_time = quota.counts == "minutes"
        most, used = ("most_minutes", "used_minutes") if is_time else ("most", "used")
        values = {most: quota.most, used: exceeded.used, "per": quota.per.value}
        yield BookingFault("from_at", BookingWhy.quota_reached, values)


def _assess_window(wish: Wish, window: BookingWindow, facts: BookingFacts) -> Iterator[BookingFault]:
    at_desk = facts.via is Via.desk
    state = judge_window(window, wish.from_at, facts.now, at_desk=at_desk)
    if state is WindowState.not_yet:
        opens_at = derive_opens_at(window, wish.on)
        yield BookingFault("from_at", BookingWhy.not_open_yet, {"opens_at": opens_at})
    if state is WindowState.over:
        closed_at = derive_closes_at(window, wish.from_at, at_desk=at_desk)
        yield BookingFault("from_at", BookingWhy.window_over, {"closed_at": closed_at})
