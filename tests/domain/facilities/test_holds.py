"""What a reservation holds: the parts of its room with their buffers, numbered places, numbered units."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.facilities.facility import Equipment, Room, SlotKind
from domain.facilities.holds import Hold, NothingFreeError, derive_holds
from domain.facilities.reservation import Reservation, ReservationState

NINE = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
HALL = Room("hall", "center", "ホール", "Hall", ("hall_a", "hall_b"), 200, before_minutes=30, after_minutes=15)
COURSE = SlotKind("morning", "hall", "午前", "Morning", 540, 720, frozenset(range(7)), places=3)
CHAIRS = {"chairs": Equipment("chairs", "center", "椅子", "Chairs", 4)}


def reserve(**given: object) -> Reservation:
    facts: dict[str, object] = {
        "id": "r1",
        "room_id": "hall",
        "from_at": NINE,
        "until_at": NOON,
        "reservee_id": "u1",
        "user_class": "resident",
        "party": 10,
        "purpose": "練習",
        "state": ReservationState.applied,
    }
    return Reservation(**(facts | given))  # type: ignore[arg-type]


def test_a_room_holds_all_its_spaces_with_its_buffers() -> None:
    early, late = NINE - timedelta(minutes=30), NOON + timedelta(minutes=15)
    assert derive_holds(reserve(), HALL, None, {}, ()) == [
        Hold("space:hall_a", "reservation:r1", early, late),
        Hold("space:hall_b", "reservation:r1", early, late),
    ]


def test_parties_of_one_slot_share_the_spaces_and_have_places_of_their_own() -> None:
    first = derive_holds(reserve(slot_id="morning"), HALL, COURSE, {}, ())
    second = derive_holds(reserve(id="r2", slot_id="morning", places=2), HALL, COURSE, {}, [first[-1].resource])
    assert {hold.holder for hold in first[:2] + second[:2]} == {"slot:morning:2026-12-01"}
    assert [hold.resource for hold in second[2:]] == ["place:morning:2", "place:morning:3"]
    assert {hold.holder for hold in second[2:]} == {"reservation:r2"}


def test_units_are_numbered_and_their_lack_is_told() -> None:
    asked = reserve(units=(("chairs", 3),))
    holds = derive_holds(asked, HALL, None, CHAIRS, ["unit:chairs:2"])
    assert [hold.resource for hold in holds[2:]] == ["unit:chairs:1", "unit:chairs:3", "unit:chairs:4"]
    with pytest.raises(NothingFreeError) as told:
        derive_holds(asked, HALL, None, CHAIRS, ["unit:chairs:1", "unit:chairs:2"])
    assert told.value.args == ("chairs", 3, 2)


def test_a_slot_without_places_left_gives_none() -> None:
    taken = [f"place:morning:{number}" for number in (1, 2, 3)]
    with pytest.raises(NothingFreeError):
        derive_holds(reserve(slot_id="morning"), HALL, COURSE, {}, taken)
