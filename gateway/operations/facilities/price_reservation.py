"""Price a reservation by the table of its day, and keep every line of the price with it."""

from domain.civil import civil_minute
from gateway.fees.pricing import Wanted, find_tariff, price_by, require_reservation
from store.fee_quotes import StoredQuote
from store.tx import Tx


def price_reservation(tx: Tx, reservation_id: str, wanted: Wanted, *, by: str) -> StoredQuote:
    """Price a reservation as it stands; the same price again is the one that stands.

    Raises:
        FeeFaultsError: there is no such reservation, no table on its day, or no price; every fault is named.
    """
    reservation = require_reservation(tx, reservation_id)
    tariff = find_tariff(tx, reservation.facility_id, civil_minute(reservation.from_at)[0])
    return price_by(tx, reservation, tariff, wanted, by=by)
