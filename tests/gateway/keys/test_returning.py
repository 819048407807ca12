"""Returns, handovers and longer loans by example on both databases."""

from datetime import timedelta

import pytest

from domain.keys.custody import CustodyState, Hand
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Source
from domain.keys.key import OFFICE, Place
from domain.keys.key_fault import Why
from gateway.custody.standing import list_keys_out, load_key_history, load_standing
from gateway.operations.access.end_person import PersonFaultError, end_person
from gateway.operations.keys.extend_loan import Extension, extend_loan
from gateway.operations.keys.give_entitlement import approve_long_loan, give_entitlement
from gateway.operations.keys.hand_over_key import Turn, accept_key, hand_over_key, offer_key, withdraw_offer
from gateway.operations.keys.report_key import Report, correct_custody, report_found, report_lost
from gateway.operations.keys.return_key import LENT_JUST_NOW, BroughtBack, Returned, return_by_tag, return_key
from store.key_history import list_history
from store.tx import Store, Tx
from tests.gateway.keys.keyroom import (
    AOKI,
    BUNCH,
    BUNCH_COPIES,
    BUNCH_TAG,
    HALL,
    HOUR,
    ISHII,
    MASTER,
    NINE,
    TAGS,
    UEDA,
    VAULT,
    custody_of,
    lend,
    person,
    refused,
    standing,
)


def bring(tx: Tx, id_: str, *copies: str, **given: object) -> Returned:
    return return_key(tx, BroughtBack(id_, frozenset(copies), "desk", **given))  # type: ignore[arg-type]


def test_anybody_brings_a_key_home(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
        assert bring(tx, "b1", "hall-1") == Returned(("hall-1",), ())
        assert custody_of(tx, "hall-1").place == Place("box", 2)
        assert bring(tx, "b1", "hall-1") == Returned(("hall-1",), ())  # sent twice
    with refused(room, Why.not_out) as tx:
        bring(tx, "b2", "hall-1")
    with refused(room, Why.unknown) as tx:
        bring(tx, "b2", "nothing")
    with refused(room, Why.unknown) as tx:
        bring(tx, "b2")
    with room.transaction(NINE) as tx:
        lend(tx, "l2")
    with refused(room, Why.unknown) as tx:
        bring(tx, "b2", "hall-1", places={"hall-1": Place("box", 99)})
    with room.transaction(NINE) as tx:
        bring(tx, "b2", "hall-1", places={"hall-1": OFFICE})
        assert custody_of(tx, "hall-1").place == OFFICE


def test_a_ring_with_a_copy_missing_is_told(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, "l1", BUNCH)
        assert bring(tx, "b1", "store-0") == Returned(("store-0",), ("store-1",))
        assert bring(tx, "b1", "store-0").missing == ("store-1",)
        assert bring(tx, "b2", "store-1") == Returned(("store-1",), ())


def test_a_tag_brings_its_key_back_but_not_while_it_lies_there(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
        lend(tx, "l2", BUNCH)
        tapped = {"reader_id": "r1", "tapped_at": NINE + LENT_JUST_NOW - timedelta(seconds=1)}
        assert return_by_tag(tx, TAGS["hall-1"], deed_id="t1", **tapped) is None
        tapped["tapped_at"] = NINE + LENT_JUST_NOW
        assert return_by_tag(tx, TAGS["hall-1"], deed_id="t1", **tapped) == Returned(("hall-1",), ())
        assert return_by_tag(tx, TAGS["hall-1"], deed_id="t2", **tapped) is None
        assert return_by_tag(tx, "d" * 32, deed_id="t3", **tapped) is None
        assert return_by_tag(tx, BUNCH_TAG, deed_id="t4", **tapped) == Returned(BUNCH_COPIES, ())
        last = list_history(tx, ["hall-1"])[0]
        assert (last.hand, last.done_by, last.from_holder) == (Hand.tap, "r1", person(ISHII))


def test_a_lost_key_that_is_brought_is_found(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
        report_lost(tx, Report("p1", frozenset(("hall-1",)), "desk", "落とした"))
        assert custody_of(tx, "hall-1").holder is None
        assert bring(tx, "b1", "hall-1") == Returned(("hall-1",), ())
        assert bring(tx, "b1", "hall-1").copy_ids == ("hall-1",)
        assert custody_of(tx, "hall-1").state is CustodyState.in_custody
    with refused(room, Why.not_lost) as tx:
        report_found(tx, Report("f1", frozenset(("hall-1",)), "desk"))


def test_a_key_goes_from_hand_to_hand(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
        give_entitlement(tx, standing("e9", UEDA, HALL), by="desk")
    with refused(room, Why.wrong_holder) as tx:
        offer_key(tx, Turn("o1", "l1", "desk"), giver=person(AOKI), taker=person(UEDA))
    with refused(room, Why.unknown) as tx:
        offer_key(tx, Turn("o1", "l1", "desk"), giver=person(ISHII), taker=person("nobody"))
    with refused(room, Why.not_out) as tx:
        offer_key(tx, Turn("o1", "nothing", "desk"), giver=person(ISHII), taker=person(UEDA))
    with room.transaction(NINE) as tx:
        offer_key(tx, Turn("o1", "l1", "desk"), giver=person(ISHII), taker=person(UEDA))
        offer_key(tx, Turn("o1", "l1", "desk"), giver=person(ISHII), taker=person(UEDA))
    with refused(room, Why.no_offer) as tx:
        accept_key(tx, Turn("a1", "l1", "desk"), taker=person(AOKI))
    with room.transaction(NINE + HOUR) as tx:
        before = custody_of(tx, "hall-1")
        accept_key(tx, Turn("a1", "l1", "desk"), taker=person(UEDA))
        after = custody_of(tx, "hall-1")
        assert (after.holder, after.loan_id, after.due_at) == (person(UEDA), "l1", before.due_at)
        assert after.entitlement_id == "e9"
        last = list_history(tx, ["hall-1"])[0]
        assert (last.act.value, last.from_holder) == ("accept", person(ISHII))


def test_an_offer_is_withdrawn_and_nobody_unentitled_takes_over(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
        offer_key(tx, Turn("o1", "l1", "desk"), giver=person(ISHII), taker=person(UEDA))
    with refused(room, Why.not_permitted) as tx:
        accept_key(tx, Turn("a1", "l1", "desk"), taker=person(UEDA))
    with refused(room, Why.not_permitted) as tx:
        hand_over_key(tx, Turn("a1", "l1", "desk"), giver=person(ISHII), taker=person(UEDA))
    with refused(room, Why.same_person) as tx:
        hand_over_key(tx, Turn("a1", "l1", "desk"), giver=person(ISHII), taker=person(ISHII))
    with room.transaction(NINE) as tx:
        withdraw_offer(tx, Turn("w1", "l1", "desk"))
        withdraw_offer(tx, Turn("w1", "l1", "desk"))
        assert custody_of(tx, "hall-1").offered_to is None
    with refused(room, Why.no_offer) as tx:
        withdraw_offer(tx, Turn("w2", "l1", "desk"))


def test_a_key_of_two_persons_is_handed_over_by_two(room: Store) -> None:
    with room.transaction(NINE) as tx:
        for id_, who in (("e8", ISHII), ("e9", UEDA)):
            give_entitlement(tx, standing(id_, who, VAULT), by="desk")
        lend(tx, "l1", VAULT, second_by="aoki", deposit_yen=500)
    turn = Turn("a1", "l1", "desk")
    with refused(room, Why.second_person_missing) as tx:
        hand_over_key(tx, turn, giver=person(ISHII), taker=person(UEDA))
    with refused(room, Why.same_person) as tx:
        hand_over_key(tx, turn, giver=person(ISHII), taker=person(UEDA), second_by="desk")
    with refused(room, Why.same_person) as tx:  # whoever takes it is none of the two
        hand_over_key(tx, turn, giver=person(ISHII), taker=person(UEDA), second_by="ueda")
    with room.transaction(NINE) as tx:
        hand_over_key(tx, turn, giver=person(ISHII), taker=person(UEDA), second_by="aoki")
        hand_over_key(tx, turn, giver=person(ISHII), taker=person(UEDA), second_by="aoki")
        assert custody_of(tx, "vault-0").holder == person(UEDA)
    with refused(room, Why.same_person) as tx:  # nor is whoever gives it
        hand_over_key(tx, Turn("a2", "l1", "desk"), giver=person(UEDA), taker=person(ISHII), second_by="ueda")


def extension(hours: float, id_: str = "x1", loan: str = "l1") -> Extension:
    return Extension(id_, loan, NINE + hours * HOUR, "desk", "会議の延長")


def test_a_loan_lasts_longer_unless_somebody_waits(room: Store) -> None:
    used = {"used_from": NINE + 12 * HOUR, "used_until": NINE + 14 * HOUR, "source": Source.reservation}
    rule = DueRule(DueKind.end_of_reservation)
    with room.transaction(NINE) as tx:
        lend(tx, "l1", MASTER)
        give_entitlement(tx, standing("e9", UEDA, MASTER, due=rule, **used), by="desk")
    with refused(room, Why.not_later) as tx:
        extend_loan(tx, extension(8))
    with refused(room, Why.reserved_next) as tx:
        extend_loan(tx, extension(13))
    with refused(room, Why.not_out) as tx:
        extend_loan(tx, extension(10, loan="nothing"))
    with room.transaction(NINE) as tx:
        for _ in range(2):
            extend_loan(tx, extension(12))
        assert custody_of(tx, "master-0").due_at == NINE + 12 * HOUR
        assert custody_of(tx, "master-0").version == 3


def test_a_loan_grows_to_a_long_one_by_approval(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
    with refused(room, Why.long_loan) as tx:
        extend_loan(tx, extension(31 * 24))
    with room.transaction(NINE) as tx:
        approve_long_loan(tx, "e-hall", by="aoki")
        extend_loan(tx, extension(31 * 24))


def test_a_correction_needs_two(room: Store) -> None:
    asked = Report("c1", frozenset(("hall-1",)), "desk", "渡す相手を取り違えた", "aoki")
    with room.transaction(NINE) as tx:
        lend(tx)
    with refused(room, Why.second_person_missing) as tx:
        correct_custody(tx, Report("c1", asked.copy_ids, "desk", "x"), holder=person(UEDA))
    with refused(room, Why.same_person) as tx:
        correct_custody(tx, Report("c1", asked.copy_ids, "desk", "x", "desk"), holder=person(UEDA))
    with refused(room, Why.unknown) as tx:
        correct_custody(tx, asked, place=Place("nowhere"))
    with refused(room, Why.unknown) as tx:
        correct_custody(tx, asked, holder=person("nobody"))
    with refused(room, Why.same_holder) as tx:
        correct_custody(tx, asked, holder=person(ISHII))
    with room.transaction(NINE) as tx:
        correct_custody(tx, asked, holder=person(UEDA))
        assert custody_of(tx, "hall-1").holder == person(UEDA)


def test_what_stands_is_one_look(room: Store) -> None:
    with room.transaction(NINE + LENT_JUST_NOW) as tx:
        lend(tx, "l1", HALL, due_at=NINE + HOUR)
        lend(tx, "l2", BUNCH)
        report_lost(tx, Report("p1", frozenset(("master-0",)), "desk", "見当たらない"))
    with room.reading(NINE + 2 * HOUR) as tx:
        stands = load_standing(tx)
        assert [(each.copy.id, each.holder, each.overdue) for each in stands.overdue] == [("hall-1", "石井 健太", True)]
        assert [each.copy.id for each in stands.due] == list(BUNCH_COPIES)
        assert {each.ring_id for each in stands.due} == {"bunch"}
        assert [each.copy.id for each in stands.free] == ["hall-0", "vault-0"]
        assert [each.copy.id for each in stands.lost] == ["master-0"]
        assert [line.act.value for line in load_key_history(tx, "hall", limit=1)] == ["issue"]


def test_who_leaves_gives_keys_back_first(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, "l1", MASTER)
        assert list_keys_out(tx, ISHII) == ["東マスター MASTER-0 2026-12-04 17:15"]
        with pytest.raises(PersonFaultError) as told:
            end_person(tx, ISHII, by="desk", reason="退職")
        assert told.value.fault == "remains"
        assert [each.kind for each in told.value.remaining] == ["keys_out"]
        bring(tx, "b1", "master-0")
        end_person(tx, ISHII, by="desk", reason="退職")
