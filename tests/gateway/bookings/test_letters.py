"""Letters to citizens: one for each deed that matters, in its commit, to confirmed addresses alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.civil import instant
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.lottery import Lot, Round, hash_seed
from domain.facilities.reservation import ReservationAct
from domain.notices.reservee_letter import LetterKind
from gateway.letter_clock import LetterClock
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.draw_round import draw_round
from gateway.operations.facilities.enter_round import AskedEntry, enter_round
from gateway.operations.facilities.offer_place import offer_place
from gateway.operations.facilities.open_round import open_round
from gateway.operations.facilities.wait_for_place import wait_for_place
from store.reservee_letters import claim_letters, list_letters_of
from store.reservees import insert_reservee, load_reservee, save_reservee
from store.tx import Store
from tests.domain.facilities.booking import CITIZEN, NOW, ON, wish
from tests.gateway.bookings.house import DECIDER, DESK, book, booked, citizen, keep_house

HOUR = timedelta(hours=1)
SEED = "5eed" * 16
K = LetterKind


@pytest.fixture
def house(store: Store) -> Store:
    """The house with citizens of whom the first two have addresses."""
    keep_house(store)
    with store.transaction(NOW) as tx:
        for number in (1, 2):
            standing = load_reservee(tx, f"u{number}")
            assert standing is not None
            assert save_reservee(tx, standing, replace(standing, email=f"u{number}@mail.example"))
    return store


def kinds(store: Store, reservee_id: str = "u1") -> list[LetterKind]:
    with store.reading(NOW) as tx:
        return [each.kind for each in reversed(list_letters_of(tx, reservee_id))]


def test_a_booking_is_written_about_from_asking_to_cancelling(house: Store) -> None:
    standing = booked(house)
    with house.transaction(NOW) as tx:
        changed = change_reservation(tx, AskedChange("r1", standing.version, wish(780, 900)), citizen(1))
    acts = (ReservationAct.ask, ReservationAct.ask, ReservationAct.reject)
    for hours, act in enumerate(acts):
        with house.transaction(NOW + hours * HOUR) as tx:
            decide_reservation(tx, Decision("r1", changed.version, act, f"理由{hours}"), DECIDER)
    assert kinds(house) == [K.received, K.permitted, K.changed, K.asked, K.asked, K.rejected]
    with house.transaction(NOW + 3 * HOUR) as tx:
        due = claim_letters(tx, lease=HOUR, limit=10)
    assert {each.email for each in due} == {"u1@mail.example"}
    assert due[0].filling["room"] == "ホール半分"
    assert due[0].link == "/bookings/r1"
    assert "合唱" not in str(due)  # what somebody does there is nobody's business on the way


def test_a_rule_that_permits_gives_one_letter_and_a_refused_wish_none(house: Store) -> None:
    book(house, "r1", wish(room_id="meeting"), citizen(1))
    with pytest.raises(BookingFaultsError):
        book(house, "r2", wish(room_id="meeting"), citizen(1))
    assert kinds(house) == [K.permitted]


def test_nobody_is_written_to_at_an_address_that_was_not_confirmed(house: Store) -> None:
    with house.transaction(NOW) as tx:
        insert_reservee(tx, replace(CITIZEN, id="n1", email="typed@mail.example", confirmed_at=None))
        insert_reservee(tx, replace(CITIZEN, id="n2", phone="09012345678"))
    for number, id_ in enumerate(("n1", "n2")):
        wanted = wish(540 + 60 * number, 600 + 60 * number, room_id="meeting", reservee_id=id_)
        book(house, f"r{number}", wanted, DESK)
        assert kinds(house, id_) == []


def test_an_offer_is_written_about_and_taken_back_when_it_is_over(house: Store) -> None:
    book(house, "r1", wish(), citizen(1))
    with house.transaction(NOW) as tx:
        wait_for_place(tx, "w2", wish(reservee_id="u2"), citizen(2))
        cancel_reservation(tx, "r1", citizen(1))
    with house.transaction(NOW + HOUR) as tx:
        offer = offer_place(tx)
    assert offer is not None
    assert kinds(house) == [K.received, K.cancelled]
    assert kinds(house, "u2") == [K.offered]
    with house.transaction(NOW + 2 * HOUR) as tx:
        due = claim_letters(tx, lease=HOUR, limit=10)
        [told] = [each for each in due if each.kind is K.offered]
        assert told.filling["ends_at"] == offer.expires_at.isoformat()
        cancel_reservation(tx, offer.reservation_id, citizen(2))
    with house.transaction(NOW + 4 * HOUR) as tx:
        assert [each.kind for each in claim_letters(tx, lease=HOUR, limit=10)] == [K.received, K.cancelled]


def test_a_use_is_called_to_mind_once_and_not_after_it_was_cancelled(house: Store) -> None:
    booked(house)
    before = instant(ON, 540) - timedelta(hours=20)
    clock = LetterClock(house, lambda: before)
    assert (clock.look(), clock.look()) == (1, 0)
    assert kinds(house) == [K.received, K.permitted, K.reminder]
    with house.transaction(before) as tx:
        cancel_reservation(tx, "r1", replace(citizen(1), desks=frozenset({"center"})))
        left = {each.kind for each in claim_letters(tx, lease=HOUR, limit=10)}
    assert left == {K.received, K.permitted, K.cancelled}


def test_a_merged_reservee_is_written_to_where_the_other_one_is(house: Store) -> None:
    book(house, "r1", wish(room_id="meeting"), citizen(1))
    with house.transaction(NOW) as tx:
        standing = load_reservee(tx, "u1")
        assert standing is not None
        assert save_reservee(tx, standing, replace(standing, merged_into="u2"))
        [due] = claim_letters(tx, lease=HOUR, limit=10)
    assert due.email == "u2@mail.example"


def test_everybody_who_entered_a_draw_is_told_and_winners_have_no_second_letter(house: Store) -> None:
    with house.transaction(NOW) as tx:
        lots = (Lot("am", "half", instant(ON, 540), instant(ON, 720)),)
        open_round(
            tx, Round("winter", "center", "冬の抽選", "Winter", NOW, NOW + HOUR, lots, hash_seed(SEED)), by="desk"
        )
        for number in (1, 2):
            asked = AskedEntry(f"e{number}", "winter", f"u{number}", "resident", 10, "合唱", ("am",))
            enter_round(tx, asked, citizen(number))
    for _ in range(2):
        with house.transaction(NOW + HOUR) as tx:
            draw_round(tx, "winter", SEED, by="desk")
    assert sorted([kinds(house), kinds(house, "u2")]) == [[K.draw_lost], [K.draw_won]]
