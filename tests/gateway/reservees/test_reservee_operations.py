"""Reservees on both databases: registered once, confirmed by few tries, blocked, merged without losing anything."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.facilities.booking_rules import Deadline, Terms
from domain.facilities.check_reservee import ReserveeEntry
from domain.facilities.confirmation import ContactWay
from domain.facilities.reservation import Actor, ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy
from gateway.operations.facilities.block_reservee import block_reservee, unblock_reservee
from gateway.operations.facilities.change_reservee import change_reservee
from gateway.operations.facilities.confirm_contact import CodeToSend, ask_code, confirm_contact
from gateway.operations.facilities.end_reservations import end_reservations
from gateway.operations.facilities.export_reservees import HEADER, export_reservees, list_unheld
from gateway.operations.facilities.merge_reservees import AskedMerge, merge_reservees, undo_merge
from gateway.operations.facilities.register_reservee import list_likely, register_reservee
from gateway.operations.facilities.use_reservation import begin_reservation, miss_reservation
from gateway.operations.facilities.vouch_contact import vouch_contact
from store.reservations import list_reservations_of, load_reservation
from store.reservee_history import list_merges, list_reservee_changes
from store.reservees import load_reservee, search_reservees
from store.tx import Store
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import RULES, book, booked, citizen, keep_house

ENTERED = ReserveeEntry(
    ReserveeKind.citizen, "resident", "髙橋　はな", "ﾀｶﾊｼ はな", email=" Hana@Example.JP", phone="090-1234-5678"
)
KEY = b"k" * 32
W = ReserveeWhy


def register(store: Store, id_: str, entered: ReserveeEntry = ENTERED, *, by: str = "desk") -> Reservee:
    with store.transaction(NOW) as tx:
        return register_reservee(tx, id_, entered, by=by)


def reasons(error: pytest.ExceptionInfo[ReserveeFaultsError]) -> list[tuple[str, ReserveeWhy]]:
    return [(fault.field, fault.why) for fault in error.value.faults]


def test_the_same_form_registers_once(store: Store) -> None:
    keep_house(store)
    first = register(store, "n1")
    assert (first.name, first.kana, first.email, first.phone) == (
        "髙橋 はな",
        "タカハシ ハナ",
        "hana@example.jp",
        "09012345678",
    )
    assert register(store, "n1") == first
    with pytest.raises(ReserveeFaultsError) as refused:
        register(store, "n1", replace(ENTERED, name="別人"))
    assert reasons(refused) == [("id", W.id_taken)]


def test_every_fault_is_named_at_once_and_nothing_is_kept(store: Store) -> None:
    keep_house(store)
    bad = ReserveeEntry(ReserveeKind.group, "nobody", " ", "高橋", "", "hana", "110")
    with pytest.raises(ReserveeFaultsError) as refused:
        register(store, "n1", bad)
    assert reasons(refused) == [
        ("user_class", W.unknown_class),
        ("name", W.name_missing),
        ("contact_name", W.contact_name_missing),
        ("kana", W.bad_kana),
        ("email", W.bad_email),
        ("phone", W.bad_phone),
    ]
    with store.reading(NOW) as tx:
        assert load_reservee(tx, "n1") is None


def test_another_address_is_confirmed_anew_and_the_old_one_stays_in_the_history(store: Store) -> None:
    keep_house(store)
    register(store, "n1")
    with store.transaction(NOW) as tx:
        sent = ask_code(tx, "n1", ContactWay.email, id_="c1", code="123456", key=KEY)
        assert sent == CodeToSend(ContactWay.email, "hana@example.jp", "123456")
        assert confirm_contact(tx, "n1", ContactWay.email, "123456", key=KEY) is None
    with store.transaction(NOW) as tx:
        confirmed = load_reservee(tx, "n1")
        assert confirmed is not None
        assert confirmed.confirmed_at == NOW
        changed = change_reservee(tx, "n1", replace(ENTERED, email="h2@example.jp"), by="desk", reason="本人の申出")
        assert changed.confirmed_at is None
        told = [(each.field, each.before, each.after) for each in list_reservee_changes(tx, "n1")]
    assert ("email", "hana@example.jp", "h2@example.jp") in told


def test_a_code_stops_after_its_tries_in_as_many_commits(store: Store) -> None:
    keep_house(store)
    register(store, "n1")
    with store.transaction(NOW) as tx:
        ask_code(tx, "n1", ContactWay.phone, id_="c1", code="123456", key=KEY)
    told = []
    for code in ("000000", "111111", "222222", "333333", "444444", "123456"):
        with store.transaction(NOW) as tx:
            fault = confirm_contact(tx, "n1", ContactWay.phone, code, key=KEY)
        told.append(fault and fault.why)
    assert told == [W.wrong_code] * 5 + [W.tries_over]
    with store.transaction(NOW) as tx:
        ask_code(tx, "n1", ContactWay.phone, id_="c2", code="654321", key=KEY)
        ask_code(tx, "n1", ContactWay.email, id_="c3", code="654321", key=KEY)
    with store.transaction(NOW) as tx, pytest.raises(ReserveeFaultsError) as refused:
        ask_code(tx, "n1", ContactWay.phone, id_="c4", code="654321", key=KEY)
    assert reasons(refused) == [("contact", W.too_many_codes)]


def test_codes_tried_at_once_count_each(store: Store) -> None:
    keep_house(store)
    register(store, "n1")
    with store.transaction(NOW) as tx:
        ask_code(tx, "n1", ContactWay.phone, id_="c1", code="123456", key=KEY)
    told: list[ReserveeWhy | None] = []

    def attempt(number: int) -> None:
        with store.transaction(NOW) as tx:
            fault = confirm_contact(tx, "n1", ContactWay.phone, f"{number:06}", key=KEY)
        told.append(fault and fault.why)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(told, key=str) == [W.tries_over] * 3 + [W.wrong_code] * 5


def test_a_block_has_a_reason_and_an_end(store: Store) -> None:
    keep_house(store)
    with store.transaction(NOW) as tx:
        block_reservee(tx, "u1", date(2026, 12, 31), by="desk", reason="無断不使用")
    with store.transaction(NOW) as tx, pytest.raises(ReserveeFaultsError) as refused:
        block_reservee(tx, "u1", date(2026, 11, 1), by="desk", reason="x")
    assert reasons(refused) == [("blocked_until", W.block_past)]
    with store.transaction(NOW) as tx, pytest.raises(ReserveeFaultsError) as refused:
        unblock_reservee(tx, "u1", by="desk", reason=" ")
    assert reasons(refused) == [("reason", W.reason_missing)]
    with store.transaction(NOW) as tx:
        assert unblock_reservee(tx, "u1", by="desk", reason="解除").blocked_until is None


TERMS = Terms("t", Deadline(3, 1020), no_shows_to_block=1, no_show_days=60, block_days=30, no_show_after_minutes=30)


def blocked(store: Store) -> tuple[date | None, str]:
    with store.reading(NOW) as tx:
        found = load_reservee(tx, "u1")
    assert found is not None
    return found.blocked_until, found.blocked_reason


@pytest.mark.parametrize("by_clock", [True, False])
def test_a_no_show_blocks_by_the_terms_until_it_turns_out_to_be_none(store: Store, *, by_clock: bool) -> None:
    keep_house(store, replace(RULES, terms=(TERMS,)))
    missed = booked(store)
    with store.transaction(missed.from_at + timedelta(minutes=30)) as tx:
        if by_clock:
            end_reservations(tx)
        else:
            miss_reservation(tx, missed.id, actor=Actor.desk, by="desk")
    assert blocked(store) == (date(2026, 12, 31), "不使用 no-shows center")
    with store.transaction(missed.from_at + timedelta(minutes=40)) as tx:
        begin_reservation(tx, missed.id, actor=Actor.door, by="d1")
    assert blocked(store) == (None, "")


def test_a_longer_block_for_another_reason_stays(store: Store) -> None:
    keep_house(store, replace(RULES, terms=(TERMS,)))
    missed = booked(store)
    with store.transaction(NOW) as tx:
        block_reservee(tx, "u1", date(2027, 3, 31), by="desk", reason="設備の破損")
    with store.transaction(missed.from_at + timedelta(minutes=30)) as tx:
        end_reservations(tx)
    assert blocked(store) == (date(2027, 3, 31), "設備の破損")


def test_likely_ones_are_shown_to_the_counter(store: Store) -> None:
    keep_house(store)
    first = register(store, "n1")
    register(store, "n2", replace(ENTERED, name="高橋 花", email="other@example.jp"))
    with store.reading(NOW) as tx:
        assert [each.reservee.id for each in list_likely(tx, first)] == ["n2"]
        assert {each.id for each in search_reservees(tx, "タカハシ")} == {"n1", "n2"}
        assert search_reservees(tx, "%") == []


class GivenUpError(Exception):
    """Nothing of an example is kept."""


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "undo"]), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=8
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_merging_and_taking_back_loses_no_reservation(lived_in: Store, steps: list[tuple[str, int, int]]) -> None:
    with pytest.raises(GivenUpError):
        live(lived_in, steps)


def live(store: Store, steps: list[tuple[str, int, int]]) -> None:
    merges: list[str] = []
    with store.transaction(NOW) as tx:
        for number, (act, one, other) in enumerate(steps):
            try:
                if act == "merge":
                    merge_reservees(tx, AskedMerge(f"m{number}", f"u{one}", f"u{other}", "同一人物"), by="desk")
                    merges.append(f"m{number}")
                elif merges:
                    undo_merge(tx, f"m{number}", merges[one % len(merges)], by="desk", reason="別人でした")
            except ReserveeFaultsError:
                continue
            owners = [list_reservations_of(tx, f"u{number}") for number in range(1, 6)]
            assert sorted(kept.reservation.id for of in owners for kept in of) == ["r1", "r2", "r3"]
            known = [load_reservee(tx, f"u{number}") for number in range(1, 6)]
            for of, reservee in zip(owners, known, strict=True):
                assert reservee is not None
                assert reservee.is_standing or not of
        raise GivenUpError


@pytest.fixture
def lived_in(store: Store) -> Store:
    """A house with a reservation of each of three citizens, the first permitted."""
    keep_house(store)
    booked(store)
    for number, room_id in ((2, "meeting"), (3, "hall")):
        asked = wish(780, 900, room_id=room_id, reservee_id=f"u{number}")
        book(store, f"r{number}", asked, citizen(number))
    return store


def test_a_merge_moves_what_is_booked_and_its_undoing_moves_it_back(lived_in: Store) -> None:
    asked = AskedMerge("m1", "u2", "u1", "同一人物")
    for _ in range(2):
        with lived_in.transaction(NOW) as tx:
            assert merge_reservees(tx, asked, by="desk").id == "u2"
    with lived_in.transaction(NOW) as tx:
        gone, kept = load_reservee(tx, "u1"), load_reservation(tx, "r1")
        assert gone is not None
        assert kept is not None
        assert (gone.merged_into, kept.reservation.reservee_id) == ("u2", "u2")
        assert kept.reservation.state is ReservationState.permitted
        for _ in range(2):
            assert undo_merge(tx, "m2", "m1", by="desk", reason="別人でした").is_standing
        assert [each.undoes for each in list_merges(tx, "u1")] == [None, "m1"]
        assert [each.reservation.id for each in list_reservations_of(tx, "u1")] == ["r1"]
    with lived_in.transaction(NOW) as tx, pytest.raises(ReserveeFaultsError) as refused:
        undo_merge(tx, "m3", "m1", by="desk", reason="もう一度")
    assert reasons(refused) == [("merge", W.merge_undone)]


def test_what_cp932_cannot_hold_is_listed(store: Store) -> None:
    keep_house(store)
    register(store, "n1", replace(ENTERED, name="𠮷田 﨑子"))
    with store.reading(NOW) as tx:
        rows = export_reservees(tx, text="𠮷田")
    assert [len(row) for row in rows] == [len(HEADER)]
    assert list_unheld(rows) == {"𠮷": ["n1"]}


def test_a_counter_vouches_for_a_contact_with_a_reason(store: Store) -> None:
    keep_house(store)
    register(store, "n1")
    with store.transaction(NOW) as tx:
        with pytest.raises(ReserveeFaultsError) as refused:
            vouch_contact(tx, "n1", by="desk", reason=" ")
        assert reasons(refused) == [("reason", W.reason_missing)]
        with pytest.raises(ReserveeFaultsError) as refused:
            vouch_contact(tx, "u2", by="desk", reason="免許証")
        assert reasons(refused) == [("contact", W.no_such_contact)]
        assert vouch_contact(tx, "n1", by="desk", reason="免許証").confirmed_at == NOW
    with store.transaction(NOW + timedelta(days=1)) as tx:
        assert vouch_contact(tx, "n1", by="desk", reason="免許証").confirmed_at == NOW
        [change] = list_reservee_changes(tx, "n1")
    assert (change.field, change.reason, change.changed_by) == ("confirmed_at", "免許証", "desk")
