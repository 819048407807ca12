"""People, cards and levels on both databases: written once, replaced by id, nobody else touched."""

from dataclasses import replace
from datetime import UTC, date, datetime

from store.hr_grants import list_level_grants, save_level_grants
from store.people import (
    Card,
    Department,
    Person,
    is_employed,
    list_cards,
    list_departments,
    list_persons,
    load_person,
    save_card_status,
    upsert_cards,
    upsert_departments,
    upsert_persons,
)
from store.tx import Store

NOW = datetime(2025, 12, 3, tzinfo=UTC)
TARO = Person("p1", "萩 太郎", "ハギ タロウ", "somu", joined_on=date(2001, 4, 1))
HANAKO = Person("p2", "萩 花子", "ハギ ハナコ", "somu", "part_time", left_on=date(2025, 11, 30))
CARD = Card("a" * 32, "p1", "No.1", valid_until=datetime(2030, 1, 1, tzinfo=UTC))


def test_upserts_replace_by_id_and_leave_others(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("somu", "総務課", "p1")])
        upsert_persons(tx, [TARO, HANAKO])
        upsert_cards(tx, [CARD, replace(CARD, token="b" * 32, person_id="p2")])
        upsert_departments(tx, [Department("somu", "総務部", "p1")])
        upsert_persons(tx, [replace(TARO, is_manager=True)])
        save_card_status(tx, [CARD.token], "lost")
        assert list_departments(tx) == [Department("somu", "総務部", "p1")]
        assert list_persons(tx) == [replace(TARO, is_manager=True), HANAKO]
        assert [(card.token[0], card.status) for card in list_cards(tx)] == [("a", "lost"), ("b", "active")]
        assert list_cards(tx, ["p1"]) == [replace(CARD, status="lost")]
        assert (load_person(tx, "p2"), load_person(tx, "p3")) == (HANAKO, None)
        assert [who.id for who in list_persons(tx, employed_on=date(2025, 12, 1))] == ["p1"]


def test_levels_are_set_whole_for_the_persons_named(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("somu", "総務課")])
        upsert_persons(tx, [TARO, HANAKO])
        save_level_grants(tx, {"p1": {"staff", "it"}, "p2": {"staff"}})
        save_level_grants(tx, {"p1": {"facility"}})
        save_level_grants(tx, {})
        assert list_level_grants(tx) == {"p1": {"facility"}, "p2": {"staff"}}
        save_level_grants(tx, {"p2": ()})
        assert list_level_grants(tx) == {"p1": {"facility"}}


def test_employment_includes_both_end_days() -> None:
    assert is_employed(HANAKO, date(2025, 11, 30), date(2025, 11, 30))
    assert not is_employed(HANAKO, date(2025, 12, 1), date(2025, 12, 31))
    assert is_employed(TARO, date(2001, 4, 1), date(2001, 4, 1))
    assert not is_employed(TARO, date(2001, 3, 1), date(2001, 3, 31))
