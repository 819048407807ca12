"""What is wrong with a fee table, a price, a payment, a refund or a count: field, why, and the values of its words."""

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum


class FeeWhy(StrEnum):
    """Why nothing was done; each has its words in Japanese and English in ``fee_words``."""

    twice = "twice"
    negative = "negative"
    out_of_range = "out_of_range"
    one_of_two = "one_of_two"
    subject_missing = "subject_missing"
    band_empty = "band_empty"
    ends_before_start = "ends_before_start"
    rows_overlap = "rows_overlap"
    tables_overlap = "tables_overlap"
    no_source = "no_source"
    unknown_user_class = "unknown_user_class"
    unknown_purpose = "unknown_purpose"
    unknown_room = "unknown_room"
    unknown_slot = "unknown_slot"
    unknown_equipment = "unknown_equipment"
    unknown_option = "unknown_option"
    unknown_reduction = "unknown_reduction"
    not_for_this_use = "not_for_this_use"
    no_table = "no_table"
    no_rate = "no_rate"
    no_tax_rate = "no_tax_rate"
    not_positive = "not_positive"
    no_amount = "no_amount"
    bad_choice = "bad_choice"
    wrong_number = "wrong_number"
    too_long = "too_long"
    no_reservation = "no_reservation"
    no_facility = "no_facility"
    not_priced = "not_priced"
    priced_for_another_version = "priced_for_another_version"
    reservation_over = "reservation_over"
    more_than_owed = "more_than_owed"
    more_than_paid = "more_than_paid"
    nothing_to_refund = "nothing_to_refund"
    reference_missing = "reference_missing"
    no_entry = "no_entry"
    no_file = "no_file"
    unreadable = "unreadable"
    headings_missing = "headings_missing"
    columns_missing = "columns_missing"
    sums_differ = "sums_differ"
    no_layout = "no_layout"
    not_correctable = "not_correctable"
    corrected_already = "corrected_already"
    id_taken = "id_taken"
    reason_missing = "reason_missing"
    not_yours = "not_yours"
    granted_already = "granted_already"
    closed_already = "closed_already"
    day_to_come = "day_to_come"
    earlier_day_open = "earlier_day_open"
    note_missing = "note_missing"


@dataclasses.dataclass(frozen=True, slots=True)
class FeeFault:
    """One thing that is wrong: ``values`` fill its words (yen and minutes as int, days as date, names as text)."""

    field: str
    why: FeeWhy
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class FeeFaultsError(ValueError):
    """Nothing was done; ``faults`` names everything that is wrong."""

    def __init__(self, faults: Iterable[FeeFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"{fault.field}:{fault.why}" for fault in self.faults))


def refuse(field: str, why: FeeWhy, **values: object) -> FeeFaultsError:
    """Give the error of a single fault, to be raised."""
    return FeeFaultsError((FeeFault(field, why, values),))
