"""From a booking to the key in the hand and back, on both databases: the key follows the booking by every act."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from contract.attendance_profile import shipped_profile
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from domain.keys.custody import Hand, Holder, HolderKind
from domain.keys.key import Copy, Key, LockGroup, Opening, OpeningKind, Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why
from domain.notices.reservee_letter import LetterKind
from gateway.key_clock import KeyClock
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.merge_reservees import AskedMerge, merge_reservees, undo_merge
from gateway.operations.facilities.use_reservation import miss_reservation
from gateway.operations.keys.extend_loan import Extension, extend_loan
from gateway.operations.keys.lend_key import Loan, LoanWish, lend_key
from gateway.operations.keys.register_key import keep_lock_group, register_copy, register_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from store.key_custody import list_custodies
from store.reservations import list_reservation_steps, load_reservation
from store.reservee_letters import claim_letters
from store.reservees import load_reservee, save_reservee
from store.tx import Store, Tx
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import DESK, book, booked, citizen, keep_house
from tests.gateway.keys.keyroom import HOUR, refused

HALF = Target(TargetKind.key, "half")
AHEAD = 30 * 24 * 60


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    with store.transaction(NOW) as tx:
        keep_lock_group(tx, LockGroup("house", "館", "House"))
        opens = frozenset((Opening(OpeningKind.room, "half"),))
        register_key(tx, Key("half", "ホール半分", "Half hall", "house", opens, early_minutes=AHEAD))
        for number in (0, 1):
            register_copy(tx, f"r-{number}", Copy(f"half-{number}", "half", f"H{number}", number), by="desk")
    return store


def lend(tx: Tx, id_: str, reservee: str = "u1") -> Loan:
    return lend_key(tx, LoanWish(id_, HALF, Holder(HolderKind.reservee, reservee), "desk"))


def test_no_key_without_permission_and_none_after_a_cancellation(house: Store) -> None:
    book(house, "r0", wish(780, 900), citizen(1))
    with refused(house, Why.not_permitted, NOW) as tx:
        lend(tx, "l1")
    made = booked(house)
    with house.transaction(NOW) as tx:
        loan = lend(tx, "l1")
        assert loan.due_at > made.until_at
    with refused(house, Why.not_permitted, NOW) as tx:
        lend(tx, "l2", "u2")
    with house.transaction(NOW) as tx:
        cancel_reservation(tx, made.id, citizen(1))
    with refused(house, Why.entitlement_over, NOW) as tx:
        lend(tx, "l2")


def test_the_key_goes_with_what_was_booked_when_two_reservees_are_merged(house: Store) -> None:
    booked(house)
    with house.transaction(NOW) as tx:
        merge_reservees(tx, AskedMerge("m1", "u2", "u1", "同一人物"), by="desk")
    with refused(house, Why.entitlement_over, NOW) as tx:
        lend(tx, "l1")
    with house.transaction(NOW) as tx:
        lend(tx, "l1", "u2")
        return_key(tx, BroughtBack("b1", frozenset(("half-1",)), "desk", Hand.desk))
        undo_merge(tx, "m2", "m1", by="desk", reason="別人でした")
    with refused(house, Why.entitlement_over, NOW) as tx:
        lend(tx, "l2", "u2")
    with house.transaction(NOW) as tx:
        lend(tx, "l2")


class Clock:
    """A clock that stands where it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def watch(store: Store, clock: Clock) -> KeyClock:
    return KeyClock(store, clock, shipped_profile("lsa"), committed=lambda: None)


def begun(store: Store, reservation_id: str) -> list[str]:
    with store.reading(NOW) as tx:
        steps = list_reservation_steps(tx, reservation_id)
    return [each.done_by for each in steps if each.act is ReservationAct.begin]


def state(store: Store, reservation_id: str) -> ReservationState:
    with store.reading(NOW) as tx:
        kept = load_reservation(tx, reservation_id)
    assert kept is not None
    return kept.reservation.state


def test_the_use_begins_when_the_key_goes_out_and_once(house: Store) -> None:
    made = booked(house)
    for _ in range(2):  # the same form twice
        with house.transaction(made.from_at) as tx:
            lend(tx, "l1")
    assert state(house, made.id) is ReservationState.in_use
    assert begun(house, made.id) == ["desk"]
    with house.transaction(made.from_at + HOUR) as tx:
        lend(tx, "l2")  # the second copy, for the same party
    assert begun(house, made.id) == ["desk"]


def test_a_key_taken_the_day_before_begins_nothing_until_the_time_has_come(house: Store) -> None:
    made = booked(house)
    with house.transaction(NOW) as tx:
        lend(tx, "l1")
    assert state(house, made.id) is ReservationState.permitted
    clock = Clock(made.from_at - HOUR)
    keys = watch(house, clock)
    keys.look()
    assert state(house, made.id) is ReservationState.permitted
    clock.at = made.from_at
    keys.look()
    keys.look()
    assert state(house, made.id) is ReservationState.in_use
    assert begun(house, made.id) == ["desk"]


def test_a_key_that_is_out_takes_a_no_show_back_unless_somebody_else_has_the_room(house: Store) -> None:
    made = booked(house)
    soon = made.from_at + HOUR / 2
    with house.transaction(NOW) as tx:
        lend(tx, "l1")
    with house.transaction(soon) as tx:
        miss_reservation(tx, made.id, actor=Actor.clock, by="clock")
    with house.transaction(soon) as tx:
        late = wish(660, 780, reservee_id="u2")
        taken = book_room(tx, AskedBooking("r2", late), DESK)
    keys = watch(house, Clock(soon))
    keys.look()
    assert state(house, made.id) is ReservationState.no_show
    with house.transaction(soon) as tx:
        cancel_reservation(tx, taken.id, DESK)
    keys.look()
    assert state(house, made.id) is ReservationState.in_use


@pytest.mark.parametrize("number", range(4))
def test_a_key_and_a_cancellation_at_once_never_both_come_about(house: Store, number: int) -> None:
    made = booked(house)
    ready = Barrier(2)

    def take() -> bool:
        ready.wait()
        with house.transaction(made.from_at) as tx:
            lend(tx, "l1")
        return True

    def cancel() -> bool:
        ready.wait()
        with house.transaction(made.from_at) as tx:
            cancel_reservation(tx, made.id, DESK, reason=f"雨 {number}")
        return True

    def attempt(work: Callable[[], bool]) -> bool:
        try:
            return work()
        except (KeyFaultError, BookingFaultsError):
            return False

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(attempt, (take, cancel)))
    assert sorted(done) == [False, True]
    with house.reading(NOW) as tx:
        out = [each for each in list_custodies(tx).values() if each.holder is not None]
    assert (state(house, made.id), len(out)) == (
        (ReservationState.in_use, 1) if done[0] else (ReservationState.cancelled, 0)
    )


def written(store: Store, now: datetime) -> list[LetterKind]:
    """Let the clock look twice; gives which letters about keys may leave then."""
    for _ in range(2):
        KeyClock(store, lambda: now, shipped_profile("lsa"), committed=lambda: None).look()
    with store.transaction(now) as tx:
        return [each.kind for each in claim_letters(tx, lease=HOUR, limit=10) if each.kind.value.startswith("key_")]


def address(store: Store, email: str = "u1@mail.example", *, confirmed: bool = True) -> None:
    with store.transaction(NOW) as tx:
        standing = load_reservee(tx, "u1")
        assert standing is not None
        asked = replace(standing, email=email, confirmed_at=NOW if confirmed else None)
        assert save_reservee(tx, standing, asked)


def test_a_citizen_is_written_to_before_the_key_is_due_and_when_it_is_late(house: Store) -> None:
    booked(house)
    address(house)
    with house.transaction(NOW) as tx:
        due = lend(tx, "l1").due_at
    assert written(house, due - timedelta(minutes=31)) == []
    assert written(house, due - timedelta(minutes=30)) == [LetterKind.key_due_soon]
    assert written(house, due) == [LetterKind.key_overdue]
    assert written(house, due + 2 * HOUR) == [LetterKind.key_overdue]  # it did not leave: once more, and alone
    with house.transaction(due + 2 * HOUR) as tx:
        return_key(tx, BroughtBack("b1", frozenset(("half-1",)), "desk", Hand.desk))
    assert written(house, due + 24 * HOUR) == []


def test_a_letter_about_a_key_names_the_key_and_the_time_and_leads_to_the_booking(house: Store) -> None:
    made = booked(house)
    address(house)
    with house.transaction(NOW) as tx:
        due = lend(tx, "l1").due_at
        told = {"key": "ホール半分 H1", "key_en": "Half hall H1", "ends_at": due.isoformat()}
    KeyClock(house, lambda: due, shipped_profile("lsa"), committed=lambda: None).look()
    with house.transaction(due) as tx:
        letter = claim_letters(tx, lease=HOUR, limit=10)[-1]
    assert (dict(letter.filling), letter.link) == (told, f"/bookings/{made.id}")


def test_nobody_is_written_to_about_a_key_at_an_address_that_was_not_confirmed(house: Store) -> None:
    booked(house)
    address(house, confirmed=False)
    with house.transaction(NOW) as tx:
        due = lend(tx, "l1").due_at
    assert written(house, due) == []


def test_a_key_that_is_due_later_is_written_about_anew(house: Store) -> None:
    booked(house)
    address(house)
    with house.transaction(NOW) as tx:
        due = lend(tx, "l1").due_at
    assert written(house, due - timedelta(minutes=20)) == [LetterKind.key_due_soon]
    with house.transaction(due - timedelta(minutes=10)) as tx:
        extend_loan(tx, Extension("x1", "l1", due + HOUR, "desk"))
    assert written(house, due) == []
    assert written(house, due + HOUR) == [LetterKind.key_overdue]
