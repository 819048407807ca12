"""Draw another code for a booking whose code somebody else may have seen; the former opens nothing from now on."""

from domain.facilities.booking_fault import BookingWhy, refuse_booking
from gateway.bookings.consequences import keep_promises
from gateway.bookings.demands import demand_reservation, load_surroundings
from store.party_passes import list_party_codes, shut_code
from store.tx import Tx


def redraw_code(tx: Tx, reservation_id: str, *, by: str) -> None:
    """Let a booking have another code; where none is drawn yet, it comes with the next turn of the promise clock.

    Raises:
        BookingFaultsError: there is no such booking, or it has no code.
    """
    kept = demand_reservation(tx, reservation_id)
    code = list_party_codes(tx, [reservation_id]).get(reservation_id)
    if code is None or not code.is_active:
        raise refuse_booking("id", BookingWhy.no_door)
    shut_code(tx, code, ends=True)
    _, room, reservee = load_surroundings(tx, kept)
    keep_promises(tx, kept.reservation, room, reservee, by=by, reason="redraw")
