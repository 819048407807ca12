"""What stands on the paper of one entry: whose, for which use, of which price, and who signs."""

from dataclasses import dataclass
from datetime import datetime

from domain.facilities.fee_quote import Quote, tax_inside
from domain.facilities.takings import Series, Taking, TakingKind
from gateway.fees.pricing import load_tariff
from store.facilities import list_rooms, load_facility
from store.fee_quotes import list_quotes
from store.priced_reservations import load_priced_reservation
from store.takings import find_correction, load_taking
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """An entry with what stands around it; ``quote`` is the price that it was paid for."""

    taking: Taking
    facility: str
    room: str
    from_at: datetime
    until_at: datetime
    quote: Quote
    issuer: str
    invoice_number: str
    correction: Taking | None
    """The counter-entry that takes it back: it has no paper any more."""

    @property
    def is_refund(self) -> bool:
        """Tell whether money went: the paper is signed by whoever was given it."""
        return self.taking.series is Series.refund

    @property
    def tax_yen(self) -> int | None:
        """Give the tax inside; None where none is told."""
        if self.taking.kind is not TakingKind.fee or self.taking.tax_percent is None:
            return None
        return tax_inside(self.taking.yen, self.taking.tax_percent)


def load_receipt_facts(tx: Tx, taking_id: str) -> ReceiptFacts | None:
    """Give what stands on an entry's paper; None where there is no such payment or refund, or no price of it."""
    taking = load_taking(tx, taking_id)
    if taking is None or taking.series is Series.correction:
        return None
    reservation = load_priced_reservation(tx, taking.reservation_id)
    facility = load_facility(tx, taking.facility_id)
    quotes = [each for each in list_quotes(tx, taking.reservation_id) if each.priced_at <= taking.taken_at]
    if reservation is None or facility is None or not quotes:
        return None
    table = load_tariff(tx, quotes[0]).table
    return ReceiptFacts(
        taking,
        facility.name,
        next((each.name for each in list_rooms(tx, ids=[reservation.room_id])), reservation.room_id),
        reservation.from_at,
        reservation.until_at,
        quotes[0].quote,
        table.issuer or facility.operator or facility.name,
        table.invoice_number,
        find_correction(tx, taking_id),
    )
