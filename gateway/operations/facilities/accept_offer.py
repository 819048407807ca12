"""Answer an offer of a place: it becomes an application, or the next one's."""

from domain.facilities.booking import wish_of
from domain.facilities.reservation import Reservation
from domain.facilities.round_fault import RoundWhy, refuse_round
from domain.facilities.waiting import Offer, WaitingState
from gateway.bookings.acting import Acting
from gateway.bookings.demands import demand_reservation
from gateway.operations.facilities.apply_held import AskedApplication, apply_held
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from store.tx import Tx
from store.waiting import end_offer, load_offer


def accept_offer(tx: Tx, offer_id: str, acting: Acting) -> Reservation:
    """Apply for what was offered; a rule may permit it in the same commit.

    Raises:
        RoundFaultsError: there is no such offer, or it is over.
        BookingFaultsError: it is not this one's, or can be had no longer; everything stays as it was.
    """
    offer = _demand_offer(tx, offer_id)
    held = demand_reservation(tx, offer.reservation_id).reservation
    _demand_open(tx, offer)
    applied = apply_held(tx, AskedApplication(held.id, held.version, wish_of(held)), acting)
    end_offer(tx, offer, WaitingState.taken)
    return applied


def decline_offer(tx: Tx, offer_id: str, acting: Acting) -> None:
    """Leave what was offered to the next one.

    Raises:
        RoundFaultsError: there is no such offer, or it is over.
        BookingFaultsError: it is not this one's.
    """
    offer = _demand_offer(tx, offer_id)
    demand_reservation(tx, offer.reservation_id)
    _demand_open(tx, offer)
    cancel_reservation(tx, offer.reservation_id, acting)
    end_offer(tx, offer, WaitingState.declined)


def _demand_offer(tx: Tx, offer_id: str) -> Offer:
    offer = load_offer(tx, offer_id)
    if offer is None:
        raise refuse_round("id", RoundWhy.unknown_offer)
    return offer


def _demand_open(tx: Tx, offer: Offer) -> None:
    now = _demand_offer(tx, offer.id)  # again, for its reservation is locked only since
    if now.outcome is not WaitingState.offered or now.expires_at <= tx.now:
        raise refuse_round("id", RoundWhy.offer_over)
