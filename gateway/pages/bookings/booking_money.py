"""What a booking costs and has paid, line by line, and what would go back if it ended now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.facilities.balance import Balance, derive_balance
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import FeeTable, Purpose, RefundReason
from domain.facilities.refunds import Refund
from domain.facilities.reservation import Reservation, ReservationState
from domain.facilities.takings import Taking
from gateway.fees.pricing import Wanted, load_tariff
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.refund_fee import assess_due
from store.fee_quotes import StoredQuote, list_newest_quotes, load_quote
from store.priced_reservations import load_priced_reservation
from store.takings import list_takings_of, list_takings_of_each
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Money:
    """A booking's price, entries and balance; ``stored`` is missing where it was never priced.

    ``is_stale`` tells that the booking was changed since it was priced.
    """

    stored: StoredQuote | None
    table: FeeTable | None
    is_stale: bool
    balance: Balance
    entries: tuple[Taking, ...]

    @property
    def purpose(self) -> Purpose | None:
        """Give the purpose class that it was priced for."""
        if self.stored is None or self.table is None:
            return None
        return next((each for each in self.table.purposes if each.id == self.stored.purpose), None)


def load_money(tx: Tx, reservation: Reservation) -> Money:
    """Give what a booking costs and has paid."""
    return load_monies(tx, [reservation])[reservation.id]


def load_monies(tx: Tx, reservations: Sequence[Reservation]) -> dict[str, Money]:
    """Give what bookings cost and have paid, by id; each fee table is read once."""
    ids = [one.id for one in reservations]
    quotes, entries = list_newest_quotes(tx, ids), list_takings_of_each(tx, ids)
    tables = {_version(stored): stored for stored in quotes.values()}
    read = {version: load_tariff(tx, stored).table for version, stored in tables.items()}
    monies = {}
    for one in reservations:
        stored = quotes.get(one.id)
        total, deposit = (stored.quote.total_yen, stored.quote.deposit_yen) if stored is not None else (0, 0)
        monies[one.id] = Money(
            stored,
            None if stored is None else read[_version(stored)],
            stored is not None and stored.reservation_version != one.version,
            derive_balance(entries.get(one.id, ()), total_yen=total, deposit_yen=deposit),
            tuple(entries.get(one.id, ())),
        )
    return monies


def _version(stored: StoredQuote) -> tuple[str, int]:
    return stored.quote.table_id, stored.table_version


def foresee_refund(tx: Tx, reservation_id: str, reason: RefundReason) -> Refund | None:
    """Say what would go back if a booking were cancelled now; None where nothing was priced or paid."""
    priced = load_priced_reservation(tx, reservation_id)
    if priced is None or not list_takings_of(tx, reservation_id):
        return None
    try:
        return assess_due(tx, replace(priced, state=ReservationState.cancelled, moved_at=tx.now), reason)
    except FeeFaultsError:
        return None


def reprice(tx: Tx, reservation_id: str, *, by: str) -> bool:
    """Price a changed booking as it was priced before; False where it was not, or has no price as it stands now."""
    stored = load_quote(tx, reservation_id)
    if stored is None:
        return False
    try:
        price_reservation(tx, reservation_id, Wanted(stored.purpose, stored.options), by=by)
    except FeeFaultsError:
        return False
    return True
