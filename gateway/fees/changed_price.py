"""What a reservation would cost after a change, and what of that would be paid or go back; nothing is kept."""

from dataclasses import dataclass, replace

from domain.facilities.balance import Balance, derive_balance
from domain.facilities.booking import Wish
from domain.facilities.facility import SlotKind
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_quote import Quote
from domain.facilities.fee_table import FeeTable
from domain.facilities.fees import price_wish
from domain.facilities.refunds import Paid, assess_excess
from gateway.fees.pricing import Wanted, find_tariff, make_wish
from store.fee_quotes import load_quote
from store.priced_reservations import load_priced_reservation
from store.takings import list_takings_of
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class ChangedPrice:
    """A price after a change beside the one before it; ``balance`` holds what was paid against the new one."""

    quote: Quote
    table: FeeTable
    before_yen: int
    balance: Balance

    @property
    def more_yen(self) -> int:
        """Give by how much the fee grows; below 0 it shrinks."""
        return self.quote.total_yen - self.before_yen

    @property
    def back(self) -> Paid:
        """Give what would go back of what was paid."""
        return assess_excess(self.balance.paid, self.quote.total_yen, self.quote.deposit_yen)


def foresee_change(tx: Tx, reservation_id: str, wish: Wish, slot: SlotKind | None) -> ChangedPrice | None:
    """Price what a reservation is to be, for the purpose, with the options and reductions that it has.

    Args:
        tx: the transaction.
        reservation_id: the reservation as it stands.
        wish: what it is to be instead.
        slot: the wish's slot, where it is of one.

    Returns:
        None where the reservation was never priced, or no price can be said of the wish.
    """
    standing, stored = load_priced_reservation(tx, reservation_id), load_quote(tx, reservation_id)
    if standing is None or stored is None:
        return None
    changed = replace(
        standing,
        room_id=wish.room_id,
        from_at=wish.from_at,
        until_at=wish.until_at,
        places=wish.places or 1,
        party=wish.party,
        slot=None if slot is None else (slot.id, slot.from_minute, slot.to_minute),
        units=tuple(sorted(wish.units)),
    )
    try:
        table = find_tariff(tx, standing.facility_id, wish.on).table
        quote = price_wish(make_wish(tx, changed, Wanted(stored.purpose, stored.options)), table)
    except FeeFaultsError:
        return None
    paid = derive_balance(list_takings_of(tx, reservation_id), total_yen=quote.total_yen, deposit_yen=quote.deposit_yen)
    return ChangedPrice(quote, table, stored.quote.total_yen, paid)
