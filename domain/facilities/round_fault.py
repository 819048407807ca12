"""What is wrong with a lottery round, an entry, a place on a waiting list or an offer."""

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum


class RoundWhy(StrEnum):
    """Why nothing was done; each has its words in Japanese and English in ``round_words``."""

    bad_id = "bad_id"
    id_taken = "id_taken"
    not_yours = "not_yours"
    # A round
    bad_text = "bad_text"
    out_of_range = "out_of_range"
    ends_before_start = "ends_before_start"
    lot_too_early = "lot_too_early"
    lot_twice = "lot_twice"
    lots_overlap = "lots_overlap"
    no_wins = "no_wins"
    unknown_lot_room = "unknown_lot_room"
    bad_seed = "bad_seed"
    unknown_round = "unknown_round"
    not_over = "not_over"
    # An entry
    no_choice = "no_choice"
    too_many_choices = "too_many_choices"
    choice_twice = "choice_twice"
    unknown_lot = "unknown_lot"
    not_open_yet = "not_open_yet"
    entry_over = "entry_over"
    # A waiting list
    free_now = "free_now"
    waits_already = "waits_already"
    waits_too_often = "waits_too_often"
    unknown_waiting = "unknown_waiting"
    no_longer_waits = "no_longer_waits"
    unknown_offer = "unknown_offer"
    offer_over = "offer_over"


@dataclasses.dataclass(frozen=True, slots=True)
class RoundFault:
    """One thing that is wrong; ``values`` fill its words: counts as int, instants as aware datetimes."""

    field: str
    why: RoundWhy
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class RoundFaultsError(ValueError):
    """Nothing was done; ``faults`` names everything that is wrong."""

    def __init__(self, faults: Iterable[RoundFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"{fault.field}:{fault.why}" for fault in self.faults))


def refuse_round(field: str, why: RoundWhy, **values: object) -> RoundFaultsError:
    """Give the error of a single fault, to be raised."""
    return RoundFaultsError((RoundFault(field, why, values),))
