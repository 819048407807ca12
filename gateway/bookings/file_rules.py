"""Rules of a facility out of its file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.civil import parse_clock
from domain.facilities.booking_rules import BookingWindow, Deadline, Terms
from domain.facilities.check_facility import check_facility
from domain.facilities.closures import ClosureRule
from domain.facilities.entry import EntryRule
from domain.facilities.facility import Equipment, Facility, Room, SlotKind, UserClass
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.opening import Opening, OpeningRules, SpecialDays
from domain.facilities.quotas import Quota
from domain.facilities.rules import FacilityRules
from gateway.bookings.facility_file import FacilityFile, RoomDescription
from gateway.bookings.rule_descriptions import DeadlineDescription, HoursDescription
from gateway.bookings.spaces import find_spaces
from gateway.site.hours import Weekday


@dataclass(frozen=True, slots=True)
class LaidDown:
    """What a file says: rules, the classes of reservees that it names, and faults of what rooms are made of."""

    rules: FacilityRules
    user_classes: tuple[UserClass, ...]
    faults: tuple[FacilityFault, ...]


def lay_down(file: FacilityFile) -> LaidDown:
    """Give what a file says as rules; ids of rules without one are made of the facility's or room's and their place."""
    house = file.facility.id
    spaces, faults = _find_all_spaces(file.rooms)
    openings = _openings(house, None, file.hours)
    for room in file.rooms:
        openings += _openings(f"{room.id}-own", room.id, room.hours)
    rules = FacilityRules(
        Facility(
            house,
            file.facility.name,
            file.facility.name_en,
            file.facility.department,
            file.facility.operator,
            file.facility.public,
        ),
        tuple(_room(house, room, spaces[room.id]) for room in file.rooms),
        tuple(Equipment(each.id, house, each.name, each.name_en, each.units, each.room) for each in file.equipment),
        _slots(file),
        OpeningRules(tuple(openings), _closures(file), _special_days(file)),
        _windows(file),
        tuple(
            Quota(
                f"{house}-quota-{number}",
                each.counts,
                each.per,
                each.most,
                each.room,
                each.user_class,
                each.valid_from,
                each.valid_until,
            )
            for number, each in enumerate(file.quotas, 1)
        ),
        _terms(file),
        _entries(file),
    )
    classes = tuple(UserClass(each.id, each.name, each.name_en, n) for n, each in enumerate(file.user_classes, 1))
    return LaidDown(rules, classes, faults)


def _find_all_spaces(
    rooms: Sequence[RoomDescription],
) -> tuple[dict[str, tuple[str, ...]], tuple[FacilityFault, ...]]:
    """Give the spaces of all rooms, whatever their order; what is made of itself around a corner has none."""
    spaces = {room.id: find_spaces(room.id, (), {})[0] for room in rooms if not room.made_of}
    waiting = [room for room in rooms if room.made_of]
    known = {room.id for room in rooms}
    while ready := [room for room in waiting if {id_ for id_ in room.made_of if id_ in known} <= spaces.keys()]:
        spaces |= {room.id: find_spaces(room.id, room.made_of, spaces)[0] for room in ready}
        waiting = [room for room in waiting if room.id not in spaces]
    faults = tuple(
        FacilityFault(Thing.room, room.id, "spaces", Flaw.unknown_room, {"name": id_})
        for room in rooms
        for id_ in room.made_of
        if id_ not in known
    )
    return {room.id: () for room in waiting} | spaces, faults


def _room(house: str, room: RoomDescription, spaces: tuple[str, ...]) -> Room:
    return Room(
        room.id,
        house,
        room.name,
        room.name_en,
        spaces,
        room.capacity,
        room.step_minutes,
        room.minutes_min,
        room.minutes_max,
        room.before_minutes,
        room.after_minutes,
        room.permits,
        room.area,
    )


def _slots(file: FacilityFile) -> tuple[SlotKind, ...]:
    return tuple(
        SlotKind(
            slot.id,
            room.id,
            slot.name,
            slot.name_en,
            parse_clock(slot.opens),
            parse_clock(slot.closes),
            _weekdays(slot.days),
            slot.places,
            slot.valid_from,
            slot.valid_until,
        )
        for room in file.rooms
        for slot in room.slots
    )


def _openings(of: str, room_id: str | None, hours: Sequence[HoursDescription]) -> list[Opening]:
    return [
        Opening(
            f"{of}-hours-{number}",
            _weekdays(each.days),
            parse_clock(each.opens),
            parse_clock(each.closes),
            room_id,
            frozenset(each.months),
            each.valid_from,
            each.valid_until,
        )
        for number, each in enumerate(hours, 1)
    ]


def _closures(file: FacilityFile) -> tuple[ClosureRule, ...]:
    return tuple(
        ClosureRule(
            f"{file.facility.id}-closure-{number}",
            each.kind,
            each.name,
            each.room,
            _weekdays(each.days),
            frozenset(each.nths),
            _year_day(each.from_day),
            _year_day(each.to_day),
            each.on_holiday,
            each.valid_from,
            each.valid_until,
        )
        for number, each in enumerate(file.closures, 1)
    )


def _special_days(file: FacilityFile) -> tuple[SpecialDays, ...]:
    return tuple(
        SpecialDays(
            f"{file.facility.id}-special-{number}",
            each.kind,
            each.first_on,
            each.last_on or each.first_on,
            each.reason,
            each.room,
            None if each.opens is None else parse_clock(each.opens),
            None if each.closes is None else parse_clock(each.closes),
        )
        for number, each in enumerate(file.special_days, 1)
    )


def _windows(file: FacilityFile) -> tuple[BookingWindow, ...]:
    return tuple(
        BookingWindow(
            f"{file.facility.id}-window-{number}",
            each.opens.by,
            each.opens.before,
            parse_clock(each.opens.at),
            _deadline(each.closes),
            each.opens.day,
            None if each.desk_closes is None else _deadline(each.desk_closes),
            each.room,
            each.user_class,
            each.valid_from,
            each.valid_until,
        )
        for number, each in enumerate(file.windows, 1)
    )


def _terms(file: FacilityFile) -> tuple[Terms, ...]:
    return tuple(
        Terms(
            f"{file.facility.id}-terms-{number}",
            _deadline(each.cancel),
            each.valid_from,
            each.no_shows_to_block,
            each.no_show_days,
            each.block_days,
            each.no_show_after_minutes,
            each.contact_confirmed,
            each.tentative_minutes,
        )
        for number, each in enumerate(file.terms, 1)
    )


def _entries(file: FacilityFile) -> tuple[EntryRule, ...]:
    return tuple(
        EntryRule(
            f"{file.facility.id}-entry-{number}",
            frozenset(each.ways),
            each.early_minutes,
            each.late_minutes,
            each.room,
            each.valid_from,
        )
        for number, each in enumerate(file.entry, 1)
    )


def _weekdays(days: Iterable[Weekday]) -> frozenset[int]:
    return frozenset(day.number for day in days)


def _year_day(text: str | None) -> tuple[int, int] | None:
    return None if text is None else (int(text[:2]), int(text[3:]))


def _deadline(told: DeadlineDescription) -> Deadline:
    if told.minutes_before is not None:
        return Deadline(None, told.minutes_before)
    return Deadline(told.days, parse_clock(told.at or "00:00"))


def check_laid_down(laid: LaidDown, on: date) -> tuple[FacilityFault, ...]:
    """Give everything that is wrong with what a file says, as far as the file alone can tell, from a day on."""
    return (*laid.faults, *check_facility(laid.rules, {each.id for each in laid.user_classes}, on))
