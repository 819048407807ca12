"""Take a fee or a deposit: never more than is owed, with the next receipt number, in one commit."""

from dataclasses import dataclass

from domain.facilities.balance import derive_balance
from domain.facilities.fee_fault import FeeFault, FeeWhy, refuse
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import Taking, TakingKind
from gateway.fees.entries import NewEntry, Slip, check_slip, find_repeat, raise_faults, write_entry
from gateway.fees.pricing import require_quote, require_reservation
from store.takings import list_takings_of, lock_desk
from store.tx import Tx

CLOSED_STATES = frozenset({ReservationState.rejected, ReservationState.cancelled, ReservationState.expired})
"""Nothing more is paid for these."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What somebody pays: ``id`` is made by the form; a deposit is paid apart from the fee."""

    id: str
    reservation_id: str
    yen: int
    slip: Slip
    is_deposit: bool = False


def take_fee(tx: Tx, payment: Payment, *, by: str) -> Taking:
    """Take a payment and give its receipt; the same one sent twice is one.

    Raises:
        FeeFaultsError: it cannot be taken; nothing is written and no number is used.
    """
    faults = check_slip(payment.id, payment.slip)
    if payment.yen < 1:
        faults.append(FeeFault("yen", FeeWhy.not_positive, {"count": payment.yen}))
    raise_faults(faults)
    reservation = require_reservation(tx, payment.reservation_id)
    lock_desk(tx, reservation.facility_id)
    kind = TakingKind.deposit if payment.is_deposit else TakingKind.fee
    entry = NewEntry(payment.id, reservation.facility_id, reservation.id, kind, payment.yen, payment.slip)
    if (standing := find_repeat(tx, entry)) is not None:
        return standing
    if reservation.state in CLOSED_STATES:
        raise refuse("reservation_id", FeeWhy.reservation_over)
    quote = require_quote(tx, reservation).quote
    entries = list_takings_of(tx, reservation.id)
    balance = derive_balance(entries, total_yen=quote.total_yen, deposit_yen=quote.deposit_yen)
    owed = balance.deposit_owed_yen if payment.is_deposit else balance.owed_yen
    if payment.yen > owed:
        raise refuse("yen", FeeWhy.more_than_owed, owed_yen=owed)
    told = None if payment.is_deposit else quote.tax_percent
    priced = NewEntry(
        *(entry.id, entry.facility_id, entry.reservation_id, kind, payment.yen, payment.slip), tax_percent=told
    )
    return write_entry(tx, priced, by=by)
