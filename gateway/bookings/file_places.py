"""The line of a facility's file that a fault lies in: things are known by id, the file by path."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from domain.facilities.facility_fault import FacilityFault, Thing
from domain.facilities.facility_words import describe_fault
from gateway.bookings.facility_file import FacilityFile
from gateway.site.findings import FieldPath
from gateway.site.source import Problem, Source

_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "department_id": "department",
        "facility_id": "id",
        "room_id": "room",
        "area_id": "area",
        "spaces": "made_of",
        "weekdays": "days",
        "from_minute": "opens",
        "to_minute": "closes",
        "opens_before": "opens",
        "opens_day": "opens",
        "opens_minute": "opens",
        "retired_on": "id",
    }
)
"""How the file calls a field, where it is otherwise."""


def locate_faults(faults: Iterable[FacilityFault], file: FacilityFile, source: Source) -> tuple[Problem, ...]:
    """Give faults as problems with the field of the file, its line, and what was expected."""
    places, problems = _find_places(file), []
    for fault in faults:
        path = (*places.get((fault.thing, fault.id), ()), _KEYS.get(fault.field, fault.field))
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        problems.append(Problem(text, source.line_of(path), " / ".join(describe_fault(fault))))
    return tuple(problems)


def _find_places(file: FacilityFile) -> Mapping[tuple[Thing, str], FieldPath]:
    house = file.facility.id
    places: dict[tuple[Thing, str], FieldPath] = {(Thing.facility, house): ("facility",)}
    for index, each in enumerate(file.user_classes):
        places[Thing.user_class, each.id] = ("user_classes", index)
    for index, piece in enumerate(file.equipment):
        places[Thing.equipment, piece.id] = ("equipment", index)
    for index, room in enumerate(file.rooms):
        places[Thing.room, room.id] = ("rooms", index)
        for place, slot in enumerate(room.slots):
            places[Thing.slot, slot.id] = ("rooms", index, "slots", place)
        for place in range(len(room.hours)):
            places[Thing.opening, f"{room.id}-own-hours-{place + 1}"] = ("rooms", index, "hours", place)
    numbered = (
        (Thing.opening, "hours", "hours", len(file.hours)),
        (Thing.closure, "closures", "closure", len(file.closures)),
        (Thing.special_days, "special_days", "special", len(file.special_days)),
        (Thing.window, "windows", "window", len(file.windows)),
        (Thing.quota, "quotas", "quota", len(file.quotas)),
        (Thing.terms, "terms", "terms", len(file.terms)),
        (Thing.entry, "entry", "entry", len(file.entry)),
    )
    for thing, key, word, count in numbered:
        places |= {(thing, f"{house}-{word}-{place + 1}"): (key, place) for place in range(count)}
    return places
