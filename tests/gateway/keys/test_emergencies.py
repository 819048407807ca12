"""Lending in an emergency, on both databases: who always hears of it, and that somebody else looks it over."""

from datetime import timedelta

import pytest

from contract.message_words import LANGUAGES, load_message_words
from domain.civil import civil_minute
from domain.facilities.facility import Facility
from domain.keys.emergency import EmergencyCause, write_cause
from domain.keys.entitlement import Source
from domain.keys.key import Custodian, CustodianRole
from domain.keys.key_fault import Why
from gateway.custody.emergency_messages import KIND
from gateway.operations.keys.give_entitlement import end_entitlement
from gateway.operations.keys.return_key import BroughtBack, return_key
from gateway.operations.keys.review_emergency import Review, review_emergency
from store.accounts import insert_account
from store.facilities import save_facility
from store.facility_duties import Duty, insert_duty
from store.key_emergencies import list_emergencies
from store.key_entitlements import load_entitlement
from store.key_rings import save_custodian
from store.messages import count_unread, list_messages
from store.people import Person, upsert_persons
from store.tx import Store
from tests.gateway.keys.keyroom import AOKI, BUNCH, HOUR, ISHII, NINE, UEDA, VAULT, lend, refused

WHY = write_cause(EmergencyCause.water, "3階の廊下")
ENDO, OTSUKA = "s0004", "s0005"


@pytest.fixture
def house(room: Store) -> Store:
    """Ishii answers for the hall's key; Endo keeps a hired hall alone; Otsuka looks after every house."""
    with room.transaction(NINE) as tx:
        upsert_persons(tx, [Person(ENDO, "遠藤 誠", "", "somu"), Person(OTSUKA, "大塚 愛", "", "somu")])
        insert_account(tx, "ishii", person_id=ISHII, password_hash="x", roles=("employee",))
        insert_account(tx, "endo", person_id=ENDO, password_hash="x", roles=("facility_admin",))
        insert_account(tx, "otsuka", person_id=OTSUKA, password_hash="x", roles=("employee", "facility_admin"))
        save_facility(tx, Facility("elsewhere", "文化会館", "Culture Hall", "somu"))
        insert_duty(tx, "endo", "elsewhere", Duty.keys, by="root")
        save_custodian(tx, Custodian(CustodianRole.room, ISHII, civil_minute(NINE)[0], "hall"))
    return room


def lent(store: Store) -> None:
    with store.transaction(NINE) as tx:
        lend(tx, who=UEDA, emergency=True, second_by="aoki", reason=WHY)


def links(store: Store, person_id: str) -> list[str]:
    with store.reading(NINE) as tx:
        return [each.message.link for each in list_messages(tx, person_id) if each.message.kind == KIND]


def test_custodian_and_house_always_hear_of_it_and_nobody_else(house: Store) -> None:
    lent(house)
    assert {person_id: links(house, person_id) for person_id in (ISHII, OTSUKA, AOKI, UEDA, ENDO)} == {
        ISHII: ["/keys/hall"],
        OTSUKA: ["/keys/hall"],
        AOKI: ["/keys/hall"],  # who stood by has the house too
        UEDA: ["/keys/hall"],
        ENDO: [],
    }
    with house.reading(NINE) as tx:
        [said] = [each.message for each in list_messages(tx, ISHII)]
    body = load_message_words("ja").say(said).body
    for part in ("ホール HALL-1", "漏水・浸水: 3階の廊下", "2026-12-04 21:00"):
        assert part in body
    assert all("3階" not in load_message_words(language).say(said).short for language in LANGUAGES)


def test_it_waits_until_somebody_without_a_hand_in_it_says_what_was_found(house: Store) -> None:
    lent(house)
    with house.transaction(NINE) as tx:
        [waiting] = list_emergencies(tx)
        assert (waiting.loan_id, waiting.lent_by, waiting.second_by, waiting.reason) == ("l1", "desk", "aoki", WHY)
        assert (waiting.copy_ids, waiting.key_ids) == (("hall-1",), frozenset({"hall"}))
    for by in ("desk", "aoki", "ueda"):  # lent, stood by, borrowed
        with refused(house, Why.own_emergency) as tx:
            review_emergency(tx, Review("l1", by, "問題なし"))
    with refused(house, Why.no_reason) as tx:
        review_emergency(tx, Review("l1", "ishii", " "))
    with refused(house, Why.too_long) as tx:
        review_emergency(tx, Review("l1", "ishii", "x" * 201))
    with refused(house, Why.wrong_step) as tx:
        end_entitlement(tx, "emergency-l1", by="ishii", reason="x")
    with house.transaction(NINE + HOUR) as tx:
        return_key(tx, BroughtBack("b1", frozenset(("hall-1",)), "desk"))
        assert len(list_emergencies(tx, ["l1"])) == 1  # also when the key is back
        review_emergency(tx, Review("l1", "ishii", " 立会いを聞き取り、復旧を確かめた "))
        assert list_emergencies(tx) == ()
        assert count_unread(tx, OTSUKA) == 0
        given = load_entitlement(tx, "emergency-l1")
    assert given is not None
    assert (given.entitlement.source, given.entitlement.ended_at) == (Source.emergency, NINE + HOUR)
    assert (given.ended_by, given.ended_reason) == ("ishii", "立会いを聞き取り、復旧を確かめた")
    with refused(house, Why.moved_on) as tx:
        review_emergency(tx, Review("l1", "otsuka", "もう一度"))


def test_nothing_else_waits_to_be_looked_over(house: Store) -> None:
    with house.transaction(NINE) as tx:
        lend(tx)
        assert list_emergencies(tx) == ()
        assert list_emergencies(tx, []) == ()
    with refused(house, Why.moved_on) as tx:
        review_emergency(tx, Review("l1", "otsuka", "x"))


def test_a_ring_is_told_by_its_keys_and_no_deposit_is_asked_for(house: Store) -> None:
    with house.transaction(NINE) as tx:
        lend(tx, "l2", BUNCH, UEDA, emergency=True, second_by="aoki", reason=WHY)
        lend(tx, "l3", VAULT, UEDA, emergency=True, second_by="aoki", reason=WHY, due_at=NINE + timedelta(hours=2))
    assert links(house, OTSUKA) == ["/keys/vault", "/keys/store"]
    assert links(house, ISHII) == []
    with refused(house, Why.due_late) as tx:
        lend(tx, "l4", who=UEDA, emergency=True, second_by="aoki", reason=WHY, due_at=NINE + 13 * HOUR)
