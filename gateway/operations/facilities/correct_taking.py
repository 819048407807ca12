"""Correct a taking by a counter-entry: nothing is edited, the day's report tells both."""

from dataclasses import dataclass

from domain.facilities.balance import derive_balance
from domain.facilities.fee_fault import FeeFault, FeeWhy, refuse
from domain.facilities.takings import Taking, TakingKind
from gateway.fees.entries import NewEntry, Slip, check_slip, find_repeat, raise_faults, write_entry
from store.takings import find_correction, list_takings_of, load_taking, lock_desk
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Correction:
    """Which entry is taken back, and why; ``id`` is made by the form."""

    id: str
    taking_id: str
    reason: str


def correct_taking(tx: Tx, correction: Correction, *, by: str) -> Taking:
    """Write the counter-entry of a taking on the day that is open; the same one sent twice is one.

    Raises:
        FeeFaultsError: there is no such entry, it is a correction itself or corrected already, there is no reason, or
            more would have gone back than was paid.
    """
    taken = load_taking(tx, correction.taking_id)
    if taken is None:
        raise refuse("taking_id", FeeWhy.no_entry)
    slip = Slip(taken.method, taken.provider, taken.reference, taken.payer, " ".join(correction.reason.split()))
    faults = check_slip(correction.id, slip)
    if not slip.reason:
        faults.append(FeeFault("reason", FeeWhy.reason_missing))
    if taken.kind is TakingKind.correction:
        faults.append(FeeFault("taking_id", FeeWhy.not_correctable))
    raise_faults(faults)
    lock_desk(tx, taken.facility_id)
    entry = NewEntry(
        *(correction.id, taken.facility_id, taken.reservation_id, TakingKind.correction, -taken.yen, slip),
        rule_id=taken.rule_id,
        tax_percent=taken.tax_percent,
        of_kind=taken.of_kind,
        corrects=taken.id,
    )
    if (standing := find_repeat(tx, entry)) is not None:
        return standing
    if find_correction(tx, taken.id) is not None:
        raise refuse("taking_id", FeeWhy.corrected_already)
    left = derive_balance(list_takings_of(tx, taken.reservation_id), total_yen=0, deposit_yen=0).paid
    held = left.fee_yen if taken.of_kind is TakingKind.fee else left.deposit_yen
    if taken.yen > 0 and taken.yen > held:
        raise refuse("taking_id", FeeWhy.more_than_paid, paid_yen=held)
    return write_entry(tx, entry, by=by)
