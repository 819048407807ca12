"""Booking a room, on both databases: once per form, with holds, deeds and notices, or not at all."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from gateway.bookings.acting import Acting
from gateway.operations.facilities.apply_held import AskedApplication, apply_held
from store.messages import list_messages
from store.outbox import list_unsent
from store.reservations import list_reservation_steps, load_reservation
from store.resource_holds import list_holds_of
from store.tx import Store
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import DESK, book, citizen, keep_house

W = BookingWhy


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    return store


def refusals(told: pytest.ExceptionInfo[BookingFaultsError]) -> list[tuple[str, str]]:
    return [(fault.field, fault.why.value) for fault in told.value.faults]


def test_a_booking_is_an_application_with_holds_and_a_deed(house: Store) -> None:
    made = book(house, "r1", wish(units=(("chairs", 2),)), citizen(1))
    assert (made.state, made.version) == (ReservationState.applied, 1)
    with house.reading(NOW) as tx:
        kept = load_reservation(tx, "r1")
        assert kept is not None
        assert kept.reservation == made
        assert (kept.made_by, kept.facility_id, kept.made_at) == ("self", "center", NOW)
        assert [hold.resource for hold in list_holds_of(tx, "r1")] == [
            "space:hall_a",
            "unit:chairs:1",
            "unit:chairs:2",
        ]
        (deed,) = list_reservation_steps(tx, "r1")
        assert (deed.act, deed.actor, deed.from_state, deed.to_state) == (
            ReservationAct.apply,
            Actor.reservee,
            None,
            ReservationState.applied,
        )
        (unsent,) = list_unsent(tx, limit=9)
        told = json.loads(unsent.notice.payload)
        assert (told["reservation"], told["act"], told["state"], told["promises"]) == ("r1", "apply", "applied", [])
        (message,) = list_messages(tx, "p9")
        assert message.message.kind == "reservation_waiting"


def test_what_a_rule_permits_is_permitted_at_once_and_promises_the_key(house: Store) -> None:
    made = book(house, "r1", wish(room_id="meeting"), citizen(1))
    assert made.state is ReservationState.permitted
    with house.reading(NOW) as tx:
        assert [(deed.actor, deed.to_state) for deed in list_reservation_steps(tx, "r1")] == [
            (Actor.reservee, ReservationState.applied),
            (Actor.rule, ReservationState.permitted),
        ]
        told = json.loads(list_unsent(tx, limit=9)[-1].notice.payload)
        assert [promise["kind"] for promise in told["promises"]] == ["key"]
        assert told["promises"][0]["source"] == "reservation:r1:1"
        assert list_messages(tx, "p9") == []


def test_the_same_form_twice_books_once(house: Store) -> None:
    first = book(house, "r1", wish(), citizen(1))
    assert book(house, "r1", wish(), citizen(1)) == first
    with house.reading(NOW) as tx:
        assert len(list_reservation_steps(tx, "r1")) == 1
    with pytest.raises(BookingFaultsError) as told:
        book(house, "r1", wish(780, 900), citizen(1))
    assert refusals(told) == [("id", "id_taken")]


def test_the_second_is_told_the_time_and_nothing_is_written(house: Store) -> None:
    book(house, "r1", wish(), citizen(1))
    with pytest.raises(BookingFaultsError) as told:
        book(house, "r2", wish(600, 780, reservee_id="u2", party=500), citizen(2))
    assert refusals(told) == [("party", "over_capacity"), ("from_at", "taken")]
    with house.reading(NOW) as tx:
        assert load_reservation(tx, "r2") is None
        assert len(list_unsent(tx, limit=9)) == 1


def test_halves_and_hall_exclude_each_other_and_buffers_count(house: Store) -> None:
    book(house, "r1", wish(), citizen(1))
    for start, why in ((540, "taken"), (720, "taken")):
        with pytest.raises(BookingFaultsError) as told:
            book(house, "r2", wish(start, start + 120, room_id="hall", reservee_id="u2"), citizen(2))
        assert refusals(told) == [("from_at", why)]
    assert book(house, "r2", wish(750, 900, room_id="hall", reservee_id="u2"), citizen(2)).id == "r2"


def test_a_course_has_as_many_places_as_it_has(house: Store) -> None:
    for number in (1, 2):
        book(
            house,
            f"r{number}",
            wish(room_id="gym", slot_id="course", places=1, reservee_id=f"u{number}"),
            citizen(number),
        )
    with pytest.raises(BookingFaultsError) as told:
        book(house, "r3", wish(room_id="gym", slot_id="course", places=2, reservee_id="u3"), citizen(3))
    assert refusals(told) == [("places", "places_left")]
    book(house, "r3", wish(room_id="gym", slot_id="course", places=1, reservee_id="u3"), citizen(3))


@pytest.mark.parametrize("acting", [citizen(2), Acting("other", desks=frozenset({"elsewhere"})), Acting("nobody")])
def test_nobody_books_for_another_without_a_desk(house: Store, acting: Acting) -> None:
    with pytest.raises(BookingFaultsError) as told:
        book(house, "r1", wish(), acting)
    assert refusals(told) == [("reservee_id", "not_yours")]


def test_the_counter_books_for_others(house: Store) -> None:
    book(house, "r1", wish(reservee_id="s1"), DESK)
    with house.reading(NOW) as tx:
        assert [(deed.actor, deed.done_by) for deed in list_reservation_steps(tx, "r1")] == [(Actor.desk, "desk")]
        assert [each.message.kind for each in list_messages(tx, "p1")] == ["reservation_applied"]


@pytest.mark.parametrize(
    ("id_", "asked", "fault"),
    [
        ("r 1", wish(), ("id", "bad_id")),
        ("inbox", wish(), ("id", "id_is_address")),
        ("r1", wish(room_id="cellar"), ("room_id", "unknown_room")),
    ],
)
def test_what_names_nothing_is_refused(house: Store, id_: str, asked: object, fault: tuple[str, str]) -> None:
    with pytest.raises(BookingFaultsError) as told:
        book(house, id_, asked, citizen(1))  # type: ignore[arg-type]
    assert refusals(told) == [fault]


def test_a_quota_counts_what_stands(house: Store) -> None:
    for number in (1, 2):
        later = timedelta(days=number)
        asked = wish(540, 1140)
        book(
            house,
            f"r{number}",
            replace(asked, from_at=asked.from_at + later, until_at=asked.until_at + later),
            citizen(1),
        )
    with pytest.raises(BookingFaultsError) as told:
        book(house, "r3", wish(), citizen(1))
    assert refusals(told) == [("from_at", "quota_reached")]


def test_a_held_room_is_kept_until_the_form_is_filled_in(house: Store) -> None:
    held = book(house, "r1", wish(purpose=""), citizen(1), is_held_only=True)
    assert (held.state, held.expires_at) == (ReservationState.tentative, NOW + timedelta(minutes=30))
    with pytest.raises(BookingFaultsError):
        book(house, "r2", wish(reservee_id="u2"), citizen(2))
    with house.transaction(NOW) as tx, pytest.raises(BookingFaultsError) as told:
        apply_held(tx, AskedApplication("r1", 1, wish(purpose="")), citizen(1))
    assert refusals(told) == [("purpose", "purpose_missing")]
    with house.transaction(NOW) as tx:
        applied = apply_held(tx, AskedApplication("r1", 1, wish(party=20)), citizen(1))
        assert (applied.state, applied.party, applied.expires_at) == (ReservationState.applied, 20, None)
        assert [deed.act.value for deed in list_reservation_steps(tx, "r1")] == ["hold", "apply"]
        assert len(list_holds_of(tx, "r1")) == 1


def test_a_hold_that_ran_out_is_not_applied_for(house: Store) -> None:
    book(house, "r1", wish(), citizen(1), is_held_only=True)
    with house.transaction(NOW + timedelta(minutes=30)) as tx, pytest.raises(BookingFaultsError) as told:
        apply_held(tx, AskedApplication("r1", 1, wish()), citizen(1))
    assert refusals(told) == [("state", "hold_over")]
