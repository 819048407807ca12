"""Lending by example on both databases: entitled before lent, two persons, deposits, due times, what is in the way."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from domain.civil import instant
from domain.keys.custody import CustodyState, Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Source, Taker, TakerKind
from domain.keys.key_fault import KeyFaultError, Why
from domain.keys.key_words import tell_fault
from gateway.operations.keys.count_keys import open_count
from gateway.operations.keys.give_entitlement import approve_long_loan, end_entitlement, give_entitlement
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.report_key import Report, inspect_key, report_lost
from store.calendar import CalendarDay, save_year
from store.facility_tables import user_class
from store.key_custody import load_deed
from store.key_entitlements import load_entitlement
from store.key_history import list_history
from store.key_signatures import forget_signatures, load_signature
from store.outbox import list_unsent
from store.people import Person, upsert_persons
from store.reservation_tables import reservee
from store.tx import Store, Tx
from tests.gateway.keys.keyroom import (
    AOKI,
    BUNCH,
    BUNCH_COPIES,
    CLOSING,
    HALL,
    HOUR,
    ISHII,
    MASTER,
    NINE,
    PNG,
    UEDA,
    VAULT,
    custody_of,
    lend,
    refused,
    standing,
)


def test_a_loan_names_its_entitlement_and_leaves_a_trail(room: Store) -> None:
    with room.transaction(NINE) as tx:
        loan = lend(tx)
        assert loan.copy_ids == ("hall-1",)  # the duplicate goes first, the original stays
        assert loan.due_at == instant(date(2026, 12, 4), 17 * 60 + 15)
        out = custody_of(tx, "hall-1")
        assert (out.state, out.holder, out.entitlement_id) == (
            CustodyState.out,
            Holder(HolderKind.person, ISHII),
            "e-hall",
        )
        assert [line.act.value for line in list_history(tx, ["hall-1"])] == ["issue", "register"]
        assert any(each.notice.kind == "key.issue" for each in list_unsent(tx, limit=1000))


def test_the_same_form_twice_is_one_loan(room: Store) -> None:
    with room.transaction(NINE) as tx:
        first = lend(tx)
        assert lend(tx) == first
        assert custody_of(tx, "hall-0").state is CustodyState.in_custody
    with refused(room, Why.taken) as tx:
        lend(tx, by="aoki")


def test_who_is_not_entitled_gets_nothing(room: Store) -> None:
    with refused(room, Why.not_permitted) as tx:
        lend(tx, who=AOKI)
    with refused(room, Why.unknown) as tx:
        lend(tx, who="nobody")
    with refused(room, Why.too_early, NINE - 2 * HOUR) as tx:
        lend(tx)
    with room.transaction(NINE) as tx:
        assert end_entitlement(tx, "e-hall", by="desk", reason="異動")
        assert not end_entitlement(tx, "e-hall", by="desk", reason="異動")
    with refused(room, Why.entitlement_over) as tx:
        lend(tx)
    with room.transaction(NINE) as tx:
        upsert_persons(tx, [Person(ISHII, "石井 健太", "", "somu", left_on=date(2026, 12, 3))])
    with refused(room, Why.not_permitted) as tx:
        lend(tx, target=MASTER)


@pytest.mark.parametrize(
    "taker", [Taker(TakerKind.department, "city"), Taker(TakerKind.role, "facility_admin")], ids=lambda each: each.kind
)
def test_departments_and_roles_may(room: Store, taker: Taker) -> None:
    with room.transaction(NINE) as tx:
        give_entitlement(tx, standing("e9", "", HALL, taker=taker, source=Source.role), by="desk")
        assert lend(tx, who=AOKI).entitlement_id == "e9"


def test_a_key_that_is_out_is_refused_with_who_and_since_when(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, target=MASTER)
    with pytest.raises(KeyFaultError) as told, room.transaction(NINE + HOUR) as tx:
        lend(tx, "l2", MASTER)
    assert tell_fault(told.value.faults[0]).startswith("鍵番号: 貸出中です。")
    assert "石井 健太" in tell_fault(told.value.faults[0])
    assert "2026-12-04 09:00" in tell_fault(told.value.faults[0])


def test_what_is_in_the_way_is_said(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, "l1")
        lend(tx, "l2")
    with refused(room, Why.key_out) as tx:
        lend(tx, "l3")
    with refused(room, Why.unknown) as tx:
        lend(tx, "l3", MASTER, copy_id="hall-0")
    with refused(room, Why.unknown) as tx:
        lend(tx, "l3", HALL.__class__(HALL.kind, "nowhere"))
    with room.transaction(NINE) as tx:
        inspect_key(tx, Report("i1", frozenset(("master-0",)), "desk", "曲がっている"), damaged=True)
    with refused(room, Why.damaged) as tx:
        lend(tx, "l3", MASTER)
    with room.transaction(NINE) as tx:
        report_lost(tx, Report("p1", frozenset(("master-0",)), "desk", "見当たらない"))
    with refused(room, Why.lost) as tx:
        lend(tx, "l3", MASTER)
    with room.transaction(NINE) as tx:
        open_count(tx, "n1", "box", by="desk")
    with refused(room, Why.count_open) as tx:
        lend(tx, "l3", BUNCH)


def test_a_ring_moves_as_one_and_its_copies_not_alone(room: Store) -> None:
    with room.transaction(NINE) as tx:
        give_entitlement(tx, standing("e-store", ISHII, HALL.__class__(HALL.kind, "store")), by="desk")
    with refused(room, Why.on_ring) as tx:
        lend(tx, "l1", HALL.__class__(HALL.kind, "store"))
    with room.transaction(NINE) as tx:
        assert lend(tx, "l1", BUNCH).copy_ids == BUNCH_COPIES
        done = load_deed(tx, "l1")
        assert done is not None
        assert done.ring_id == "bunch"
    with refused(room, Why.key_out) as tx:
        lend(tx, "l2", BUNCH)


def test_two_persons_and_a_deposit(room: Store) -> None:
    with room.transaction(NINE) as tx:
        give_entitlement(tx, standing("e-vault", ISHII, VAULT), by="desk")
        give_entitlement(tx, standing("e-vault2", UEDA, VAULT), by="desk")
    for second, why in (
        ("", Why.second_person_missing),
        ("ghost", Why.second_person_missing),
        ("desk", Why.same_person),
    ):
        with refused(room, why) as tx:
            lend(tx, target=VAULT, second_by=second, deposit_yen=500)
    with refused(room, Why.same_person) as tx:  # the borrower is none of the two
        lend(tx, target=VAULT, who=UEDA, second_by="ueda", deposit_yen=500)
    with refused(room, Why.deposit_missing) as tx:
        lend(tx, target=VAULT, second_by="aoki", deposit_yen=499)
    with refused(room, Why.malformed) as tx:
        lend(tx, target=VAULT, second_by="aoki", deposit_yen=-1)
    with room.transaction(NINE) as tx:
        lend(tx, target=VAULT, second_by="aoki", deposit_yen=500)
        done = load_deed(tx, "l1")
        assert done is not None
        assert (done.deed.done_by, done.deed.second_by, done.deposit_yen) == ("desk", "aoki", 500)


def test_in_an_emergency_two_persons_lend_and_both_stand_in_the_deed(room: Store) -> None:
    for given, why in (
        ({}, Why.second_person_missing),
        ({"second_by": "desk"}, Why.same_person),
        ({"second_by": "aoki"}, Why.no_reason),
    ):
        with refused(room, why) as tx:
            lend(tx, who=UEDA, emergency=True, **given)
    with room.transaction(NINE) as tx:
        loan = lend(tx, who=UEDA, emergency=True, second_by="aoki", reason="漏水")
        given_for = load_entitlement(tx, loan.entitlement_id)
        assert given_for is not None
        assert given_for.entitlement.source is Source.emergency
        assert loan.due_at == NINE + 12 * HOUR
    with refused(room, Why.not_permitted) as tx:  # it entitles to nothing more
        lend(tx, "l2", who=UEDA)


def test_due_times_keep_to_the_rule_and_the_calendar(room: Store) -> None:
    with room.transaction(NINE) as tx:
        save_year(tx, 2026, [CalendarDay(date(2026, 12, 7), "休館日")])
    evening = instant(date(2026, 12, 4), 18 * 60)
    with room.transaction(evening) as tx:
        assert lend(tx).due_at == instant(date(2026, 12, 8), 17 * 60 + 15)
    with refused(room, Why.due_late) as tx:
        lend(tx, "l2", due_at=NINE + 48 * HOUR)
    with refused(room, Why.due_past) as tx:
        lend(tx, "l2", due_at=NINE)
    with room.transaction(NINE) as tx:
        assert lend(tx, "l2", due_at=NINE + HOUR).due_at == NINE + HOUR


def test_a_long_loan_needs_an_approval_of_another(room: Store) -> None:
    month = DueRule(DueKind.relative, 31 * 24 * 60)
    with room.transaction(NINE) as tx:
        give_entitlement(tx, standing("e9", UEDA, HALL, due=month), by="desk")
    with refused(room, Why.long_loan) as tx:
        lend(tx, who=UEDA)
    with refused(room, Why.same_person) as tx:
        approve_long_loan(tx, "e9", by="desk")
    with room.transaction(NINE) as tx:
        approve_long_loan(tx, "e9", by="aoki")
        assert lend(tx, who=UEDA).due_at == NINE + timedelta(days=31)


def test_what_somebody_has_reserved_stays_for_them(room: Store) -> None:
    used = {"used_from": NINE + 2 * HOUR, "used_until": NINE + 4 * HOUR, "source": Source.reservation}
    rule = DueRule(DueKind.end_of_reservation, 30)
    with room.transaction(NINE) as tx:
        booked = standing("e9", UEDA, MASTER, due=rule, until_at=NINE + 4 * HOUR, **used)
        give_entitlement(tx, booked, by="desk")
        give_entitlement(tx, standing("e8", UEDA, HALL, due=rule, until_at=NINE + 4 * HOUR, **used), by="desk")
    with refused(room, Why.reserved_next) as tx:
        lend(tx, target=MASTER)
    with room.transaction(NINE) as tx:
        lend(tx, "l1", MASTER, due_at=NINE + HOUR)
        lend(tx, "l2", HALL)  # one of two copies stays
    with refused(room, Why.reserved_next) as tx:
        lend(tx, "l3", HALL)
    with room.transaction(NINE) as tx:
        assert lend(tx, "l3", HALL, UEDA).due_at == NINE + 4 * HOUR + timedelta(minutes=30)


@pytest.fixture
def citizen(room: Store) -> Holder:
    with room.transaction(NINE) as tx:
        put_citizen(tx)
    return Holder(HolderKind.reservee, "u1")


def put_citizen(tx: Tx) -> None:
    tx.connection.execute(insert(user_class).values(id="resident", name="市内", name_en="Resident", position=1))
    told = dict.fromkeys(("kana", "contact_name", "email", "phone", "registered_by", "blocked_reason"), "")
    row = {"id": "u1", "kind": "citizen", "user_class": "resident", "name": "山田 一郎", "registered_at": NINE}
    tx.connection.execute(insert(reservee).values(**(told | row)))
    given = standing("e-u1", "", HALL, taker=Taker(TakerKind.reservee, "u1"), source=Source.reservation)
    give_entitlement(tx, given, by="desk")


def test_a_citizen_signs_and_is_forgotten(room: Store, citizen: Holder) -> None:
    for signature, why in ((b"<svg/>", Why.malformed), (b"x" * 70_000, Why.too_long)):
        with refused(room, why) as tx:
            lend_key(tx, LoanWish("l1", HALL, citizen, "desk", signature=signature))
    with refused(room, Why.malformed) as tx:
        lend(tx, signature=PNG)  # staff have cards
    with room.transaction(NINE) as tx:
        lend_key(tx, LoanWish("l1", HALL, citizen, "desk", signature=PNG))
        assert (load_signature(tx, "l1") or b"").startswith(b"\x89PNG")
        assert forget_signatures(tx, ["u1"]) == 1
        assert load_signature(tx, "l1") is None
        assert forget_signatures(tx, ["u1"]) == 0


def test_bad_forms_are_refused(room: Store) -> None:
    for bad in ("", "x" * 49, "Ä", "a/b"):
        with refused(room, Why.malformed) as tx:
            lend(tx, bad)
    with refused(room, Why.too_long) as tx:
        lend(tx, reason="長" * 201)


def test_bad_entitlements_are_refused_field_by_field(room: Store) -> None:
    bad = standing(
        "e9", "nobody", HALL.__class__(HALL.kind, "nowhere"), until_at=NINE - 2 * HOUR, due=DueRule(DueKind.relative)
    )
    with pytest.raises(KeyFaultError) as told, room.transaction(NINE) as tx:
        give_entitlement(tx, bad, by="desk")
    assert [fault.field for fault in told.value.faults] == ["key", "taker", "until_at", "due_at"]
    with refused(room, Why.malformed) as tx:
        give_entitlement(tx, standing("e9", ISHII, HALL, source=Source.emergency), by="desk")
    with room.transaction(NINE) as tx:
        given = give_entitlement(tx, standing("e9", UEDA, HALL), by="desk")
        assert give_entitlement(tx, standing("e9", UEDA, HALL), by="desk") == given
    with refused(room, Why.taken) as tx:
        give_entitlement(tx, standing("e9", ISHII, HALL, due=CLOSING), by="desk")
    with refused(room, Why.no_reason) as tx:
        end_entitlement(tx, "e9", by="desk", reason=" ")
