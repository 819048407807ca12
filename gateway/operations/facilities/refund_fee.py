"""Give money back: what the rules give after an end, what was paid beyond the price, and the deposit."""

from dataclasses import dataclass, replace

from domain.facilities.balance import EXCESS, Balance, derive_balance
from domain.facilities.fee_fault import FeeFault, FeeWhy, refuse
from domain.facilities.fee_table import RefundReason
from domain.facilities.refunds import WHOLE, Paid, Refund, assess_excess, assess_refund
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import Taking, TakingKind
from gateway.fees.entries import NewEntry, Slip, check_slip, raise_faults, write_entry
from gateway.fees.pricing import load_tariff, require_quote, require_reservation
from store.fee_quotes import StoredQuote, load_quote
from store.priced_reservations import PricedReservation
from store.takings import list_takings_of, load_taking, lock_desk
from store.tx import Tx

_UNPERMITTED = frozenset({ReservationState.rejected, ReservationState.expired})
"""Whatever was permitted before a change: as it stands it was not."""
ENDED = _UNPERMITTED | {ReservationState.cancelled, ReservationState.no_show}


@dataclass(frozen=True, slots=True)
class Return:
    """What is asked to be given back: ``withheld_yen`` stays of the deposit, for which a reason is needed.

    What was never permitted says itself why; of what was not used only the facility's own reason and a disaster count.
    """

    id: str
    reservation_id: str
    reason: RefundReason
    slip: Slip
    withheld_yen: int = 0


def refund_fee(tx: Tx, asked: Return, *, by: str) -> tuple[Taking, ...]:
    """Give back what is due now: an entry for the fee, one for the deposit; the same one sent twice is one.

    Raises:
        FeeFaultsError: nothing is due, or something is wrong with what was asked; nothing is written.
    """
    faults = check_slip(asked.id, asked.slip)
    if asked.withheld_yen < 0:
        faults.append(FeeFault("withheld_yen", FeeWhy.negative))
    if asked.withheld_yen and not asked.slip.reason.strip():
        faults.append(FeeFault("reason", FeeWhy.reason_missing))
    raise_faults(faults)
    reservation = require_reservation(tx, asked.reservation_id)
    lock_desk(tx, reservation.facility_id)
    if standing := _find_standing(tx, asked):
        return standing
    due = assess_due(tx, reservation, asked.reason, withheld_yen=asked.withheld_yen)
    if due.fee_yen <= 0 and due.deposit_yen <= 0:
        raise refuse("reservation_id", FeeWhy.nothing_to_refund)
    stored = load_quote(tx, reservation.id)
    tax = None if stored is None else stored.quote.tax_percent
    place = reservation.facility_id, reservation.id
    fee = NewEntry(asked.id, *place, TakingKind.fee_refund, -due.fee_yen, asked.slip, due.rule_id, tax)
    deposit = NewEntry(_deposit_id(asked.id), *place, TakingKind.deposit_refund, -due.deposit_yen, asked.slip)
    return tuple(write_entry(tx, each, by=by) for each in (fee, deposit) if each.yen < 0)


def was_unpermitted(reservation: PricedReservation) -> bool:
    """Tell whether a reservation ended before it was permitted as it stands: then everything goes back."""
    withdrawn = reservation.state is ReservationState.cancelled and not reservation.was_permitted
    return withdrawn or reservation.state in _UNPERMITTED


def assess_due(tx: Tx, reservation: PricedReservation, reason: RefundReason, *, withheld_yen: int = 0) -> Refund:
    """Say what is to go back now, without what has gone back already.

    Raises:
        FeeFaultsError: it was never priced, has changed since while it goes on, more is to be withheld than is held, or
            it was permitted and is said not to have been.
    """
    has_ended = reservation.state in ENDED
    stored = require_quote(tx, reservation, changed_too=has_ended)
    quote = stored.quote
    entries = list_takings_of(tx, reservation.id)
    balance = derive_balance(entries, total_yen=quote.total_yen, deposit_yen=quote.deposit_yen)
    if not withheld_yen <= balance.paid.deposit_yen:
        raise refuse("withheld_yen", FeeWhy.more_than_paid, paid_yen=balance.paid.deposit_yen)
    if has_ended:
        return _assess_ended(tx, reservation, stored, balance, reason=reason, withheld_yen=withheld_yen)
    excess = assess_excess(balance.paid, quote.total_yen, quote.deposit_yen)
    held = balance.paid.deposit_yen - withheld_yen
    deposit_yen = held if reservation.state is ReservationState.completed else excess.deposit_yen
    return Refund(excess.fee_yen, deposit_yen, 100, EXCESS, "")


def _assess_ended(
    tx: Tx,
    reservation: PricedReservation,
    stored: StoredQuote,
    balance: Balance,
    *,
    reason: RefundReason,
    withheld_yen: int,
) -> Refund:
    whole = assess_refund(
        load_tariff(tx, stored).table,
        Paid(balance.fee_in_yen - balance.excess_back_yen, balance.paid.deposit_yen),
        _tell_reason(reservation, reason),
        ended_at=reservation.moved_at,
        from_at=reservation.from_at,
        withheld_yen=withheld_yen,
    )
    return replace(whole, fee_yen=whole.fee_yen - (balance.fee_back_yen - balance.excess_back_yen))


def _tell_reason(reservation: PricedReservation, reason: RefundReason) -> RefundReason:
    if was_unpermitted(reservation):
        return RefundReason.unpermitted
    if reason is RefundReason.unpermitted:
        raise refuse("why", FeeWhy.bad_choice)
    is_unused = reservation.state is ReservationState.no_show and reason not in WHOLE
    return RefundReason.no_show if is_unused else reason


def _find_standing(tx: Tx, asked: Return) -> tuple[Taking, ...]:
    found = [entry for id_ in (asked.id, _deposit_id(asked.id)) if (entry := load_taking(tx, id_)) is not None]
    for entry in found:
        back = {TakingKind.fee_refund, TakingKind.deposit_refund}
        same = entry.reservation_id == asked.reservation_id and entry.method is asked.slip.method
        if entry.kind not in back or not same:
            raise refuse("id", FeeWhy.id_taken)
    return tuple(found)


def _deposit_id(id_: str) -> str:
    return f"{id_}.deposit"
