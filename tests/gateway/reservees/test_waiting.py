"""The waiting list on both databases: offered in order, kept until a deadline, given to exactly one."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.reservation import HOLDING, ReservationState
from domain.facilities.round_fault import RoundFaultsError, RoundWhy
from domain.facilities.waiting import Offer, WaitingState
from gateway.operations.facilities.accept_offer import accept_offer, decline_offer
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.end_reservations import end_reservations
from gateway.operations.facilities.lapse_offers import lapse_offers
from gateway.operations.facilities.offer_place import offer_place
from gateway.operations.facilities.wait_for_place import stop_waiting, wait_for_place
from gateway.waiting_clock import WaitingClock
from store.reservations import list_reservation_steps, list_reservations_in, load_reservation
from store.tx import Store
from store.waiting import load_waiting
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import DESK, book, citizen, keep_house

HOUR = timedelta(hours=1)


def wait(store: Store, number: int, *, later: timedelta = timedelta(0)) -> None:
    with store.transaction(NOW + later) as tx:
        wait_for_place(tx, f"w{number}", wish(reservee_id=f"u{number}"), citizen(number))


def offer(store: Store, later: timedelta) -> Offer | None:
    with store.transaction(NOW + later) as tx:
        return offer_place(tx)


def state(store: Store, number: int) -> WaitingState:
    with store.reading(NOW) as tx:
        kept = load_waiting(tx, f"w{number}")
    assert kept is not None
    return kept.waiting.state


@pytest.fixture
def queue(store: Store) -> Store:
    """The half of the hall is booked by the first; the second and the third wait for it, the third a little longer."""
    keep_house(store)
    book(store, "r1", wish(), citizen(1))
    wait(store, 3)
    wait(store, 2, later=HOUR)
    assert offer(store, HOUR) is None
    return store


def give_back(store: Store) -> None:
    with store.transaction(NOW + HOUR) as tx:
        cancel_reservation(tx, "r1", citizen(1))


def test_a_freed_place_is_offered_in_the_order_of_asking_and_taken(queue: Store) -> None:
    give_back(queue)
    made = offer(queue, 2 * HOUR)
    assert made is not None
    assert (made.waiting_id, made.expires_at) == ("w3", NOW + 26 * HOUR)
    assert offer(queue, 2 * HOUR) is None
    with queue.transaction(NOW + 3 * HOUR) as tx, pytest.raises(BookingFaultsError) as refused:
        accept_offer(tx, made.id, citizen(2))
    assert [fault.why for fault in refused.value.faults] == [BookingWhy.not_yours]
    with queue.transaction(NOW + 3 * HOUR) as tx:
        assert accept_offer(tx, made.id, citizen(3)).state is ReservationState.applied
    assert (state(queue, 3), state(queue, 2)) == (WaitingState.taken, WaitingState.waiting)


def test_an_offer_that_lapses_goes_to_the_next(queue: Store) -> None:
    give_back(queue)
    made = offer(queue, 2 * HOUR)
    assert made is not None
    with queue.transaction(NOW + 26 * HOUR) as tx, pytest.raises(RoundFaultsError) as refused:
        accept_offer(tx, made.id, citizen(3))
    assert [fault.why for fault in refused.value.faults] == [RoundWhy.offer_over]
    with queue.transaction(NOW + 26 * HOUR) as tx:
        assert lapse_offers(tx) == []
        end_reservations(tx)
        assert lapse_offers(tx) == [made]
        assert lapse_offers(tx) == []
    following = offer(queue, 26 * HOUR)
    assert following is not None
    assert following.waiting_id == "w2"
    assert state(queue, 3) is WaitingState.lapsed


def test_a_declined_offer_goes_to_the_next(queue: Store) -> None:
    give_back(queue)
    made = offer(queue, 2 * HOUR)
    assert made is not None
    with queue.transaction(NOW + 3 * HOUR) as tx:
        decline_offer(tx, made.id, citizen(3))
    following = offer(queue, 3 * HOUR)
    assert following is not None
    assert (following.waiting_id, state(queue, 3)) == ("w2", WaitingState.declined)


def test_who_may_not_wait_is_told(queue: Store) -> None:
    for number, expected in ((2, RoundWhy.waits_already), (4, RoundWhy.free_now)):
        asked = wish(reservee_id="u2") if number == 2 else wish(780, 900, reservee_id="u4")
        with queue.transaction(NOW) as tx, pytest.raises(RoundFaultsError) as refused:
            wait_for_place(tx, f"again{number}", asked, citizen(number))
        assert [fault.why for fault in refused.value.faults] == [expected]
    with queue.transaction(NOW) as tx, pytest.raises(BookingFaultsError) as faulty:
        wait_for_place(tx, "w5", wish(reservee_id="u5", party=0), citizen(5))
    assert [fault.why for fault in faulty.value.faults] == [BookingWhy.nobody]
    wait(queue, 2)  # the same form again
    for _ in range(2):
        with queue.transaction(NOW) as tx:
            stop_waiting(tx, "w3", citizen(3))
    give_back(queue)
    made = offer(queue, 2 * HOUR)
    assert made is not None
    assert made.waiting_id == "w2"
    with queue.transaction(NOW + 2 * HOUR) as tx, pytest.raises(RoundFaultsError) as refused:
        stop_waiting(tx, "w2", citizen(2))
    assert [fault.why for fault in refused.value.faults] == [RoundWhy.no_longer_waits]


def test_what_has_begun_is_waited_for_no_longer(queue: Store) -> None:
    assert offer(queue, timedelta(days=11)) is None
    assert {state(queue, 2), state(queue, 3)} == {WaitingState.over}


def test_two_desks_take_one_offer_and_two_clocks_make_one(queue: Store) -> None:
    give_back(queue)
    made: list[Offer | None] = []
    run(3, lambda: made.append(offer(queue, 2 * HOUR)))
    [one] = [each for each in made if each is not None]
    told: list[str] = []

    def accept() -> None:
        try:
            with queue.transaction(NOW + 3 * HOUR) as tx:
                accept_offer(tx, one.id, DESK)
        except (RoundFaultsError, BookingFaultsError) as error:
            told.append(error.faults[0].why.value)
        else:
            told.append("taken")

    run(3, accept)
    assert sorted(told) == ["offer_over", "offer_over", "taken"]
    with queue.reading(NOW) as tx:
        kept = load_reservation(tx, one.reservation_id)
        steps = list_reservation_steps(tx, one.reservation_id)
        holding = list_reservations_in(tx, ["half"], wish().from_at, wish().until_at, states=HOLDING)
    assert kept is not None
    assert [step.to_state for step in steps] == [ReservationState.tentative, kept.reservation.state]
    assert [each.reservation.id for each in holding] == [one.reservation_id]


def run(count: int, act: Callable[[], object]) -> None:
    threads = [threading.Thread(target=act) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_the_clock_makes_every_offer_once_and_wakes_whoever_tells_of_it(queue: Store) -> None:
    woken: list[bool] = []
    now = NOW + 2 * HOUR
    clock = WaitingClock(queue, lambda: now, committed=lambda: woken.append(True))
    assert clock.look() == 0
    give_back(queue)
    assert (clock.look(), clock.look()) == (1, 0)
    now += 24 * HOUR
    with queue.transaction(now) as tx:
        end_reservations(tx)
    assert (clock.look(), clock.look()) == (1, 0)
    assert woken == [True, True]
    assert (state(queue, 3), state(queue, 2)) == (WaitingState.lapsed, WaitingState.offered)
