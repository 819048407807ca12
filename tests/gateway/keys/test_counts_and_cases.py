"""Counts, cases of lost keys, what cabinets report, and the duty officers' sheet, by example on both databases."""

import json

import pytest

from contract.key_labels import encode_key_label
from domain.keys.count import DifferenceKind
from domain.keys.custody import NOBODY_KNOWN, CustodyState
from domain.keys.key import Copy, Opening, OpeningKind, Place
from domain.keys.key_fault import KeyFaultError, Why
from domain.keys.rekey import RekeyAct, RekeyState
from gateway.custody.retirement import Retirement, retire_copies
from gateway.operations.keys.count_keys import close_count, open_count, preview_count, scan_key
from gateway.operations.keys.note_cabinet import CabinetNews, note_position, note_removal
from gateway.operations.keys.register_key import register_copy
from gateway.operations.keys.rekey_lock import CaseStep, advance_rekey, close_rekey, open_rekey
from gateway.operations.keys.report_key import Report, report_found, report_lost
from gateway.operations.keys.retire_key import retire_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from gateway.operations.keys.sign_handover import give_handover, take_handover
from store.alarms import list_open_alarms
from store.key_counts import list_differences, list_open_counts
from store.key_custody import count_by_state
from store.key_handovers import list_handovers
from store.key_rings import list_rings, list_rings_of
from store.rekey_cases import list_open_cases, list_rekey_steps
from store.tx import Store, Tx
from tests.gateway.keys.keyroom import (
    BUNCH,
    BUNCH_COPIES,
    BUNCH_TAG,
    HALL,
    HOUR,
    ISHII,
    MASTER,
    NINE,
    TAGS,
    custody_of,
    lend,
    person,
    refused,
)


def test_a_count_ends_with_each_difference_named(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
        return_key(tx, BroughtBack("b1", frozenset(("hall-1",)), "desk"))
        lend(tx, "l2", MASTER)
        count = open_count(tx, "n1", "box", by="desk")
        assert open_count(tx, "n1", "box", by="desk") == count
    with refused(room, Why.count_open) as tx:
        open_count(tx, "n2", "box", by="aoki")
    with room.transaction(NINE + HOUR) as tx:
        assert scan_key(tx, "n1", f" {TAGS['hall-0']} ", by="desk") == ("hall-0",)
        assert scan_key(tx, "n1", encode_key_label("hall-0"), by="desk") == ("hall-0",)
        assert scan_key(tx, "n1", BUNCH_TAG, by="desk") == BUNCH_COPIES
        assert scan_key(tx, "n1", encode_key_label("master-0"), by="desk") == ("master-0",)
        assert scan_key(tx, "n1", "strange", by="desk") == ()
        assert scan_key(tx, "n1", encode_key_label("ghost"), by="desk") == ()
        assert preview_count(tx, "n1") == close_count(tx, "n1", by="desk")
        told = [(each.kind, each.copy_id, each.holder) for each in list_differences(tx, "n1")]
        assert told == [
            (DifferenceKind.missing, "hall-1", person(ISHII)),
            (DifferenceKind.missing, "vault-0", None),
            (DifferenceKind.not_recorded, "master-0", person(ISHII)),
            (DifferenceKind.unknown_tag, "SEKISHO:KEY:1:GHOST", None),
            (DifferenceKind.unknown_tag, "strange", None),
        ]
        assert list_differences(tx, "n1")[0].seen_at == NINE
        assert custody_of(tx, "hall-0").seen_at == NINE + HOUR
        assert custody_of(tx, "hall-1").seen_at == NINE
        assert list_open_counts(tx) == []
        assert lend(tx, "l3", HALL).copy_ids == ("hall-1",)
    for again in (lambda tx: scan_key(tx, "n1", "x", by="desk"), lambda tx: close_count(tx, "n1", by="desk")):
        with refused(room, Why.count_closed) as tx:
            again(tx)


def test_bad_counts_are_refused(room: Store) -> None:
    with refused(room, Why.unknown) as tx:
        open_count(tx, "n1", "nowhere", by="desk")
    with refused(room, Why.unknown) as tx:
        scan_key(tx, "n1", "x", by="desk")
    with refused(room, Why.unknown) as tx:
        close_count(tx, "n1", by="desk")
    with room.transaction(NINE) as tx:
        open_count(tx, "n1", "office", by="desk")
    for text, why in (("", Why.malformed), ("x" * 129, Why.too_long)):
        with refused(room, why) as tx:
            scan_key(tx, "n1", text, by="desk")


def test_a_key_that_comes_back_in_a_count_has_been_seen(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, "l1", MASTER)
        open_count(tx, "n1", "box", by="desk")
    with room.transaction(NINE + HOUR) as tx:
        return_key(tx, BroughtBack("b1", frozenset(("master-0",)), "desk"))
        assert "master-0" in preview_count(tx, "n1").seen


def lose(tx: Tx, copy_id: str, id_: str = "p1") -> str:
    [case_id] = report_lost(tx, Report(id_, frozenset((copy_id,)), "desk", "落とした"))
    return case_id


def test_a_lost_master_is_every_door_that_it_opens(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, "l1", MASTER)
        case_id = lose(tx, "master-0")
        assert [(each.alarm.kind, each.alarm.subject) for each in list_open_alarms(tx)] == [("key_lost", "master-0")]
        case = advance_rekey(tx, CaseStep(case_id, RekeyAct.change_cylinders, "desk", "ホールと倉庫"))
        assert case.exposure.openings == tuple(Opening(OpeningKind.door, id_) for id_ in ("hall", "store"))
        assert case.exposure.keys == ("hall", "master", "store")
        assert case.exposure.rings == ("bunch",)
        register_copy(tx, "r9", Copy("master-1", "master", "M-1", 1), by="desk")
        advance_rekey(tx, CaseStep(case_id, RekeyAct.make_copies, "desk"))
        lend(tx, "l2", HALL)
    step = CaseStep(case_id, RekeyAct.retire_old, "desk", retired=frozenset(("hall-0", "hall-1", *BUNCH_COPIES)))
    with refused(room, Why.copies_out) as tx:
        advance_rekey(tx, step)
    with refused(room, Why.unknown) as tx:
        advance_rekey(tx, CaseStep(case_id, RekeyAct.retire_old, "desk", retired=frozenset(("vault-0",))))
    with room.transaction(NINE) as tx:
        return_key(tx, BroughtBack("b1", frozenset(("hall-1",)), "desk"))
        advance_rekey(tx, step)
        assert custody_of(tx, "master-0").state is CustodyState.retired
        assert custody_of(tx, "master-1").state is CustodyState.in_custody
        assert list_rings_of(tx, BUNCH_COPIES) == {}
        assert list_open_cases(tx) == [case_id]
        assert close_rekey(tx, case_id, by="desk").state is RekeyState.closed
        assert list_open_cases(tx) == []
        assert [each.act.value for each in list_rekey_steps(tx, case_id)] == [
            "change_cylinders", "make_copies", "retire_old", "close",
        ]  # fmt: skip


def test_a_case_is_dismissed_with_a_reason_and_opened_again(room: Store) -> None:
    with room.transaction(NINE) as tx:
        case_id = lose(tx, "hall-0")
    with refused(room, Why.taken) as tx:
        open_rekey(tx, "c2", "hall-0", by="desk", reason="x")
    with refused(room, Why.no_reason) as tx:
        advance_rekey(tx, CaseStep(case_id, RekeyAct.dismiss, "desk"))
    with refused(room, Why.wrong_step) as tx:
        close_rekey(tx, case_id, by="desk")
    with room.transaction(NINE) as tx:
        assert (
            advance_rekey(tx, CaseStep(case_id, RekeyAct.dismiss, "desk", "川に落ちた")).state is RekeyState.dismissed
        )
        case = open_rekey(tx, "c2", "hall-0", by="desk", reason="拾われたらしい")
        assert open_rekey(tx, "c2", "hall-0", by="desk", reason="x").id == case.id
        report_found(tx, Report("f1", frozenset(("hall-0",)), "desk"))
    with refused(room, Why.not_lost) as tx:
        open_rekey(tx, "c3", "hall-0", by="desk", reason="x")
    with refused(room, Why.taken) as tx:
        open_rekey(tx, "c2", "hall-1", by="desk", reason="x")
    with refused(room, Why.no_reason) as tx:
        report_lost(tx, Report("p2", frozenset(("hall-1",)), "desk", " "))


def test_retired_keys_are_lent_no_more(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx)
    with refused(room, Why.copies_out) as tx:
        retire_key(tx, "hall", Retirement("q1", "desk", "改築"))
    with refused(room, Why.no_reason) as tx:
        retire_key(tx, "master", Retirement("q1", "desk", ""))
    with refused(room, Why.unknown) as tx:
        retire_key(tx, "nothing", Retirement("q1", "desk", "x"))
    with room.transaction(NINE) as tx:
        retire_copies(tx, frozenset(("store-1",)), Retirement("q0", "desk", "折れた"))
        assert list_rings(tx, ["bunch"])["bunch"].list_copies(NINE) == ("store-0",)
        for _ in range(2):
            retire_key(tx, "master", Retirement("q1", "desk", "改築"))
        assert count_by_state(tx)[CustodyState.retired] == 2
    with refused(room, Why.retired) as tx:
        lend(tx, "l2", MASTER)
    with refused(room, Why.retired) as tx:
        report_lost(tx, Report("p1", frozenset(("master-0",)), "desk", "x"))


def test_a_cabinet_tells_what_nobody_allowed(room: Store) -> None:
    with room.transaction(NINE) as tx:
        assert note_removal(tx, CabinetNews("d1", "hall-0", "box-1"))
        assert not note_removal(tx, CabinetNews("d1", "hall-0", "box-1"))
        taken = custody_of(tx, "hall-0")
        assert (taken.state, taken.holder, taken.due_at) == (CustodyState.out, NOBODY_KNOWN, NINE)
        assert note_position(tx, CabinetNews("d2", "master-0", "box-1"), Place("box", 9))
        assert custody_of(tx, "master-0").place == Place("box", 9)
        assert {each.alarm.kind for each in list_open_alarms(tx)} == {"key_removed", "key_on_wrong_hook"}
    with refused(room, Why.key_out) as tx:
        note_removal(tx, CabinetNews("d3", "hall-0", "box-1"))
    with refused(room, Why.unknown) as tx:
        note_position(tx, CabinetNews("d3", "hall-0", "box-1"), Place("box", 99))
    with room.transaction(NINE) as tx:
        assert note_position(tx, CabinetNews("d4", "hall-0", "box-1"), Place("box", 8))
        assert custody_of(tx, "hall-0").place == Place("box", 8)


def test_two_duty_officers_sign_one_sheet(room: Store) -> None:
    with room.transaction(NINE) as tx:
        lend(tx, "l1", BUNCH)
        sheet = give_handover(tx, "h1", by="aoki")
        content = json.loads(sheet.content)
        assert [each["copy"] for each in content["due"]] == list(BUNCH_COPIES)
        assert "石井" not in sheet.content.decode()
        lend(tx, "l2", HALL)
        assert give_handover(tx, "h1", by="aoki").content_hash == sheet.content_hash
    for by, seen, why in (
        ("aoki", sheet.content_hash, Why.same_person),
        ("ueda", "0" * 64, Why.moved_on),
    ):
        with refused(room, why) as tx:
            take_handover(tx, "h1", by=by, seen_hash=seen)
    with refused(room, Why.unknown) as tx:
        take_handover(tx, "h9", by="ueda", seen_hash="")
    with refused(room, Why.taken) as tx:
        give_handover(tx, "h1", by="ueda")
    with room.transaction(NINE + HOUR) as tx:
        taken = take_handover(tx, "h1", by="ueda", seen_hash=sheet.content_hash, note="異状なし")
        assert (taken.taker, taken.taken_at, taken.note) == ("ueda", NINE + HOUR, "異状なし")
        assert take_handover(tx, "h1", by="ueda", seen_hash=sheet.content_hash) == taken
        assert list_handovers(tx, limit=9) == [taken]
    with pytest.raises(KeyFaultError, match="moved_on"), room.transaction(NINE) as tx:
        take_handover(tx, "h1", by="desk", seen_hash=sheet.content_hash)
