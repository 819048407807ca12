"""From a form to a wish: what is typed is read field by field, and what cannot be read is named at its field. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.civil import MINUTES_PER_DAY, format_clock, instant, parse_clock
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.facility import Room, SlotKind
from domain.facilities.reservee import Reservee
from domain.validity import is_in_force
from gateway.pages.drawing.dates import read_date
from gateway.pages.rooms.entered import Entered

COUNT_MAX = 9999


@dataclass(frozen=True, slots=True)
class Read:
    """What a form wishes; ``wish`` is None where its time cannot be read, ``faults`` say what cannot."""

    wish: Wish | None
    faults: tuple[BookingFault, ...]


def read_wish(entered: Entered, room: Room, slots: Iterable[SlotKind], reservee: Reservee | None) -> Read:
    """Give the wish of a form.

    Args:
        entered: the form.
        room: the room that it is about.
        slots: all kinds of slots of the room; where some are in force on the day, one of them says the times.
        reservee: for whom; None while nobody is chosen.
    """
    faults: list[BookingFault] = []
    on = read_date(entered.on)
    if on is None:
        return Read(None, (_unreadable("on", "YYYY-MM-DD"),))
    in_force = {slot.id: slot for slot in slots if is_in_force(slot, on)}
    slot = in_force.get(entered.slot_id)
    if in_force and slot is None:
        return Read(None, (BookingFault("slot_id", BookingWhy.slot_missing),))
    span = (slot.from_minute, slot.to_minute) if slot is not None else _read_span(entered, room, on, faults)
    party = read_count("party", entered.party, faults) or 0
    is_shared = slot is not None and slot.places is not None
    places = (read_count("places", entered.places, faults) or 0) if is_shared else None
    units = tuple(_read_units(entered, faults))
    if span is None:
        return Read(None, tuple(faults))
    wish = Wish(
        room_id=room.id,
        from_at=instant(on, span[0]),
        until_at=instant(on, span[1]),
        reservee_id="" if reservee is None else reservee.id,
        user_class="" if reservee is None else reservee.user_class,
        party=party,
        purpose=" ".join(entered.purpose.split()),
        slot_id=None if slot is None else slot.id,
        places=places,
        units=units,
    )
    return Read(wish, tuple(faults))


def choose_time(entered: Entered, room: Room) -> Entered:
    """Give a form with the free time that was chosen instead of its own."""
    if not entered.choose:
        return entered
    text, slot_id, start, end = entered.choose.split(" ")
    on = read_date(text)
    times = {"on": text} if on is None else write_times(room, on, int(start), int(end))
    return entered.model_copy(update=times | {"slot_id": "" if slot_id == "-" else slot_id, "choose": ""})


def write_times(room: Room, on: date, from_minute: int, until_minute: int) -> dict[str, str]:
    """Write a time as a room's form has it: past midnight as ``25:00``, or as another day where it lasts for days."""
    days, until = divmod(until_minute, MINUTES_PER_DAY) if lasts_days(room) else (0, until_minute)
    return {
        "on": on.isoformat(),
        "from_at": format_clock(from_minute),
        "until_on": (on + timedelta(days=days)).isoformat(),
        "until_at": format_clock(until),
    }


def lasts_days(room: Room) -> bool:
    """Tell whether one reservation of a room may last for days, so that its end has a day of its own."""
    return room.minutes_max > MINUTES_PER_DAY


def _read_span(entered: Entered, room: Room, on: date, faults: list[BookingFault]) -> tuple[int, int] | None:
    start = _read_clock("from_at", entered.from_at, faults)
    end = _read_clock("until_at", entered.until_at, faults)
    until_on = read_date(entered.until_on) if lasts_days(room) else on
    if until_on is None:
        faults.append(_unreadable("until_on", "YYYY-MM-DD"))
    if start is None or end is None or until_on is None:
        return None
    return start, end + min(max((until_on - on).days, -1), 366) * MINUTES_PER_DAY


def _read_clock(field: str, text: str, faults: list[BookingFault]) -> int | None:
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed.isdecimal() and len(typed) in (3, 4):
        typed = f"{typed[:-2]}:{typed[-2:]}"
    try:
        minute = parse_clock(typed)
    except ValueError:
        minute = 2 * MINUTES_PER_DAY + 1
    if minute > 2 * MINUTES_PER_DAY:
        faults.append(_unreadable(field, "HH:MM"))
        return None
    return minute


def read_count(field: str, text: str, faults: list[BookingFault]) -> int | None:
    """Read a number as typed; None for nothing, or for what is none, which is then among the faults."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) > COUNT_MAX:
        faults.append(_unreadable(field, f"1–{COUNT_MAX}"))
        return None
    return int(typed)


def _read_units(entered: Entered, faults: list[BookingFault]) -> Iterable[tuple[str, int]]:
    for id_, text in zip(entered.unit_ids, entered.unit_counts, strict=False):
        count = read_count("units", text, faults)
        if id_ and count:
            yield id_, count


def _unreadable(field: str, expected: str) -> BookingFault:
    return BookingFault(field, BookingWhy.bad_cell, {"expected": expected})
