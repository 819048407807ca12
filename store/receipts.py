"""Receipts: what stands around one taking."""

from collections.abc import Callable

from domain.facilities.fee_table import FeeTable
from domain.facilities.receipt import Receipt
from domain.facilities.takings import Taking
from store.facilities import list_rooms, load_facility
from store.fee_quotes import list_quotes
from store.fees import load_fee_table
from store.priced_reservations import load_priced_reservation
from store.tx import Tx


def load_receipt(tx: Tx, taking: Taking, *, read_table: Callable[[bytes], FeeTable]) -> Receipt | None:
    """Give what stands on a taking's paper; None where its reservation or its price is gone.

    Args:
        tx: where it is kept.
        taking: which.
        read_table: reads a fee table's stored bytes.
    """
    reservation = load_priced_reservation(tx, taking.reservation_id)
    facility = load_facility(tx, taking.facility_id)
    quotes = [each for each in list_quotes(tx, taking.reservation_id) if each.priced_at <= taking.taken_at]
    if reservation is None or facility is None or not quotes:
        return None
    [room] = list_rooms(tx, ids=[reservation.room_id])
    version = load_fee_table(tx, quotes[0].quote.table_id, quotes[0].table_version)
    table = None if version is None else read_table(version.content)
    return Receipt(
        taking,
        facility,
        room,
        reservation.from_at,
        reservation.until_at,
        quotes[0].quote,
        (table.issuer if table is not None else "") or facility.operator or facility.name,
        table.invoice_number if table is not None else "",
    )
