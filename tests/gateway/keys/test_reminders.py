"""Reminders of keys that are out, on both databases: whom they reach, once, and that a return ends them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from contract.attendance_profile import shipped_profile
from contract.message_words import LANGUAGES, load_message_words
from domain.civil import civil_minute
from domain.keys.custody import Hand
from domain.keys.key import Custodian, CustodianRole
from domain.keys.loan_news import LoanNewsKind
from domain.notices.message import Message
from gateway.custody.loan_messages import name_message
from gateway.operations.access.end_person import order_end
from gateway.operations.keys.extend_loan import Extension, extend_loan
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.remind_loans import remind_loans
from gateway.operations.keys.report_key import Report, correct_custody
from gateway.operations.keys.return_key import BroughtBack, return_key
from gateway.people.staffing_keeper import StaffingKeeper
from store.key_rings import save_custodian
from store.messages import count_unread, list_messages
from store.punches import PunchFact, insert_punches
from store.tx import Store
from tests.gateway.keys.keyroom import AOKI, BUNCH, HOUR, ISHII, NINE, UEDA, lend, person, standing

PROFILE = shipped_profile("lsa")
DUE = NINE + timedelta(hours=8, minutes=15)


@pytest.fixture
def watched(room: Store) -> Store:
    """Ueda answers for all keys, Aoki for the hall's alone; Ishii has the hall's duplicate."""
    with room.transaction(NINE) as tx:
        today = civil_minute(NINE)[0]
        save_custodian(tx, Custodian(CustodianRole.building, UEDA, today))
        save_custodian(tx, Custodian(CustodianRole.room, AOKI, today, "hall"))
        lend(tx)
    return room


def remind(store: Store, now: datetime) -> int:
    with store.transaction(now) as tx:
        return remind_loans(tx, PROFILE)


def told(store: Store, person_id: str) -> list[str]:
    with store.reading(NINE) as tx:
        return [each.message.kind for each in reversed(list_messages(tx, person_id))]


def clock(store: Store, person_id: str, *taps: tuple[datetime, str], epoch: int = 1) -> None:
    with store.transaction(NINE) as tx:
        facts = [PunchFact("west-1", epoch, number, person_id, *tap, "west") for number, tap in enumerate(taps)]
        insert_punches(tx, facts)


def test_the_holder_hears_first_then_who_answers_for_the_key(watched: Store) -> None:
    moments: Iterable[datetime] = (NINE + HOUR, DUE - timedelta(minutes=30), DUE, DUE + timedelta(minutes=30))
    for now in moments:
        remind(watched, now)
        assert remind(watched, now) == 0  # nothing is told twice
    assert told(watched, ISHII) == ["key_due_soon", "key_overdue"]
    assert told(watched, AOKI) == told(watched, UEDA) == ["key_still_overdue"]
    with watched.reading(NINE) as tx:
        [said, _] = list_messages(tx, ISHII)
    assert said.message.filling == {"key": "ホール HALL-1", "due": "2026-12-04 17:15"}


def test_a_return_ends_what_was_to_be_told_and_an_extension_begins_anew(watched: Store) -> None:
    remind(watched, DUE - timedelta(minutes=20))
    with watched.transaction(DUE - timedelta(minutes=10)) as tx:
        extend_loan(tx, Extension("x1", "l1", DUE + HOUR, "desk"))
        assert count_unread(tx, ISHII) == 0
    assert remind(watched, DUE) == 0
    assert remind(watched, DUE + HOUR - timedelta(minutes=30)) == 1
    with watched.transaction(DUE + HOUR) as tx:
        return_key(tx, BroughtBack("b1", frozenset(("hall-1",)), "desk", Hand.desk))
        assert count_unread(tx, ISHII) == 0
    assert remind(watched, DUE + timedelta(days=1)) == 0


def test_clocking_out_with_a_key_is_told_to_both_and_a_step_outside_and_back_is_not(watched: Store) -> None:
    clock(watched, ISHII, (NINE - HOUR, "in"), (NINE + HOUR, "out"), (NINE + 2 * HOUR, "in"), (NINE + 4 * HOUR, "out"))
    assert remind(watched, NINE + 3 * HOUR) == 0
    assert remind(watched, NINE + 4 * HOUR) == 3
    assert remind(watched, NINE + 5 * HOUR) == 0
    assert {tuple(told(watched, each)) for each in (ISHII, AOKI, UEDA)} == {("key_taken_home",)}


def test_taps_without_a_direction_alternate_and_who_left_before_took_nothing(watched: Store) -> None:
    clock(watched, ISHII, (NINE - 2 * HOUR, "none"), (NINE - HOUR, "none"))
    assert remind(watched, NINE + HOUR) == 0
    clock(watched, AOKI, (NINE, "none"), epoch=2)
    with watched.transaction(NINE) as tx:
        give_entitlement(tx, standing("e-aoki", AOKI, BUNCH), by="desk")
        lend(tx, "l2", BUNCH, AOKI)
    assert remind(watched, NINE + HOUR) == 0
    clock(watched, AOKI, (NINE + 2 * HOUR, "none"), epoch=3)
    assert remind(watched, NINE + 2 * HOUR) == 2  # Aoki and who answers for all keys
    with watched.reading(NINE) as tx:
        [said] = list_messages(tx, AOKI)
    assert said.message.filling["key"] == "倉庫 STORE-0、倉庫 STORE-1"


def test_over_night(watched: Store) -> None:
    with watched.transaction(DUE - HOUR) as tx:
        extend_loan(tx, Extension("x1", "l1", DUE + timedelta(days=3), "desk"))
    remind(watched, NINE + timedelta(days=1))
    assert told(watched, ISHII)[-1] == told(watched, UEDA)[-1] == "key_kept_overnight"


def test_a_leaver_whose_last_day_is_over_is_told_of_where_nobody_held_them(watched: Store) -> None:
    today = civil_minute(NINE)[0]
    with watched.transaction(NINE) as tx:
        extend_loan(tx, Extension("x1", "l1", DUE + timedelta(days=3), "desk"))
        order_end(tx, "o1", ISHII, last_on=today, by="hr", reason="退職")
    assert remind(watched, NINE + 14 * HOUR) == 0  # the last day goes on until midnight
    after = NINE + timedelta(days=1)
    StaffingKeeper(watched, lambda: after).keep()
    remind(watched, after)
    assert remind(watched, after) == 0
    assert "key_holder_gone" in told(watched, AOKI)
    assert "key_holder_gone" in told(watched, UEDA)
    assert "key_holder_gone" not in told(watched, ISHII)


def test_nothing_out_tells_nothing(room: Store) -> None:
    assert remind(room, NINE) == 0


def test_every_kind_of_news_has_its_words() -> None:
    for language in LANGUAGES:
        words = load_message_words(language)
        for kind in LoanNewsKind:
            said = words.say(Message("p1", name_message(kind), "l1", "/messages", {"key": "大ホール 1", "due": "今日"}))
            assert "大ホール 1" in said.body
            assert "大ホール" not in said.title + said.short


def test_who_was_entered_wrongly_hears_no_more_and_who_has_it_does(watched: Store) -> None:
    remind(watched, DUE - timedelta(minutes=20))
    with watched.transaction(DUE - timedelta(minutes=10)) as tx:
        asked = Report("c1", frozenset(("hall-1",)), "desk", "渡す相手を取り違えた", "aoki")
        correct_custody(tx, asked, holder=person(UEDA))
        assert count_unread(tx, ISHII) == 0
    remind(watched, DUE)
    assert told(watched, ISHII) == ["key_due_soon"]
    assert told(watched, UEDA) == ["key_overdue"]


def test_each_custodian_is_led_to_a_key_that_is_theirs(watched: Store) -> None:
    with watched.transaction(NINE) as tx:
        save_custodian(tx, Custodian(CustodianRole.room, AOKI, civil_minute(NINE)[0], "store"))
        lend(tx, "l2", BUNCH)
    remind(watched, DUE + timedelta(minutes=30))
    with watched.reading(NINE) as tx:
        links = {(each.message.subject[:2], each.message.link) for each in list_messages(tx, AOKI)}
    assert links == {("l1", "/keys/hall"), ("l2", "/keys/store")}
