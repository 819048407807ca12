"""Reservees who were not seen for years are forgotten on both databases, wherever it stood who they were."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Date, LargeBinary, String, cast, insert, select, update

from domain.civil import civil_minute
from domain.facilities.confirmation import ContactWay
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.reservee_fault import ReserveeFaultsError
from domain.facilities.takings import Method, Taking, TakingKind
from domain.keys.key import Copy, Key, LockGroup, Opening, OpeningKind
from gateway.operations.facilities.block_reservee import block_reservee
from gateway.operations.facilities.change_reservee import change_reservee
from gateway.operations.facilities.confirm_contact import ask_code
from gateway.operations.facilities.merge_reservees import AskedMerge, merge_reservees, undo_merge
from gateway.operations.facilities.register_reservee import ReserveeEntry
from gateway.operations.keys.register_key import keep_lock_group, register_copy, register_key
from store.forgotten_reservees import WHO, find_unseen
from store.key_signatures import insert_signature, load_signature
from store.key_tables import key_custody, key_deed
from store.metadata import metadata
from store.reservees import insert_reservee, load_reservee, search_reservees
from store.round_tables import lottery_entry, lottery_round, waiting_entry
from store.takings import insert_taking, list_takings_of
from store.tx import Store, Tx
from sync.jobs.forget_reservees import AT_ONCE, forget_unseen, years_before
from sync.jobs.table import JOBS
from tests.domain.facilities.booking import NOW, ON, wish
from tests.gateway.bookings.house import DESK, book, booked, keep_house
from tests.sync.desks import settings

NAME, PHONE, PURPOSE = "梶原 遥", "09099998888", "合唱の練習会"
ENTRY = ReserveeEntry(ReserveeKind.citizen, "resident", NAME, "カジワラ ハルカ", "", "haruka@example.jp", PHONE)


def live(store: Store) -> None:
    """Let the first citizen book, be changed, asked to confirm, merged into, pay and block; none of it is special."""
    keep_house(store)
    booked(store, purpose=PURPOSE)
    with store.transaction(NOW) as tx:
        change_reservee(tx, "u1", ENTRY, by="desk", reason=f"{NAME} 本人から")
        ask_code(tx, "u1", ContactWay.phone, id_="c1", code="123456", key=b"k" * 32)
        merge_reservees(tx, AskedMerge("m1", "u1", "u2", f"{NAME} と同じ電話"), by="desk")
        block_reservee(tx, "u1", ON, by="desk", reason=f"{NAME} が来ない")
        ask_and_sign(tx)
        for id_, on in (("t1", ON), ("t2", ON + timedelta(days=365))):
            pay(tx, id_, on)


def ask_and_sign(tx: Tx) -> None:
    """Let the first citizen wait for a place, enter a draw and sign for a key."""
    wish = {"reservee_id": "u1", "user_class": "resident", "party": 3, "purpose": PURPOSE}
    times = {"from_at": NOW, "until_at": NOW + timedelta(hours=1), "room_id": "half"}
    told = {"state": "waiting", "asked_by": "self", "asked_at": NOW}
    tx.connection.execute(insert(waiting_entry).values(id="w1", **wish, **times, **told))
    texts = dict.fromkeys(("name", "name_en", "seed_hash", "seed", "opened_by"), "x")
    numbers = {"choices_most": 1, "wins_most": 1, "first_chances": 1, "first_days": 0}
    spans = {"enter_from_at": NOW, "enter_until_at": NOW, "opened_at": NOW}
    tx.connection.execute(insert(lottery_round).values(id="l1", facility_id="center", **texts, **numbers, **spans))
    entered = {"id": "e1", "round_id": "l1", "chances": 1, "entered_by": "self", "entered_at": NOW}
    tx.connection.execute(insert(lottery_entry).values(**wish, **entered))
    hold_key(tx, "d1", "u1")
    insert_signature(tx, "d1", "u1", b"PNG")


def hold_key(tx: Tx, deed_id: str, reservee_id: str, *, still: bool = False) -> None:
    """Let somebody have been lent a key, and have it still."""
    who = {"holder_kind": "reservee", "holder_id": reservee_id}
    texts = {"act": "lend", "hand": "desk", "done_by": "desk", "second_by": "", "reason": ""}
    tx.connection.execute(insert(key_deed).values(id=deed_id, done_at=NOW, deposit_yen=0, **who, **texts))
    if still:
        keep_lock_group(tx, LockGroup("g", "g", "g"))
        register_key(tx, Key("k", "鍵", "Key", "g", frozenset({Opening(OpeningKind.room, "half")})))
        register_copy(tx, "d-copy", Copy("c", "k", "1"), by="root")
        out = {"state": "out", "cabinet_id": None, "position": None, "loan_id": deed_id, "due_at": NOW, **who}
        tx.connection.execute(update(key_custody).where(key_custody.c.copy_id == "c").values(out))


def pay(tx: Tx, id_: str, on: date) -> None:
    fee = TakingKind.fee
    who = {"taken_by": "desk", "payer": NAME, "reason": f"{NAME} の分"}
    number = 1 if id_ == "t1" else 2
    insert_taking(
        tx, Taking(id_, "center", "r1", fee, fee, Method.cash, 500, tx.now, counted_on=on, number=number, **who)
    )


def every_text(tx: Tx) -> Iterator[str]:
    """Every text in the database, whichever table it is in."""
    for table in metadata.sorted_tables:
        columns = [each for each in table.c if not isinstance(each.type, LargeBinary | Date)]
        for row in tx.connection.execute(select(*(cast(each, String) for each in columns))):
            yield from (f"{table.name}: {cell}" for cell in row if cell)


def places_of(tx: Tx, *signs: str) -> set[str]:
    return {text.partition(":")[0] for text in every_text(tx) if any(sign in text for sign in signs)}


def test_nothing_tells_any_more_who_it_was_and_the_payer_goes_when_money_s_years_are_over(
    store: Store, tmp_path: Path
) -> None:
    live(store)
    mine = settings(tmp_path, store.url, reservee_years=3)
    signs = (NAME, PHONE, PURPOSE, "カジワラ", "haruka@example.jp")
    years = (
        (3, "forgotten: 0 reservees, 0 payers, 0 unconfirmed"),
        (4, "forgotten: 5 reservees, 0 payers, 0 unconfirmed"),
    )
    for more, outcome in years:  # the reservation ended on 1 December, a few days after "now"
        now = datetime(NOW.year + more, 11, 20, 4, tzinfo=NOW.tzinfo)
        assert JOBS["forget_reservees"].run(store, mine, now.date(), now) == outcome
    with store.reading(now) as tx:
        assert places_of(tx, *signs) == {"taking"}
        gone = load_reservee(tx, "u1")
        assert gone is not None
        assert {getattr(gone, name) for name in WHO} == {""}
        assert load_signature(tx, "d1") is None
        assert (gone.forgotten_at, gone.is_standing) == (now, False)
        assert [each.name for each in search_reservees(tx, "")] == ["石井 健太"]  # staff are the directory's
        assert [each.yen for each in list_takings_of(tx, "r1")] == [500, 500]
    for year, payers in ((2031, 0), (2032, 1), (2033, 1), (2034, 0)):  # 1 December 2026 is of 2026, five years on
        now = datetime(year, 4, 1, 4, tzinfo=NOW.tzinfo)
        outcome = f"forgotten: 0 reservees, {payers} payers, 0 unconfirmed"
        assert JOBS["forget_reservees"].run(store, mine, now.date(), now) == outcome
    with store.reading(now) as tx:
        assert places_of(tx, *signs) == set()
        assert [(each.yen, each.slip, each.payer) for each in list_takings_of(tx, "r1")] == [
            (500, "2026-000001", ""),
            (500, "2027-000002", ""),
        ]


def test_who_was_seen_is_blocked_or_has_a_key_stays(store: Store) -> None:
    live(store)
    later = NOW.replace(year=NOW.year + 10)
    with store.transaction(later - timedelta(days=30)) as tx:
        change_reservee(tx, "u3", replace(ENTRY, name="別の人"), by="desk")
        hold_key(tx, "d5", "u5", still=True)
        block_reservee(tx, "u4", later.date() + timedelta(days=1), by="desk", reason="約束を守らない")
    with store.transaction(later) as tx:
        before = years_before(later, 1)
        assert find_unseen(tx, before, civil_minute(later)[0]) == ["u1", "u2"]
        assert find_unseen(tx, before, civil_minute(later)[0], among=["u2", "u3"]) == ["u2"]
        assert find_unseen(tx, later - timedelta(days=29), later.date()) == ["u1", "u2", "u3"]
    assert forget_unseen(store, later, 1).reservees == 2
    assert forget_unseen(store, later, 1).reservees == 0


def test_what_was_forgotten_is_merged_into_nobody_and_back_to_nobody(store: Store) -> None:
    live(store)
    later = NOW.replace(year=NOW.year + 2)
    with store.transaction(later) as tx:
        change_reservee(tx, "u1", replace(ENTRY, name="梶原"), by="desk")  # u1 is seen, u2 was merged long ago
    assert forget_unseen(store, later, 1).reservees == 4
    with pytest.raises(ReserveeFaultsError, match="merge:merge_undone"), store.transaction(later) as tx:
        undo_merge(tx, "m2", "m1", by="desk", reason="誤り")
    with pytest.raises(ReserveeFaultsError, match="goes:unknown_reservee"), store.transaction(later) as tx:
        merge_reservees(tx, AskedMerge("m3", "u1", "u5", "同じ人"), by="desk")


def test_an_address_that_nobody_confirmed_is_forgotten_after_days(store: Store, tmp_path: Path) -> None:
    keep_house(store)
    with store.transaction(NOW) as tx:
        for id_, by in (("a", "self"), ("asks", "self"), ("booked", "self"), ("counter", "desk"), ("changed", "self")):
            insert_reservee(tx, Reservee(id_, ReserveeKind.citizen, "resident", NAME, NOW, by, email="x@example.jp"))
        insert_reservee(tx, Reservee("sure", ReserveeKind.citizen, "resident", NAME, NOW, "self", confirmed_at=NOW))
        ask_code(tx, "a", ContactWay.email, id_="c1", code="123456", key=b"k" * 32)
        change_reservee(tx, "changed", ENTRY, by="desk")
    book(store, "r9", wish(reservee_id="booked"), DESK)
    later = NOW + timedelta(days=8)
    with store.transaction(later - timedelta(minutes=5)) as tx:
        ask_code(tx, "asks", ContactWay.email, id_="c2", code="123456", key=b"k" * 32)
    mine = settings(tmp_path, store.url, unconfirmed_days=8)
    for at, gone in ((later - timedelta(minutes=1), 0), (later + timedelta(minutes=1), 1), (later, 0)):
        run = JOBS["forget_reservees"].run(store, mine, at.date(), at)
        assert run == f"forgotten: 0 reservees, 0 payers, {gone} unconfirmed"
    with store.reading(later) as tx:
        found = {id_: load_reservee(tx, id_) for id_ in ("a", "asks", "booked", "counter", "changed", "sure")}
    assert [id_ for id_, each in found.items() if each is not None and each.forgotten_at is not None] == ["a"]


def test_many_are_forgotten_in_several_commits(store: Store) -> None:
    keep_house(store)
    with store.transaction(NOW) as tx:
        for number in range(AT_ONCE + 1):
            insert_reservee(tx, Reservee(f"x{number}", ReserveeKind.citizen, "resident", "市民", NOW, "self"))
    assert forget_unseen(store, NOW.replace(year=NOW.year + 6), 5).reservees == AT_ONCE + 1 + 5


def test_five_years_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert settings(tmp_path, "sqlite:///x.db").reservee_years == 5
    with pytest.raises(ValidationError, match="reservee_years"):
        settings(tmp_path, "sqlite:///x.db", reservee_years=0)
    assert settings(tmp_path, "sqlite:///x.db").unconfirmed_days == 7
    leap = datetime(2028, 2, 29, 12, tzinfo=NOW.tzinfo)
    assert civil_minute(years_before(leap, 1)) == (date(2027, 2, 28), 0)
