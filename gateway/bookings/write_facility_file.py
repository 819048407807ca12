"""A facility's rules as its file: what ``facility_file`` reads, so that a house can be copied, kept or edited as text.

What is over is left out: retired rooms, equipment and classes, and rules whose last day has passed.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import yaml

from domain.civil import format_clock
from domain.facilities.booking_rules import BookingWindow, Deadline, Terms
from domain.facilities.closures import ClosureRule
from domain.facilities.entry import EntryRule
from domain.facilities.facility import Equipment, Room, SlotKind, UserClass
from domain.facilities.opening import Opening, SpecialDays
from domain.facilities.quotas import Quota
from domain.facilities.rules import FacilityRules
from domain.validity import Dated
from gateway.site.hours import Weekday

_WEEK = tuple(Weekday)
_Plain = dict[str, Any]


def write_facility_file(rules: FacilityRules, classes: Iterable[UserClass], on: date) -> str:
    """Give a facility's file: YAML of everything that holds on a day or later.

    Args:
        rules: the facility's.
        classes: the user classes that can still be given.
        on: the day.
    """
    house, opening = rules.facility, rules.opening
    rooms = [room for room in rules.rooms if room.retired_on is None]
    whole = [each for each in opening.openings if each.room_id is None]
    plain = {
        "facility": _without_empty(
            {
                "id": house.id,
                "name": house.name,
                "name_en": house.name_en,
                "department": house.department_id,
                "operator": house.operator,
            }
        )
        | ({} if house.is_public else {"public": False}),
        "user_classes": [{"id": each.id, "name": each.name, "name_en": each.name_en} for each in classes],
        "hours": [_opening(each) for each in _still(whole, on)],
        "rooms": [_room(room, rules, on) for room in rooms],
        "equipment": [_equipment(each) for each in rules.equipment if each.retired_on is None],
        "closures": [_closure(each) for each in _still(opening.closures, on)],
        "special_days": [_special(each) for each in opening.special_days if each.last_on >= on],
        "windows": [_window(each) for each in _still(rules.windows, on)],
        "quotas": [_quota(each) for each in _still(rules.quotas, on)],
        "terms": [_terms(each) for each in rules.terms],
        "entry": [_entry(each) for each in rules.entries],
    }
    text: str = yaml.safe_dump(_without_empty(plain), allow_unicode=True, sort_keys=False, width=120)
    return text


def _still(kept: Iterable[Any], on: date) -> list[Any]:
    return [each for each in kept if each.valid_until is None or each.valid_until >= on]


def _room(room: Room, rules: FacilityRules, on: date) -> _Plain:
    own = [each for each in rules.opening.openings if each.room_id == room.id]
    return _without_empty(
        {
            "id": room.id,
            "name": room.name,
            "name_en": room.name_en,
            "made_of": [] if room.spaces == (room.id,) else list(room.spaces),
            "capacity": room.capacity,
            "step_minutes": room.step_minutes,
            "minutes_min": room.minutes_min,
            "minutes_max": room.minutes_max,
            "before_minutes": room.before_minutes,
            "after_minutes": room.after_minutes,
            "permits": room.permits.value,
            "area": room.area_id,
            "hours": [_opening(each) for each in _still(own, on)],
            "slots": [_slot(each) for each in _still(rules.slots_of(room.id), on)],
        }
    )


def _slot(slot: SlotKind) -> _Plain:
    times = {"opens": format_clock(slot.from_minute), "closes": format_clock(slot.to_minute)}
    names = {"id": slot.id, "name": slot.name, "name_en": slot.name_en}
    return _without_empty(names | times | {"days": _days(slot.weekdays), "places": slot.places} | _dated(slot))


def _equipment(each: Equipment) -> _Plain:
    names = {"id": each.id, "name": each.name, "name_en": each.name_en}
    return _without_empty(names | {"units": each.units, "room": each.room_id})


def _opening(each: Opening) -> _Plain:
    times = {"opens": format_clock(each.from_minute), "closes": format_clock(each.to_minute)}
    return _without_empty({"days": _days(each.weekdays)} | times | {"months": sorted(each.months)} | _dated(each))


def _closure(each: ClosureRule) -> _Plain:
    return _without_empty(
        {
            "name": each.name,
            "kind": each.kind.value,
            "days": _days(each.weekdays),
            "nths": sorted(each.nths),
            "from_day": _year_day(each.from_day),
            "to_day": _year_day(each.to_day),
            "on_holiday": each.on_holiday.value,
            "room": each.room_id,
        }
        | _dated(each)
    )


def _special(each: SpecialDays) -> _Plain:
    times = {} if each.stretch is None else dict(zip(("opens", "closes"), map(format_clock, each.stretch), strict=True))
    days = {"kind": each.kind.value, "first_on": each.first_on, "last_on": each.last_on}
    return _without_empty(days | {"reason": each.reason, "room": each.room_id} | times)


def _window(each: BookingWindow) -> _Plain:
    opens = {"by": each.opens_by.value, "before": each.opens_before, "day": each.opens_day}
    return _without_empty(
        {
            "user_class": each.user_class,
            "room": each.room_id,
            "opens": opens | {"at": format_clock(each.opens_minute)},
            "closes": _deadline(each.closes),
            "desk_closes": None if each.desk_closes is None else _deadline(each.desk_closes),
        }
        | _dated(each)
    )


def _quota(each: Quota) -> _Plain:
    whom = {"user_class": each.user_class, "room": each.room_id}
    return _without_empty({"counts": each.counts.value, "per": each.per.value, "most": each.most} | whom | _dated(each))


def _terms(each: Terms) -> _Plain:
    return _without_empty(
        {
            "valid_from": each.valid_from,
            "cancel": _deadline(each.cancel),
            "no_shows_to_block": each.no_shows_to_block,
            "no_show_days": each.no_show_days,
            "block_days": each.block_days,
            "no_show_after_minutes": each.no_show_after_minutes,
            "contact_confirmed": each.contact_confirmed,
            "tentative_minutes": each.tentative_minutes,
        }
    )


def _entry(each: EntryRule) -> _Plain:
    minutes = {"early_minutes": each.early_minutes, "late_minutes": each.late_minutes}
    ways = sorted(way.value for way in each.ways)
    return _without_empty({"ways": ways, "room": each.room_id, "valid_from": each.valid_from} | minutes)


def _deadline(each: Deadline) -> _Plain:
    if each.days is None:
        return {"minutes_before": each.minutes}
    return {"days": each.days, "at": format_clock(each.minutes)}


def _days(weekdays: Iterable[int]) -> list[str]:
    return [_WEEK[day].value for day in sorted(weekdays)]


def _year_day(day: tuple[int, int] | None) -> str | None:
    return None if day is None else f"{day[0]:02d}-{day[1]:02d}"


def _dated(each: Dated) -> _Plain:
    return {"valid_from": each.valid_from, "valid_until": each.valid_until}


def _without_empty(plain: Mapping[str, Any]) -> _Plain:
    return {name: value for name, value in plain.items() if value is not None and value not in ("", [])}
