"""What is wished of the demo's civic hall: two weeks that are over, and four to come."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from demo.hall_people import Guest
from domain.civil import instant
from domain.facilities.booking import Wish
from domain.facilities.facility import Room, SlotKind
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules

SEED = 6
PAST_DAYS, DAYS_AHEAD = 14, 28
STAFF_ROOM, FULL_ROOM = "meeting-2", "meeting-1"
_SHARES = {"hall": 0.5, "hall-east": 0.15, "gym": 0.6, "meeting-1": 0.5, "meeting-2": 0.3, "washitsu": 0.5}
"""How often each room is wished for on a day."""

_TRIES_NEAR, _NEAR_DAYS = 3, 1
"""Around today there are so many who wish: a counter that has something to do."""

_FAR_SHARE, _FAR_DAYS = 0.5, 7
"""What is farther off is wished for less."""

_STARTS = (600, 780, 900, 1080)
_LASTS = 120
_COURSE = (9 * 60, 17 * 60, 22 * 60)
"""The staff have their room all day, as two bookings: no booking of it is longer than eight hours."""

_PARTS = ((9 * 60, 12 * 60), (13 * 60, 17 * 60), (18 * 60, 21 * 60))
"""One after another has the full room: whenever a visitor comes, the next one's key can be lent."""


def draw_wishes(rules: FacilityRules, guests: Sequence[Guest], today: date) -> Iterator[Wish]:
    """Draw what groups and citizens wish for, day by day; some of it cannot be had."""
    random = Random(SEED)
    for ahead in range(-PAST_DAYS, DAYS_AHEAD):
        on = today + timedelta(days=ahead)
        tries = _TRIES_NEAR if abs(ahead) <= _NEAR_DAYS else 1
        share = 1 if ahead <= _FAR_DAYS else _FAR_SHARE
        for room in rules.rooms * tries:
            if random.random() < _SHARES.get(room.id, 0) * share:
                yield _draw_wish(random, rules, room, guests, on)


def list_staff_wishes(reservee: Reservee, today: date) -> Iterator[Wish]:
    """Give what the city's own people have a room for: a course, all of today and tomorrow."""
    for on in (today, today + timedelta(days=1)):
        for opens, closes in pairwise(_COURSE):
            span = (instant(on, opens), instant(on, closes))
            yield Wish(STAFF_ROOM, *span, reservee.id, reservee.user_class, 8, "新人職員の研修")


def list_full_wishes(guests: Sequence[Guest], today: date) -> Iterator[Wish]:
    """Give those of a room that is full today and tomorrow."""
    fitting = [each for each in guests if FULL_ROOM in each.rooms]
    for on in (today, today + timedelta(days=1)):
        for guest, (opens, closes) in zip(fitting, _PARTS, strict=False):
            who, span = guest.reservee, (instant(on, opens), instant(on, closes))
            yield Wish(FULL_ROOM, *span, who.id, who.user_class, 12, guest.purpose)


def _draw_wish(random: Random, rules: FacilityRules, room: Room, guests: Sequence[Guest], on: date) -> Wish:
    slots = [each for each in rules.slots_of(room.id) if each.places is None and on.weekday() in each.weekdays]
    from_minute, to_minute, slot_id = _draw_time(random, slots)
    guest = random.choice([each for each in guests if room.id in each.rooms])
    who, party = guest.reservee, random.randint(2, max(2, room.capacity // 4))
    span = (instant(on, from_minute), instant(on, to_minute))
    return Wish(room.id, *span, who.id, who.user_class, party, guest.purpose, slot_id=slot_id)


def _draw_time(random: Random, slots: Sequence[SlotKind]) -> tuple[int, int, str | None]:
    if slots:
        slot = random.choice(slots)
        return slot.from_minute, slot.to_minute, slot.id
    starts = random.choice(_STARTS)
    return starts, min(starts + _LASTS, 1200), None
