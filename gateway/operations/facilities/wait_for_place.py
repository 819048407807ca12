"""Wait for a time in a room that is taken, or stop waiting for it."""

from dataclasses import replace

from domain.facilities.booking import Via, Wish
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.round_fault import RoundWhy, refuse_round
from domain.facilities.waiting import WAITING_MOST, Waiting, WaitingState
from domain.ids import PAGE_WORDS, is_id
from gateway.bookings.acting import Acting, choose_via
from gateway.bookings.around import load_around
from gateway.bookings.placing import assess_wish
from store.tx import Tx
from store.waiting import KeptWaiting, insert_waiting, list_waiting_of, load_waiting, move_waiting

_TAKEN = frozenset({BookingWhy.taken, BookingWhy.places_left})
_STANDING = frozenset({WaitingState.waiting, WaitingState.offered})


def wait_for_place(tx: Tx, waiting_id: str, wish: Wish, acting: Acting) -> Waiting:
    """Put somebody on the list for what is taken; the same form sent twice waits once.

    Equipment is asked for once the place is had: a wish on the list names none.

    Raises:
        RoundFaultsError: it is free now, this one waits for it already or for too much.
        BookingFaultsError: it could not be reserved by this one even if it were free.
    """
    if not is_id(waiting_id) or waiting_id in PAGE_WORDS:
        raise refuse_round("id", RoundWhy.bad_id)
    asked = replace(wish, units=())
    if (standing := load_waiting(tx, waiting_id)) is not None:
        return _demand_same(standing, asked, acting)
    around = load_around(tx, [asked], via=Via.page)
    rules = around.houses.rules_of(asked.room_id)
    if rules is None:
        raise BookingFaultsError(assess_wish(around, asked))
    around.via = choose_via(acting, asked.reservee_id, rules.facility.id)
    faults = assess_wish(around, asked)
    if others := [fault for fault in faults if fault.why not in _TAKEN]:
        raise BookingFaultsError(others)
    if not faults:
        raise refuse_round("from_at", RoundWhy.free_now)
    own = [each.waiting for each in list_waiting_of(tx, asked.reservee_id) if each.waiting.state in _STANDING]
    if any((each.wish.room_id, each.wish.from_at) == (asked.room_id, asked.from_at) for each in own):
        raise refuse_round("from_at", RoundWhy.waits_already)
    if len(own) >= WAITING_MOST:
        raise refuse_round("reservee_id", RoundWhy.waits_too_often, most=WAITING_MOST)
    new = Waiting(waiting_id, asked, tx.now)
    if not insert_waiting(tx, new, asked_by=acting.login):
        raise refuse_round("id", RoundWhy.id_taken)
    return new


def stop_waiting(tx: Tx, waiting_id: str, acting: Acting) -> None:
    """Take somebody off the list; twice is once.

    Raises:
        RoundFaultsError: nobody waits under that id, or an offer stands (``decline_offer``).
        BookingFaultsError: it is not this one's.
    """
    kept = load_waiting(tx, waiting_id, lock=True)
    if kept is None:
        raise refuse_round("id", RoundWhy.unknown_waiting)
    choose_via(acting, kept.waiting.wish.reservee_id, kept.facility_id)
    if kept.waiting.state is WaitingState.withdrawn:
        return
    if not move_waiting(tx, waiting_id, WaitingState.waiting, WaitingState.withdrawn):
        raise refuse_round("id", RoundWhy.no_longer_waits)


def _demand_same(standing: KeptWaiting, asked: Wish, acting: Acting) -> Waiting:
    if standing.waiting.wish != asked or standing.asked_by != acting.login:
        raise refuse_round("id", RoundWhy.id_taken)
    return standing.waiting
