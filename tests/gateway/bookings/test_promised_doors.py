"""What a booking opens, decided as doors decide, on both databases: by every act, from its first minute to its last."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from contract.records import TapObserved
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.entry import Way
from domain.facilities.facility_fault import Flaw
from domain.facilities.reservation import Actor, Reservation, ReservationAct
from gateway.bookings.rule_book import RefusedRulesError
from gateway.meaning.visitor_cards import hand_over_card, take_back_cards
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.end_reservations import end_reservations
from gateway.operations.facilities.keep_room import keep_room
from gateway.operations.facilities.lend_party_card import lend_party_card, take_party_card
from gateway.operations.facilities.use_reservation import begin_reservation, complete_reservation
from store.cards import insert_card, list_card_changes
from store.enrolments import Enrolment, Outcome
from store.party_passes import list_party_cards, list_party_codes, party_id
from store.people import load_person
from store.policy_inputs import load_inputs_revision
from store.reservations import load_reservation
from store.tx import Store
from store.visitor_cards import POOL, ensure_pool, list_pool_cards
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.doors import BEHIND, CARD, build, code_of, opens, with_ways
from tests.gateway.bookings.house import DECIDER, DESK, book, booked, citizen, permit
from tests.gateway.city import make_tap

MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(store: Store) -> Store:
    build(store)
    return store


def hall(store: Store, id_: str = "r1") -> Reservation:
    return permit(store, book(store, id_, wish(600, 720, room_id="hall"), citizen(1)))


def test_a_citizens_code_opens_from_preparation_to_the_end_of_clean_up(house: Store) -> None:
    made = book(house, "r1", wish(600, 720, room_id="hall"), citizen(1))
    with house.reading(NOW) as tx:
        assert list_party_codes(tx, ["r1"]) == {}
    made = permit(house, made)
    code = code_of(house, "r1")
    half_hour = timedelta(minutes=30)
    first, last = made.from_at - half_hour, made.until_at + half_hour - MINUTE
    assert [opens(house, code, at) for at in (first - MINUTE, first, made.from_at, last, last + MINUTE)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert not opens(house, code, made.from_at, "server_in")
    with house.reading(NOW) as tx:
        party = load_person(tx, party_id("r1"))
    assert party is not None
    assert (party.name, party.kind) == ("予約 r1", "party")


def test_staff_open_it_by_their_own_card_and_nobody_else_becomes_a_party(house: Store) -> None:
    made = booked(house, reservee_id="u1")
    assert not opens(house, CARD, made.from_at)
    own = book(house, "r2", wish(room_id="meeting", reservee_id="s1"), DESK)
    assert [opens(house, CARD, at) for at in (own.from_at - MINUTE, own.from_at, own.until_at)] == [False, True, False]
    with house.reading(NOW) as tx:
        assert load_person(tx, party_id("r2")) is None
        assert list_party_codes(tx, ["r2"]) == {}


def test_what_is_given_back_opens_nothing_from_that_moment(house: Store) -> None:
    made = hall(house)
    code = code_of(house, "r1")
    with house.transaction(NOW) as tx:
        revision = load_inputs_revision(tx)
        cancel_reservation(tx, made.id, DESK)
        assert load_inputs_revision(tx) > revision
    assert not opens(house, code, made.from_at)


def test_a_revoked_permission_shuts_the_door_and_a_new_one_opens_it_by_the_same_code(house: Store) -> None:
    made = hall(house)
    code = code_of(house, "r1")
    later = AskedChange("r1", made.version, wish(780, 900, room_id="hall"))
    with house.transaction(NOW) as tx:
        changed = change_reservation(tx, later, DESK)
    assert not opens(house, code, made.from_at)
    assert not opens(house, code, changed.from_at)
    changed = permit(house, changed)
    assert code_of(house, "r1") == code
    assert [opens(house, code, at) for at in (made.from_at, changed.from_at)] == [False, True]
    with house.transaction(NOW) as tx:
        decide_reservation(tx, Decision("r1", changed.version, ReservationAct.revoke, "工事"), DECIDER)
    assert not opens(house, code, changed.from_at)


def test_parties_that_share_a_slot_are_each_let_in_by_their_own_code(house: Store) -> None:
    for number in (1, 2):
        asked = wish(room_id="gym", slot_id="course", places=1, reservee_id=f"u{number}")
        made = permit(house, book(house, f"r{number}", asked, citizen(number)))
    codes = {code_of(house, "r1"), code_of(house, "r2")}
    assert len(codes) == 2
    assert all(opens(house, code, made.from_at) for code in codes)


def test_a_use_goes_on_until_the_clean_up_is_over_unless_the_desk_says_otherwise(house: Store) -> None:
    made = hall(house)
    code, late = code_of(house, "r1"), made.until_at + 20 * MINUTE
    with house.transaction(made.from_at) as tx:
        begin_reservation(tx, "r1", actor=Actor.door, by="west-1")
    with house.transaction(late) as tx:
        assert end_reservations(tx) == []
    assert opens(house, code, late)
    with house.transaction(late + MINUTE) as tx:
        complete_reservation(tx, "r1", actor=Actor.desk, by="desk")
    assert not opens(house, code, late + 2 * MINUTE)
    with house.reading(late) as tx:
        kept = load_reservation(tx, "r1")
    assert kept is not None
    assert kept.reservation.state.value == "completed"


@pytest.mark.parametrize(
    ("ways", "citizen_code", "staff_card"),
    [
        ((Way.card,), None, True),
        ((Way.code,), True, True),
        ((Way.key,), None, False),
        ((Way.staff,), None, False),
        ((Way.open,), None, False),
    ],
)
def test_each_way_opens_what_it_says(
    store: Store, ways: tuple[Way, ...], citizen_code: bool | None, staff_card: bool
) -> None:
    build(store, with_ways(*ways, early_minutes=10))
    made = booked(store)
    own = book(store, "r2", wish(room_id="meeting", reservee_id="s1"), DESK)
    with store.reading(NOW) as tx:
        code = list_party_codes(tx, ["r1"]).get("r1")
    assert (None if code is None else opens(store, code.token, made.from_at - 10 * MINUTE)) is citizen_code
    assert opens(store, CARD, own.from_at - 10 * MINUTE) is staff_card
    assert not opens(store, CARD, own.from_at - 11 * MINUTE)


def test_a_room_is_kept_only_with_an_area_that_the_site_has(house: Store) -> None:
    room = next(each for each in BEHIND.rooms if each.id == "half")
    with house.transaction(NOW) as tx, pytest.raises(RefusedRulesError) as refused:
        keep_room(tx, replace(room, id="annex", area_id="cellar"), by="kancho")
    assert [(fault.field, fault.flaw) for fault in refused.value.faults] == [("area_id", Flaw.unknown_area)]
    assert "cellar という区域はサイトの設定にありません" in str(refused.value)
    with house.transaction(NOW) as tx:
        keep_room(tx, replace(room, id="annex", name="別館", area_id="office"), by="kancho")


def test_a_card_of_the_pool_is_lent_to_a_party_and_opens_what_its_booking_opens(store: Store) -> None:
    build(store, with_ways(Way.card))
    cards = [f"{number:032x}" for number in (0xA1, 0xA2)]
    made = booked(store)
    with store.transaction(NOW) as tx:
        ensure_pool(tx)
        for number, token in enumerate(cards, 1):
            assert insert_card(tx, token, POOL, f"No.{number}")
        assert lend_party_card(tx, "r1", cards[0], by="desk") == "No.1"
        assert lend_party_card(tx, "r1", cards[0], by="desk") == "No.1"
    assert [opens(store, cards[0], at) for at in (NOW, made.from_at, made.until_at)] == [False, True, False]
    with store.transaction(NOW) as tx:
        changed = change_reservation(tx, AskedChange("r1", made.version, wish(780, 900)), DESK)
    permit(store, changed)
    assert [opens(store, cards[0], at) for at in (made.from_at, changed.from_at)] == [False, True]
    with store.transaction(NOW) as tx:
        cancel_reservation(tx, "r1", DESK)
        assert list_party_cards(tx, party_id("r1")) == [cards[0]]
    assert not opens(store, cards[0], changed.from_at)
    with store.transaction(NOW) as tx:
        assert take_party_card(tx, cards[0], by="desk") == "r1"
        assert take_party_card(tx, cards[0], by="desk") is None
        assert [card.token for card in list_pool_cards(tx)] == cards


def test_no_card_is_lent_without_a_door_and_none_that_somebody_has(store: Store) -> None:
    build(store, with_ways(Way.card))
    made = book(store, "r1", wish(), citizen(1))
    with store.transaction(NOW) as tx, pytest.raises(BookingFaultsError) as refused:
        lend_party_card(tx, "r1", CARD, by="desk")
    assert [fault.why for fault in refused.value.faults] == [BookingWhy.no_door]
    permit(store, made)
    with store.transaction(NOW) as tx, pytest.raises(BookingFaultsError) as refused:
        lend_party_card(tx, "r1", CARD, by="desk")
    assert [fault.why for fault in refused.value.faults] == [BookingWhy.no_free_card]


def test_the_next_card_at_a_desk_goes_to_the_party_that_waits_and_comes_back_there(store: Store) -> None:
    build(store, with_ways(Way.card))
    token = f"{0xA1:032x}"
    booked(store)
    with store.transaction(NOW) as tx:
        ensure_pool(tx)
        assert insert_card(tx, token, POOL, "No.1")
        asked = Enrolment("e1", "desk", party_id("r1"), "r1", "madoguchi", NOW, NOW + MINUTE)
        assert hand_over_card(tx, asked, CARD) is Outcome.belongs
        assert hand_over_card(tx, asked, token) is Outcome.enrolled
        held = tapped(token, NOW + timedelta(seconds=5))
        take_back_cards(tx, [held], {"desk"})
        assert list_party_cards(tx, party_id("r1")) == [token]
        back = tapped(token, NOW + MINUTE)
        take_back_cards(tx, [back], {"other"})
        assert list_party_cards(tx, party_id("r1")) == [token]
        take_back_cards(tx, [back], {"desk"})
        assert list_party_cards(tx, party_id("r1")) == []
        assert [(change.kind, change.changed_by) for change in list_card_changes(tx, party_id("r1"), limit=9)] == [
            ("given_back", "desk"),
            ("lent", "madoguchi"),
        ]


def tapped(token: str, at: datetime) -> TapObserved:
    return make_tap(None, at=at, credential=token, reader="desk")
