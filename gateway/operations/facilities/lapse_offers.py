"""Let offers follow their reservations: what expired has lapsed, what was cancelled is declined, the rest is taken."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.facilities.reservation import ReservationState
from domain.facilities.waiting import Offer, WaitingState
from store.reservations import list_reservations
from store.tx import Tx
from store.waiting import end_offer, list_open_offers

_OUTCOMES: Mapping[ReservationState, WaitingState] = MappingProxyType(
    {ReservationState.expired: WaitingState.lapsed, ReservationState.cancelled: WaitingState.declined}
)


def lapse_offers(tx: Tx) -> list[Offer]:
    """End the offers whose reservation is no longer tentative; gives those that ended.

    ``end_reservations`` ends the reservation itself at its time, on which the place is free for the next offer.
    """
    offers = {offer.reservation_id: offer for offer in list_open_offers(tx)}
    ended = []
    for kept in list_reservations(tx, offers, lock=True):
        state = kept.reservation.state
        if state is ReservationState.tentative:
            continue
        offer = offers[kept.reservation.id]
        if end_offer(tx, offer, _OUTCOMES.get(state, WaitingState.taken)):
            ended.append(offer)
    return ended
