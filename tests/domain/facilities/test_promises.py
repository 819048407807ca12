"""What a permitted reservation promises, and that nothing else promises anything."""

from datetime import timedelta

import pytest

from domain.facilities.booking import make_reservation
from domain.facilities.facility import Room
from domain.facilities.promises import PROMISING, Promise, PromiseKind, derive_promises
from domain.facilities.reservation import ReservationState
from tests.domain.facilities.booking import wish

HALL = Room("hall", "center", "ホール", "Hall", ("hall_a",), 200, before_minutes=30, after_minutes=15, area_id="stage")


def test_a_permitted_one_promises_a_key_and_a_door_with_its_buffers() -> None:
    asked = wish(room_id="hall")
    reservation = make_reservation(asked, "r1", ReservationState.permitted, version=3)
    from_at, until_at = asked.from_at - timedelta(minutes=30), asked.until_at + timedelta(minutes=15)
    assert derive_promises(reservation, HALL) == (
        Promise(PromiseKind.key, "hall", from_at, until_at, "reservation:r1:3"),
        Promise(PromiseKind.door, "stage", from_at, until_at, "reservation:r1:3"),
        Promise(PromiseKind.code, "stage", from_at, until_at, "reservation:r1:3"),
    )


def test_who_shares_a_slot_is_let_in_without_a_key() -> None:
    reservation = make_reservation(wish(room_id="hall", slot_id="s", places=1), "r1", ReservationState.permitted)
    assert {promise.kind for promise in derive_promises(reservation, HALL)} == {PromiseKind.door, PromiseKind.code}


@pytest.mark.parametrize("state", sorted(set(ReservationState) - PROMISING))
def test_nothing_is_promised_in_other_states(state: ReservationState) -> None:
    assert derive_promises(make_reservation(wish(room_id="hall"), "r1", state), HALL) == ()
