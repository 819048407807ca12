"""What is wrong with what is entered or done about a reservee: field, why, and the values of its words."""

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum


class ReserveeWhy(StrEnum):
    """Why nothing was done; each has its words in Japanese and English in ``reservee_words``."""

    bad_id = "bad_id"
    id_taken = "id_taken"
    name_missing = "name_missing"
    contact_name_missing = "contact_name_missing"
    contact_missing = "contact_missing"
    text_too_long = "text_too_long"
    bad_kana = "bad_kana"
    bad_email = "bad_email"
    bad_phone = "bad_phone"
    unknown_class = "unknown_class"
    kind_staff = "kind_staff"
    unknown_reservee = "unknown_reservee"
    moved_on = "moved_on"
    # A block
    reason_missing = "reason_missing"
    block_past = "block_past"
    # Merging
    same_reservee = "same_reservee"
    staff_stays = "staff_stays"
    no_merge = "no_merge"
    merge_undone = "merge_undone"
    # A confirmation
    no_such_contact = "no_such_contact"
    no_code = "no_code"
    wrong_code = "wrong_code"
    code_over = "code_over"
    tries_over = "tries_over"
    too_many_codes = "too_many_codes"


@dataclasses.dataclass(frozen=True, slots=True)
class ReserveeFault:
    """One thing that is wrong; ``values`` fill its words: counts as int, instants as aware datetimes."""

    field: str
    why: ReserveeWhy
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class ReserveeFaultsError(ValueError):
    """Nothing was done; ``faults`` names everything that is wrong."""

    def __init__(self, faults: Iterable[ReserveeFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"{fault.field}:{fault.why}" for fault in self.faults))


def refuse_reservee(field: str, why: ReserveeWhy, **values: object) -> ReserveeFaultsError:
    """Give the error of a single fault, to be raised."""
    return ReserveeFaultsError((ReserveeFault(field, why, values),))
