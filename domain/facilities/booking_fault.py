"""What is wrong with a booking, or with what is done about one: field, why, and the values of its words."""

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum


class BookingWhy(StrEnum):
    """Why nothing was done; each has its words in Japanese and English in ``booking_words``."""

    # What a wish names
    bad_id = "bad_id"
    id_is_address = "id_is_address"  # the booking's own page would be hidden by another one
    unknown_room = "unknown_room"
    retired_room = "retired_room"
    unknown_slot = "unknown_slot"
    retired_slot = "retired_slot"
    slot_missing = "slot_missing"
    slot_times = "slot_times"
    slot_weekday = "slot_weekday"
    # When
    past = "past"
    ends_before_start = "ends_before_start"
    off_step = "off_step"
    too_short = "too_short"
    too_long = "too_long"
    closed = "closed"
    outside_hours = "outside_hours"
    # For how many
    nobody = "nobody"
    over_capacity = "over_capacity"
    no_places = "no_places"
    too_many_places = "too_many_places"
    places_without_slot = "places_without_slot"
    purpose_missing = "purpose_missing"
    text_too_long = "text_too_long"
    # With what
    unknown_equipment = "unknown_equipment"
    retired_equipment = "retired_equipment"
    equipment_of_other_room = "equipment_of_other_room"
    equipment_twice = "equipment_twice"
    no_units = "no_units"
    # By whom and when
    unknown_class = "unknown_class"
    other_class = "other_class"
    reservee_missing = "reservee_missing"
    unknown_reservee = "unknown_reservee"
    blocked = "blocked"
    unconfirmed = "unconfirmed"
    staff_only = "staff_only"
    no_terms = "no_terms"
    no_window = "no_window"
    not_open_yet = "not_open_yet"
    window_over = "window_over"
    quota_reached = "quota_reached"
    # What others have
    taken = "taken"
    own_overlap = "own_overlap"
    places_left = "places_left"
    units_left = "units_left"
    # What is done about a reservation
    no_reservation = "no_reservation"
    id_taken = "id_taken"
    moved_on = "moved_on"
    wrong_state = "wrong_state"
    not_yours = "not_yours"
    own_reservation = "own_reservation"
    reason_missing = "reason_missing"
    too_late = "too_late"
    too_early = "too_early"
    hold_over = "hold_over"
    no_door = "no_door"
    no_free_card = "no_free_card"
    # What comes again
    no_such_occurrence = "no_such_occurrence"
    occurrence_twice = "occurrence_twice"
    too_many_occurrences = "too_many_occurrences"
    no_occurrence = "no_occurrence"
    bad_recurrence = "bad_recurrence"
    # What comes in a file
    no_column = "no_column"
    bad_cell = "bad_cell"


@dataclasses.dataclass(frozen=True, slots=True)
class BookingFault:
    """One thing that is wrong: ``values`` fill its words.

    Instants as aware datetimes, days as date, minutes of a day and counts as int, names as text, and ``times`` as
    pairs of instants.
    """

    field: str
    why: BookingWhy
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class BookingFaultsError(ValueError):
    """Nothing was done; ``faults`` names everything that is wrong."""

    def __init__(self, faults: Iterable[BookingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"{fault.field}:{fault.why}" for fault in self.faults))


def refuse_booking(field: str, why: BookingWhy, **values: object) -> BookingFaultsError:
    """Give the error of a single fault, to be raised."""
    return BookingFaultsError((BookingFault(field, why, values),))
