"""Offer what is free again to the first who waits for it: a tentative reservation that stands until a deadline."""

from hashlib import sha256

from domain.facilities.booking import Via, make_reservation
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from domain.facilities.waiting import OFFER_HOURS, Offer, WaitingState, derive_offer_end
from gateway.bookings.acting import SELF
from gateway.bookings.around import claim_resources, load_around
from gateway.bookings.placing import assess_wish, demand_room, take_holds
from gateway.bookings.telling import Done, tell_reservation
from gateway.operations.facilities.end_reservations import CLOCK
from store.reservations import insert_reservation
from store.tx import Tx
from store.waiting import KeptWaiting, end_past_waiting, insert_offer, list_still_waiting, move_waiting


def offer_place(tx: Tx, *, hours: int = OFFER_HOURS) -> Offer | None:
    """Make the next offer, in the order of asking; None where nothing that anybody waits for is free.

    One commit makes one offer, so that nobody holds the locks of many; to be called again while it gives one. Whoever
    could not reserve it just now, by a quota or a block, keeps the place in the list.

    Args:
        tx: the transaction.
        hours: so long the offer stands, never beyond the beginning.
    """
    end_past_waiting(tx)
    waits = list_still_waiting(tx)
    if not waits:
        return None
    around = load_around(tx, [kept.waiting.wish for kept in waits], via=Via.page, lock=False)
    for kept in waits:
        around.via = _choose_via(kept)
        if not assess_wish(around, kept.waiting.wish):
            return _offer(tx, kept, hours)
    return None


def _offer(tx: Tx, kept: KeptWaiting, hours: int) -> Offer | None:
    waiting, wish = kept.waiting, kept.waiting.wish
    around = load_around(tx, [wish], via=_choose_via(kept))
    claim_resources(tx, around, [wish])
    if assess_wish(around, wish) or not move_waiting(tx, waiting.id, WaitingState.waiting, WaitingState.offered):
        return None  # somebody was quicker; the next call looks again
    id_ = f"offer-{sha256(waiting.id.encode()).hexdigest()[:32]}"
    expires_at = derive_offer_end(tx.now, wish.from_at, hours=hours)
    held = make_reservation(wish, id_, ReservationState.tentative, expires_at=expires_at)
    insert_reservation(tx, held, made_by=kept.asked_by)
    take_holds(tx, around, wish, held)
    done = Done(ReservationAct.hold, ReservationState.tentative, Actor.clock, CLOCK)
    room = demand_room(around, wish.room_id)
    tell_reservation(tx, [done], held, room, around.reservees.get(wish.reservee_id), before=None)
    offer = Offer(id_, waiting.id, id_, tx.now, expires_at)
    insert_offer(tx, offer)
    return offer


def _choose_via(kept: KeptWaiting) -> Via:
    return Via.page if kept.asked_by == SELF else Via.desk
