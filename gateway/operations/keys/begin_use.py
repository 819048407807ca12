"""Let a room's use begin because its key is out: the key is the proof that somebody came."""

from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.promises import PROMISING
from domain.facilities.reservation import Actor, ReservationState
from domain.keys.entitlement import Entitlement, Source
from domain.keys.key_fault import Why, refuse
from gateway.operations.facilities.use_reservation import begin_reservation
from store.reservations import load_reservation
from store.tx import Tx

_NOT_YET = frozenset((ReservationState.permitted, ReservationState.no_show))


def demand_promise(tx: Tx, entitlement: Entitlement) -> None:
    """Let a key go out for a reservation only while that promises it; it is held until the commit.

    Whoever cancels meanwhile waits, or was first and is seen here. Entitlements of other sources pass, and so does one
    whose reservation is kept elsewhere.

    Raises:
        KeyFaultError: ``entitlement_over``.
    """
    if entitlement.source is not Source.reservation:
        return
    kept = load_reservation(tx, entitlement.source_id, lock=True)
    if kept is not None and kept.reservation.state not in PROMISING:
        raise refuse("entitlement", Why.entitlement_over, until_at=tx.now)


def begin_by_key(tx: Tx, reservation_id: str, *, by: str) -> bool:
    """Begin the use of a reservation whose key is out; tells whether it began by this.

    Where the key went out early the time is not there yet: the clock asks again (``gateway.key_clock``).

    Args:
        tx: the transaction.
        reservation_id: which.
        by: who lent the key, a login.
    """
    kept = load_reservation(tx, reservation_id, lock=True)
    if kept is None or kept.reservation.state not in _NOT_YET:
        return False
    try:
        begin_reservation(tx, reservation_id, actor=Actor.door, by=by)
    except BookingFaultsError as error:
        if {fault.why for fault in error.faults} == {BookingWhy.too_early}:
            return False
        raise
    return True
