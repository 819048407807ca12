"""What is wrong with a facility's definition: which thing, which field, and a stable word for why."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum


class Thing(StrEnum):
    """What a facility's definition is made of."""

    facility = "facility"
    room = "room"
    room_order = "room_order"
    equipment = "equipment"
    slot = "slot"
    opening = "opening"
    closure = "closure"
    special_days = "special_days"
    window = "window"
    quota = "quota"
    terms = "terms"
    entry = "entry"
    user_class = "user_class"
    duty = "duty"


class Flaw(StrEnum):
    """Why something cannot stand as it is."""

    bad_id = "bad_id"
    id_taken = "id_taken"  # by something of another facility, or twice in one file
    bad_text = "bad_text"
    out_of_range = "out_of_range"
    not_below = "not_below"  # the end is not after the beginning, the least is more than the most
    no_multiple = "no_multiple"  # of the room's step
    no_spaces = "no_spaces"
    unknown_facility = "unknown_facility"
    unknown_department = "unknown_department"
    unknown_room = "unknown_room"
    unknown_class = "unknown_class"
    unknown_login = "unknown_login"
    no_weekday = "no_weekday"
    no_month = "no_month"
    no_nth = "no_nth"
    no_such_day = "no_such_day"
    half_a_time = "half_a_time"  # a beginning without an end, or the reverse
    buffers_collide = "buffers_collide"
    same_slot = "same_slot"
    outside_hours = "outside_hours"
    overlaps = "overlaps"  # another row says something else for the same days
    never_opens = "never_opens"  # it closes before it opens
    no_block_days = "no_block_days"
    part_of = "part_of"  # another room is made of it
    in_use = "in_use"  # reservations to come stand on it
    retired = "retired"
    no_hours = "no_hours"  # nothing says when it is open
    no_window = "no_window"  # nobody may book it
    no_terms = "no_terms"
    no_way = "no_way"
    unknown_area = "unknown_area"  # of the site's description
    no_area = "no_area"  # a card or code is to open, and no door of ours leads to it
    no_level = "no_level"  # the site's description does not say which level a booking of the area gives
    no_code_reader = "no_code_reader"  # no door into the area reads a QR code


@dataclasses.dataclass(frozen=True, slots=True)
class FacilityFault:
    """One thing that is wrong: ``values`` fill its words: numbers, names, days, weekdays as a frozenset."""

    thing: Thing
    id: str
    field: str
    flaw: Flaw
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
