"""Why nothing was done about tiers and their rules: the field, a stable word, and the values that fill its words."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum


class ZoneWhy(StrEnum):
    """A refusal's reason; each has its words in Japanese and English (``domain.zones.zone_words``)."""

    unexpected = "unexpected"  # the expression does not go on like this
    unknown_fact = "unknown_fact"
    unknown_word = "unknown_word"  # the fact is never this
    not_comparable = "not_comparable"
    not_a_truth = "not_a_truth"  # what stands there is neither true nor false
    too_long = "too_long"
    too_deep = "too_deep"
    malformed = "malformed"
    taken = "taken"  # the code is another rule's on the same days
    no_words = "no_words"  # what is wrong, or what to do, is not said
    unknown_tier = "unknown_tier"
    no_tiers = "no_tiers"
    same_person = "same_person"
    bad_vlan = "bad_vlan"
    shared_vlan = "shared_vlan"  # two tiers in one network would be one tier
    no_methods = "no_methods"
    no_age = "no_age"  # a snapshot without an age, or an age without a snapshot
    forbidden = "forbidden"  # the information's class does not allow it
    no_reason = "no_reason"
    over = "over"  # its time is over
    moved_on = "moved_on"  # somebody else was quicker
    not_yours = "not_yours"
    unknown_person = "unknown_person"  # nobody, or several people, of that name or number
    unknown_training = "unknown_training"
    unknown_point = "unknown_point"  # no reader stands there
    unknown_terminal = "unknown_terminal"
    no_column = "no_column"
    no_rows = "no_rows"
    ahead = "ahead"  # the day is to come
    ends_first = "ends_first"  # the last day lies before the first
    stands = "stands"  # the same holds already
    was_ended = "was_ended"  # a terminal that was disposed of or lost
    taken_address = "taken_address"
    private_key = "private_key"
    for_oneself = "for_oneself"
    unchanged = "unchanged"  # it says what holds already
    not_waivable = "not_waivable"  # a rule that nobody may set aside
    too_long_time = "too_long_time"


@dataclasses.dataclass(frozen=True, slots=True)
class ZoneFault:
    """One thing that is wrong: ``values`` fill its words; ``at`` counts marks of an expression from 1."""

    field: str
    why: ZoneWhy
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class ZoneFaultsError(Exception):
    """Nothing was done; its text is the reasons alone."""

    def __init__(self, faults: tuple[ZoneFault, ...]) -> None:
        super().__init__(" ".join(fault.why.value for fault in faults))
        self.faults = faults


def refuse_zone(field: str, why: ZoneWhy, **values: object) -> ZoneFaultsError:
    """Make the error of one fault."""
    return ZoneFaultsError((ZoneFault(field, why, values),))
