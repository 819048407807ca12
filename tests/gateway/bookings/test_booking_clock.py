"""The clock looks at reservations again and again, and wakes whoever tells of it only where something ended."""

from datetime import timedelta

from gateway.booking_clock import BookingClock
from gateway.operations.facilities.end_reservations import end_reservations
from store.reservations import load_reservation
from store.tx import Store
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import book, citizen, keep_house


def test_what_is_over_ends_and_is_told_once(store: Store) -> None:
    keep_house(store)
    for number, room_id in enumerate(("half", "meeting"), 1):
        asked = wish(room_id=room_id, reservee_id=f"u{number}")
        book(store, f"r{number}", asked, citizen(number), is_held_only=True)
    woken: list[bool] = []
    now = NOW
    clock = BookingClock(store, lambda: now, committed=lambda: woken.append(True))
    assert clock.look() == 0
    now += timedelta(minutes=30)
    assert clock.look() == 2
    assert clock.look() == 0
    assert woken == [True]
    with store.reading(now) as tx:
        kept = [load_reservation(tx, id_) for id_ in ("r1", "r2")]
    assert [each and each.reservation.state.value for each in kept] == ["expired", "expired"]


def test_few_at_a_time_are_ended_in_several_turns(store: Store) -> None:
    keep_house(store)
    for number, room_id in enumerate(("half", "meeting"), 1):
        book(store, f"r{number}", wish(room_id=room_id, reservee_id=f"u{number}"), citizen(number), is_held_only=True)
    turns = []
    for _ in range(3):
        with store.transaction(NOW + timedelta(minutes=30)) as tx:
            turns.append(len(end_reservations(tx, limit=1)))
    assert turns == [1, 1, 0]
