"""Cards at the desk and enrolments: what each writer may change, one at a reader, on both databases."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from store.cards import (
    CardChange,
    Sighting,
    Verifiers,
    count_key_versions,
    insert_card,
    insert_card_changes,
    list_card_changes,
    list_desk_cards,
    load_desk_card,
    load_verifiers,
    save_allowances,
    save_desk_status,
    save_sightings,
    save_verifiers,
)
from store.enrolments import (
    Enrolment,
    Outcome,
    claim_reader,
    end_enrolment,
    list_waiting_enrolments,
    load_enrolment,
    load_last_reader,
)
from store.people import Card, Department, Person, list_cards, upsert_cards, upsert_departments, upsert_persons
from store.policy_inputs import load_inputs_revision
from store.tx import Store

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TOKEN = "a" * 32


@pytest.fixture
def people(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("x", "総務課")])
        upsert_persons(
            tx, [Person("p1", "青木 太郎", "アオキ タロウ", "x"), Person("p2", "石井 健太", "イシイ ケンタ", "x")]
        )
    return store


def test_a_card_has_one_holder(people: Store) -> None:
    with people.transaction(NOW) as tx:
        assert insert_card(tx, TOKEN, "p1", "No.1")
        assert not insert_card(tx, TOKEN, "p2", "No.2")
    with people.reading(NOW) as tx:
        found = load_desk_card(tx, TOKEN)
        assert found is not None
        assert (found.person_id, found.name, found.label, found.status) == ("p1", "青木 太郎", "No.1", "active")
        assert load_desk_card(tx, "b" * 32) is None
        assert list_desk_cards(tx, "p2") == []
        assert [card.source for card in list_cards(tx)] == ["desk"]


def test_two_desks_at_once_give_a_card_to_one(people: Store) -> None:
    barrier, given = threading.Barrier(2), []

    def give(person: str) -> None:
        barrier.wait()
        with people.transaction(NOW) as tx:
            given.append(insert_card(tx, TOKEN, person, person))

    threads = [threading.Thread(target=give, args=(person,)) for person in ("p1", "p2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [False, True]


def test_an_import_keeps_what_the_desk_added(people: Store) -> None:
    with people.transaction(NOW) as tx:
        upsert_cards(tx, [Card(TOKEN, "p1", "No.1")])
        save_verifiers(tx, TOKEN, Verifiers("c" * 32, None))
        save_allowances(tx, TOKEN, escorted=True, passback_exempt=False, extended=False)
        upsert_cards(tx, [Card(TOKEN, "p1", "No.1a")])
    with people.reading(NOW) as tx:
        [card] = list_desk_cards(tx, "p1")
    assert (card.label, card.pin, card.duress_pin, card.escorted) == ("No.1a", True, False, True)


def test_what_doors_decide_by_is_published_and_what_was_seen_is_not(people: Store) -> None:
    def revision() -> int:
        with people.reading(NOW) as tx:
            return load_inputs_revision(tx)

    with people.transaction(NOW) as tx:
        insert_card(tx, TOKEN, "p1", "No.1")
    stood = revision()
    with people.transaction(NOW) as tx:
        save_sightings(
            tx, [Sighting(TOKEN, "desfire", 3, "desfire ev2", 1), Sighting("b" * 32, "felica_idm", 1, None, None)]
        )
    assert revision() == stood
    for change in (
        lambda tx: save_desk_status(tx, TOKEN, "lost"),
        lambda tx: save_allowances(tx, TOKEN, escorted=False, passback_exempt=True, extended=True),
        lambda tx: save_verifiers(tx, TOKEN, Verifiers("c" * 32, "d" * 32)),
    ):
        with people.transaction(NOW) as tx:
            change(tx)
        assert revision() > stood
        stood = revision()
    with people.transaction(NOW) as tx:
        assert load_verifiers(tx, TOKEN) == ("c" * 32, "d" * 32)
        assert load_verifiers(tx, "b" * 32) is None


def test_the_progress_of_a_change_of_keys(people: Store) -> None:
    with people.transaction(NOW) as tx:
        for number in range(4):
            insert_card(tx, f"{number:032x}", "p1", str(number))
        save_sightings(tx, [Sighting(f"{number:032x}", "desfire", 3, "desfire ev2", 1) for number in range(3)])
        save_sightings(tx, [Sighting(f"{0:032x}", "desfire", 3, "desfire ev2", 2)])
        save_sightings(tx, [Sighting(f"{3:032x}", "felica_idm", 1, None, None)])
        save_desk_status(tx, f"{1:032x}", "lost")
    with people.reading(NOW) as tx:
        assert [tuple(row) for row in count_key_versions(tx)] == [
            ("desfire", "desfire ev2", 1, 1),
            ("desfire", "desfire ev2", 2, 1),
        ]


def test_changes_come_newest_first(people: Store) -> None:
    changes = [
        CardChange(NOW, "desk", TOKEN, person, kind, "x") for person, kind in (("p1", "a"), ("p2", "b"), ("p1", "c"))
    ]
    with people.transaction(NOW) as tx:
        insert_card_changes(tx, changes)
    with people.reading(NOW) as tx:
        assert [change.kind for change in list_card_changes(tx, "p1", limit=5)] == ["c", "a"]
        assert len(list_card_changes(tx, "p1", limit=1)) == 1


def asked(id: str, reader: str = "r1", by: str = "desk", at: datetime = NOW) -> Enrolment:  # noqa: A002
    return Enrolment(id, reader, "p1", "No.1", by, at, at + timedelta(seconds=60))


def test_one_waits_at_a_reader(people: Store) -> None:
    with people.transaction(NOW) as tx:
        assert claim_reader(tx, asked("e1"))
        assert not claim_reader(tx, asked("e1"))
        assert not claim_reader(tx, asked("e2", by="other"))
        assert claim_reader(tx, asked("e3", "r2"))
        assert set(list_waiting_enrolments(tx, ["r1", "r2", "r3"])) == {"r1", "r2"}
        assert end_enrolment(tx, "e1", Outcome.enrolled, TOKEN)
        assert not end_enrolment(tx, "e1", Outcome.cancelled)
        assert claim_reader(tx, asked("e4"))
    later = NOW + timedelta(seconds=60)
    with people.transaction(later) as tx:
        assert list_waiting_enrolments(tx, ["r1", "r2"]) == {}
        assert claim_reader(tx, asked("e5", at=later))
        [ended, left, waits] = [load_enrolment(tx, each) for each in ("e1", "e4", "e5")]
        assert load_last_reader(tx, "desk") == "r1"
        assert load_last_reader(tx, "nobody") is None
        assert load_enrolment(tx, "e9") is None
    assert ended is not None
    assert left is not None
    assert waits is not None
    assert [each.outcome_at(later) for each in (ended, left, waits)] == [Outcome.enrolled, Outcome.expired, None]
    assert waits.outcome_at(later + timedelta(seconds=60)) is Outcome.expired


def test_two_desks_at_once_wait_one_after_the_other(people: Store) -> None:
    barrier, claimed = threading.Barrier(3), []

    def claim(id: str) -> None:  # noqa: A002
        barrier.wait()
        with people.transaction(NOW) as tx:
            claimed.append(claim_reader(tx, asked(id)))

    threads = [threading.Thread(target=claim, args=(each,)) for each in ("e1", "e2", "e3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [False, False, True]
