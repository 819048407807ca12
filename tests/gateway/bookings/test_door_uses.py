"""Whether anybody came, as doors say it: in time, late, in the room already; and that nobody came where none did."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.facilities.entry import Way
from domain.facilities.reservation import Actor
from gateway.booking_clock import BookingClock
from gateway.operations.facilities.use_reservation import begin_reservation
from store.devices import insert_device
from store.party_passes import party_id
from store.presence import Presence, save_presences
from store.records import Record, insert_records
from store.reservations import list_reservation_steps, load_reservation
from store.tx import Store
from tests.domain.facilities.booking import HOUSE, NOW, wish
from tests.gateway.bookings.doors import BEHIND, DOOR, build, with_ways
from tests.gateway.bookings.house import DESK, book, booked, citizen, permit

MINUTE = timedelta(minutes=1)
STRICT = replace(BEHIND, terms=(replace(HOUSE.terms[0], no_show_after_minutes=30),))
SEQS = itertools.count(1)


@pytest.fixture
def house(store: Store) -> Store:
    build(store, STRICT)
    with store.transaction(NOW) as tx:
        insert_device(tx, "west-1", "-")
    return store


def tap(store: Store, person_id: str, at: datetime, point: str = DOOR, *, granted: bool = True) -> None:
    """Let the log have a tap; when it came does not matter."""
    told = {"access_point_id": point, "person_id": person_id, "granted": granted}
    record = Record("west-1", 1, next(SEQS), "tap.observed", at, at, True, b"", b"", **told)  # type: ignore[arg-type]
    with store.transaction(NOW) as tx:
        insert_records(tx, [record])


def look(store: Store, at: datetime) -> list[str]:
    """Let the clock look, and give where the first booking stands, with who said so."""
    BookingClock(store, lambda: at, committed=lambda: None).look()
    return told(store, "r1")


def told(store: Store, id_: str) -> list[str]:
    with store.reading(NOW) as tx:
        kept, last = load_reservation(tx, id_), list_reservation_steps(tx, id_)[-1]
    assert kept is not None
    return [kept.reservation.state.value, last.actor.value, last.done_by]


def test_whoever_is_let_in_by_the_code_uses_the_room(house: Store) -> None:
    made = booked(house)
    tap(house, party_id("r1"), made.from_at + 5 * MINUTE)
    assert look(house, made.from_at + 6 * MINUTE) == ["in_use", "door", "west-1"]
    assert look(house, made.until_at) == ["completed", "clock", "clock"]


@pytest.mark.parametrize(
    ("person_id", "minutes", "point", "granted"),
    [
        ("party-r1", 5, "server_in", True),
        ("party-r1", 5, DOOR, False),
        ("party-r1", -1, DOOR, True),
        ("party-r2", 5, DOOR, True),
        ("p1", 5, DOOR, True),
    ],
)
def test_no_other_tap_is_a_use(house: Store, person_id: str, minutes: int, point: str, granted: bool) -> None:
    made = booked(house)
    tap(house, person_id, made.from_at + minutes * MINUTE, point, granted=granted)
    assert look(house, made.from_at + 10 * MINUTE)[0] == "permitted"
    assert look(house, made.from_at + 30 * MINUTE) == ["no_show", "clock", "clock"]


def test_a_box_that_tells_late_takes_a_no_show_back(house: Store) -> None:
    made = booked(house)
    assert look(house, made.from_at + 40 * MINUTE)[0] == "no_show"
    tap(house, party_id("r1"), made.from_at + 5 * MINUTE)
    assert look(house, made.from_at + 41 * MINUTE) == ["in_use", "door", "west-1"]


def test_a_box_that_tells_when_all_is_over_says_it_was_used(house: Store) -> None:
    made = booked(house)
    look(house, made.from_at + 40 * MINUTE)
    tap(house, party_id("r1"), made.from_at + 5 * MINUTE)
    assert look(house, made.until_at + 60 * MINUTE)[0] == "completed"


def test_a_room_that_went_to_somebody_else_after_a_no_show_stays_theirs(house: Store) -> None:
    made = booked(house)
    look(house, made.from_at + 40 * MINUTE)
    with house.transaction(NOW) as tx:
        assert load_reservation(tx, "r1") is not None
    permit(house, book(house, "r2", wish(reservee_id="u2"), citizen(2)))
    tap(house, party_id("r1"), made.from_at + 5 * MINUTE)
    assert look(house, made.from_at + 41 * MINUTE)[0] == "no_show"


def test_staff_who_are_in_the_room_already_have_come(house: Store) -> None:
    own = book(house, "r1", wish(room_id="meeting", reservee_id="s1"), DESK)
    with house.transaction(NOW) as tx:
        save_presences(tx, [Presence("p1", "hall", DOOR, own.from_at - 10 * MINUTE)])
    assert look(house, own.from_at - MINUTE)[0] == "permitted"
    assert look(house, own.from_at) == ["in_use", "door", "stay"]


def test_somebody_who_was_last_seen_there_long_ago_has_not(house: Store) -> None:
    own = book(house, "r1", wish(room_id="meeting", reservee_id="s1"), DESK)
    with house.transaction(NOW) as tx:
        save_presences(tx, [Presence("p1", "hall", DOOR, own.from_at - 90 * MINUTE)])
    assert look(house, own.from_at + 30 * MINUTE)[0] == "no_show"


def test_whoever_stays_for_the_next_booking_need_not_tap_again(house: Store) -> None:
    booked(house, until_minute=600)
    second = permit(house, book(house, "r2", wish(600, 660), citizen(1)))
    with house.transaction(second.from_at - 50 * MINUTE) as tx:
        begin_reservation(tx, "r1", actor=Actor.desk, by="desk")
    assert look(house, second.from_at) == ["completed", "clock", "clock"]
    assert told(house, "r2") == ["in_use", "door", "stay"]


def test_nobody_misses_a_room_that_is_open_anyway(store: Store) -> None:
    build(store, with_ways(Way.open, rules=STRICT))
    made = booked(store)
    assert look(store, made.from_at + 40 * MINUTE)[0] == "permitted"
