"""Which of a facility's rules hold for a room now, each in words: hours, windows, limits. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.facilities.booking_rules import BookingWindow, choose_terms, choose_window
from domain.facilities.facility import Room
from domain.facilities.rules import FacilityRules
from domain.validity import is_in_force
from gateway.pages.drawing.rule_sentences import Teller, Told

SPECIAL_AHEAD = timedelta(days=366)
"""So far ahead special days are told."""


@dataclass(frozen=True, slots=True)
class RulesTold:
    """A room's rules."""

    hours: tuple[Told, ...]
    closures: tuple[Told, ...]
    special: tuple[Told, ...]
    slots: tuple[Told, ...]
    sizes: tuple[str, ...]
    windows: tuple[Told, ...]
    quotas: tuple[Told, ...]
    terms: tuple[str, ...]


def tell_rules(rules: FacilityRules, room: Room, teller: Teller, today: date) -> RulesTold:
    """Say what is laid down about a room; ``teller`` leaves its name out."""
    here = {None, room.id}
    hours = [each for each in rules.opening.openings if each.room_id in here and is_in_force(each, today)]
    special = sorted(
        (
            each
            for each in rules.opening.special_days
            if each.room_id in here and today <= each.last_on and each.first_on <= today + SPECIAL_AHEAD
        ),
        key=lambda each: each.first_on,
    )
    slots = [each for each in rules.slots_of(room.id) if each.valid_until is None or each.valid_until >= today]
    steps = () if slots else teller.tell_steps(room)
    terms = choose_terms(rules.terms, today)
    told = None if terms is None else teller.tell(terms)
    return RulesTold(
        hours=tuple(teller.tell(each) for each in [each for each in hours if each.room_id] or hours),
        closures=tuple(
            teller.tell(each) for each in rules.opening.closures if each.room_id in here and is_in_force(each, today)
        ),
        special=tuple(teller.tell(each) for each in special),
        slots=tuple(teller.tell(each) for each in slots),
        sizes=(*steps, *teller.tell_buffers(room)),
        windows=tuple(teller.tell(each) for each in _choose_windows(rules, room, today)),
        quotas=tuple(teller.tell(each) for each in rules.quotas if each.room_id in here and is_in_force(each, today)),
        terms=() if told is None else (told.title, *told.parts),
    )


def _choose_windows(rules: FacilityRules, room: Room, today: date) -> list[BookingWindow]:
    """Give the windows that count for some class in a room, each once; ``""`` is a class that has none of its own."""
    classes = dict.fromkeys(each.user_class or "" for each in rules.windows)
    chosen = [choose_window(rules.windows, room.id, each, today) for each in classes]
    return list({each.id: each for each in chosen if each is not None}.values())
