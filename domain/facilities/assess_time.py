"""Whether a wish's time fits its room: the step, the length, the hours, or its slot's day and times."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.civil import MINUTES_PER_DAY, civil_minute, instant, minute_on
from domain.facilities.booking import BookingFacts, Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.facility import RESERVATION_MINUTES_MAX, Room, SlotKind
from domain.validity import is_in_force

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def assess_time(wish: Wish, room: Room, facts: BookingFacts) -> Iterator[BookingFault]:
    """Yield what is wrong with the time; of one that is none, only that."""
    if wish.until_at <= wish.from_at:
        yield BookingFault("until_at", BookingWhy.ends_before_start)
        return
    if wish.from_at < facts.now:
        yield BookingFault("from_at", BookingWhy.past)
    if wish.minutes > RESERVATION_MINUTES_MAX:
        yield BookingFault("until_at", BookingWhy.too_long, {"most_minutes": RESERVATION_MINUTES_MAX})
        return
    slot = facts.slot(wish)
    if slot is not None:
        yield from _assess_slot(wish, slot, facts)
    elif wish.slot_id is not None:
        yield BookingFault("slot_id", BookingWhy.unknown_slot)
    elif facts.rules is not None and any(is_in_force(each, wish.on) for each in facts.rules.slots_of(room.id)):
        yield BookingFault("slot_id", BookingWhy.slot_missing)
    else:
        yield from _assess_stretch(wish, room, facts)


def _assess_slot(wish: Wish, slot: SlotKind, facts: BookingFacts) -> Iterator[BookingFault]:
    if not is_in_force(slot, wish.on):
        yield BookingFault("slot_id", BookingWhy.retired_slot, {"on": wish.on})
        return
    if wish.on.weekday() not in slot.weekdays:
        yield BookingFault("slot_id", BookingWhy.slot_weekday, {"weekdays": slot.weekdays})
        return
    times = instant(wish.on, slot.from_minute), instant(wish.on, slot.to_minute)
    if (wish.from_at, wish.until_at) != times:
        yield BookingFault("from_at", BookingWhy.slot_times, {"times": (times,)})
        return
    yield from _assess_hours(wish, facts)


def _assess_stretch(wish: Wish, room: Room, facts: BookingFacts) -> Iterator[BookingFault]:
    step = max(room.step_minutes, 1)
    for name, at in (("from_at", wish.from_at), ("until_at", wish.until_at)):
        if civil_minute(at)[1] % step or at.second or at.microsecond:
            yield BookingFault(name, BookingWhy.off_step, {"step_minutes": step})
    if wish.minutes < room.minutes_min:
        yield BookingFault("until_at", BookingWhy.too_short, {"least_minutes": room.minutes_min})
    if wish.minutes > room.minutes_max:
        yield BookingFault("until_at", BookingWhy.too_long, {"most_minutes": room.minutes_max})
    yield from _assess_hours(wish, facts)


def _assess_hours(wish: Wish, facts: BookingFacts) -> Iterator[BookingFault]:
    """Yield a fault where a wish does not lie in open hours.

    What lasts longer than a day, an exhibition, begins and ends in open hours; in between the house may be closed.
    """
    if wish.minutes <= MINUTES_PER_DAY:
        inside = any(_lie_in_hours(wish.from_at, wish.until_at, wish.on, facts))
    else:
        begins = _lie_in_hours(wish.from_at, wish.from_at + _MINUTE, wish.on, facts)
        ends = _lie_in_hours(wish.until_at - _MINUTE, wish.until_at, civil_minute(wish.until_at - _MINUTE)[0], facts)
        inside = any(begins) and any(ends)
    if inside:
        return
    windows = facts.windows.get(wish.on, ())
    if not windows:
        yield BookingFault("from_at", BookingWhy.closed, {"on": wish.on})
        return
    times = tuple((instant(wish.on, start), instant(wish.on, end)) for start, end in windows)
    yield BookingFault("from_at", BookingWhy.outside_hours, {"times": times})


def _lie_in_hours(from_at: datetime, until_at: datetime, on: date, facts: BookingFacts) -> Iterator[bool]:
    """Yield for each open window of a day, and of the one before, whether a stretch lies in it."""
    for day in (on, on - _DAY):
        start, end = minute_on(from_at, day), minute_on(until_at, day)
        for first, last in facts.windows.get(day, ()):
            yield first <= start and end <= last
