"""Why nothing was done about a key: the field, a stable word, and the values that its words are filled with."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum


class Why(StrEnum):
    """A refusal's reason; each has its words in Japanese and English (``domain.keys.key_words``)."""

    key_out = "key_out"
    not_permitted = "not_permitted"
    too_early = "too_early"
    entitlement_over = "entitlement_over"
    count_open = "count_open"
    not_out = "not_out"
    wrong_holder = "wrong_holder"
    retired = "retired"
    lost = "lost"
    not_lost = "not_lost"
    damaged = "damaged"
    second_person_missing = "second_person_missing"
    same_person = "same_person"
    no_offer = "no_offer"
    not_later = "not_later"  # the new due time does not lie after the former one and after now
    due_past = "due_past"
    due_late = "due_late"  # later than the entitlement's rule allows
    no_office_day = "no_office_day"
    long_loan = "long_loan"  # a month or longer, without an approval of its own
    deposit_missing = "deposit_missing"
    reserved_next = "reserved_next"  # somebody else is entitled to it before the time asked for
    none_free = "none_free"
    on_ring = "on_ring"
    ring_empty = "ring_empty"
    ring_out = "ring_out"
    no_reason = "no_reason"
    unknown = "unknown"
    taken = "taken"  # the number, the tag or the place is another one's
    malformed = "malformed"
    id_is_address = "id_is_address"  # the key's own page would be hidden by another one
    too_long = "too_long"
    wrong_step = "wrong_step"
    copies_out = "copies_out"
    count_closed = "count_closed"
    reader_taken = "reader_taken"
    same_holder = "same_holder"
    own_emergency = "own_emergency"  # whoever lends in an emergency does not look it over
    moved_on = "moved_on"  # somebody else was quicker; what was looked at is no longer so


@dataclasses.dataclass(frozen=True, slots=True)
class KeyFault:
    """One thing that is wrong: ``values`` fill its words (instants aware, numbers as int, names as text)."""

    field: str
    why: Why
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class KeyFaultError(Exception):
    """Nothing was done about a key. The text of the error is the reasons alone: a value may name a person."""

    def __init__(self, *faults: KeyFault) -> None:
        super().__init__(" ".join(fault.why.value for fault in faults))
        self.faults = faults

    @property
    def why(self) -> Why:
        """The first reason."""
        return self.faults[0].why


def refuse(field: str, why: Why, **values: object) -> KeyFaultError:
    """Make the error of one fault."""
    return KeyFaultError(KeyFault(field, why, values))
