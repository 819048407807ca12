"""What is wrong with a request: the field, a stable word for why, and the values that its words are filled with."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum


class Why(StrEnum):
    """Why a field cannot be taken as it is; each has its words in Japanese and English where people read it."""

    ends_before_start = "ends_before_start"
    too_long = "too_long"
    no_reason = "no_reason"
    month_closed = "month_closed"
    not_employed = "not_employed"  # the day lies before the first or after the last day of the employment
    overlaps_order = "overlaps_order"
    overlaps_leave = "overlaps_leave"
    overlaps_swap = "overlaps_swap"
    overlaps_request = "overlaps_request"  # another request for the same time waits
    inside_regular_hours = "inside_regular_hours"
    outside_regular_hours = "outside_regular_hours"
    begun = "begun"  # it is no longer beforehand
    not_yet = "not_yet"  # it cannot be asked for afterwards before it is over
    break_outside = "break_outside"
    day_off = "day_off"  # nothing is due on that day
    not_a_day_off = "not_a_day_off"
    not_a_holiday = "not_a_holiday"
    outside_window = "outside_window"
    too_many_days_on_end = "too_many_days_on_end"
    unknown_kind = "unknown_kind"
    not_by_the_hour = "not_by_the_hour"
    only_by_the_hour = "only_by_the_hour"
    hourly_cap = "hourly_cap"  # more by the hour than a year allows (R11)
    day_share = "day_share"  # more of one day than the kind allows
    event_days = "event_days"  # more for one event than the kind allows, with what was taken for it before
    unit = "unit"
    balance = "balance"  # more than what is left
    no_such_divergence = "no_such_divergence"
    no_such_tap = "no_such_tap"  # it is none of the day, does not count, or waits for HR's judgement
    for_managers_no_overtime = "for_managers_no_overtime"
    nothing_raised = "nothing_raised"


@dataclasses.dataclass(frozen=True, slots=True)
class RequestFault:
    """One thing that is wrong: ``values`` fill its words (minutes as int, days as date, names as text)."""

    field: str
    why: Why
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
