"""What pages read about counts, cases and sheets, and how keys are seen in a count, on both databases."""

from datetime import timedelta

from domain.keys.handover_sheet import CabinetLine
from domain.keys.key import Copy, Opening, OpeningKind, Place
from domain.keys.key_fault import Why
from domain.keys.rekey import RekeyAct, RekeyState
from gateway.custody.sheet_content import SheetLine, read_sheet, write_sheet
from gateway.custody.standing import list_hangings, load_sheet
from gateway.operations.keys.count_keys import close_count, open_count, preview_count, scan_by_tag, scan_key
from gateway.operations.keys.register_key import register_copy
from gateway.operations.keys.rekey_lock import CaseStep, advance_rekey
from gateway.operations.keys.report_key import Report, correct_custody, report_lost
from store.directory import name_accounts
from store.key_counts import count_differences, list_counts_of
from store.keys import list_keys_of
from store.rekey_cases import list_cases
from store.tx import Store
from tests.gateway.keys.keyroom import (
    BUNCH_COPIES,
    BUNCH_TAG,
    HALL,
    HOUR,
    ISHII,
    MASTER,
    NINE,
    TAGS,
    lend,
    person,
    refused,
)


def test_a_stamped_number_stands_for_the_one_copy_that_bears_it(room: Store) -> None:
    with room.transaction(NINE) as tx:
        register_copy(tx, "r-twin", Copy("twin", "hall", "VAULT-0", 7), by="desk")  # the same number in the office
        open_count(tx, "n1", "box", by="desk")
        assert scan_key(tx, "n1", "MASTER-0", by="desk") == ("master-0",)
        assert scan_key(tx, "n1", "VAULT-0", by="desk") == ("vault-0",)  # of two, the one of this cabinet
        assert scan_key(tx, "n1", "master-0", by="desk") == ()  # a stamp is read as it is stamped
        register_copy(tx, "r-other", Copy("other", "hall", "VAULT-0", 8, home=Place("box", 10)), by="desk")
        assert scan_key(tx, "n1", "VAULT-0", by="desk") == ()  # two here: nobody knows which
        assert "vault-0" in preview_count(tx, "n1").seen


def test_a_tag_at_the_desk_is_seen_by_the_count_of_its_cabinet(room: Store) -> None:
    with room.transaction(NINE) as tx:
        assert scan_by_tag(tx, TAGS["hall-0"], by="desk-1") == ()  # nothing is counted
        open_count(tx, "n1", "box", by="desk")
        assert scan_by_tag(tx, TAGS["hall-0"], by="desk-1") == ("hall-0",)
        assert scan_by_tag(tx, BUNCH_TAG, by="desk-1") == BUNCH_COPIES
        assert scan_by_tag(tx, "e" * 32, by="desk-1") == ()
        assert preview_count(tx, "n1").seen == ("hall-0", *BUNCH_COPIES)
        report_lost(tx, Report("p1", frozenset(("hall-1",)), "desk", "見当たらない"))
        assert scan_by_tag(tx, TAGS["hall-1"], by="desk-1") == ("hall-1",)  # the only count that is open
        open_count(tx, "n2", "office", by="desk")
        assert scan_by_tag(tx, TAGS["hall-1"], by="desk-1") == ()  # of two nobody knows where it was found
        assert scan_by_tag(tx, TAGS["store-0"], by="desk-1") == ("store-0",)


def test_last_counts_and_their_differences(room: Store) -> None:
    for number, at in (("n1", NINE), ("n2", NINE + HOUR)):
        with room.transaction(at) as tx:
            open_count(tx, number, "box", by="desk")
            close_count(tx, number, by="desk")
    with room.transaction(NINE + HOUR) as tx:
        open_count(tx, "n3", "office", by="desk")
        assert {id_: each.id for id_, each in list_counts_of(tx, ["box", "office"]).items()} == {"box": "n2"}
        close_count(tx, "n3", by="desk")
        assert count_differences(tx, ["n1", "n2", "n3"]) == {"n1": 6, "n2": 6}


def test_cases_that_go_on_stand_first_with_what_they_concern(room: Store) -> None:
    for number, copy_id in enumerate(("hall-1", "master-0")):
        with room.transaction(NINE + number * HOUR) as tx:
            report_lost(tx, Report(f"p{number}", frozenset((copy_id,)), "desk", "見当たらない"))
    with room.transaction(NINE + 2 * HOUR) as tx:
        advance_rekey(tx, CaseStep("p1-1", RekeyAct.dismiss, "desk", "戻った"))
        told = [(each.id, each.state, each.openings) for each in list_cases(tx, limit=9)]
        assert told == [("p0-1", RekeyState.opened, 1), ("p1-1", RekeyState.dismissed, 2)]
        assert len(list_cases(tx, limit=1)) == 1


def test_a_sheet_is_read_back_as_it_was_drawn(room: Store) -> None:
    with room.transaction(NINE) as tx:
        due_at = lend(tx, "l1", HALL).due_at
        lend(tx, "l2", MASTER, due_at=NINE + timedelta(minutes=1))
        report_lost(tx, Report("p1", frozenset(("vault-0",)), "desk", "見当たらない"))
        open_count(tx, "n1", "office", by="desk")
    with room.reading(NINE + HOUR) as tx:
        read = read_sheet(write_sheet(load_sheet(tx)))
    assert read.due == (SheetLine("hall-1", person(ISHII), NINE, due_at),)
    assert [each.copy_id for each in read.lines] == ["master-0", "hall-1"]
    assert read.lost == ("vault-0",)
    assert read.cabinets == (CabinetLine("box", 3, None), CabinetLine("office", 0, "n1"))


def test_keys_by_what_they_open_and_by_key(room: Store) -> None:
    with room.reading(NINE) as tx:
        doors = [Opening(OpeningKind.door, each) for each in ("hall", "vault", "nowhere")]
        assert list_keys_of(tx, doors) == ["hall", "vault"]
        assert list_keys_of(tx, []) == []
        assert [each.copy.id for each in list_hangings(tx, ["vault", "hall"])] == ["hall-0", "hall-1", "vault-0"]
        assert len(list_hangings(tx)) == 6
        assert list_hangings(tx, []) == ()
        assert name_accounts(tx, ["aoki", "desk", "nobody"]) == {"aoki": "青木 太郎", "desk": "desk"}


def test_nobody_s_name_is_no_second_person(room: Store) -> None:
    with refused(room, Why.second_person_missing) as tx:
        asked = Report("c1", frozenset(("hall-0",)), "desk", "掛け違い", "nobody")
        correct_custody(tx, asked, place=Place("box", 9))
