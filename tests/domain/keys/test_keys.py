"""Keys by example: master levels, rings over time, what a lost key puts at risk, counts, the sheet, the words."""

from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest

from domain.keys.count import DifferenceKind, KeyCount, LastHolder, Scan, compare_count, count_states
from domain.keys.custody import Custody, CustodyState, Hand, Holder, HolderKind, KeyAct
from domain.keys.due_rule import DueKind
from domain.keys.entitlement import Source, TakerKind
from domain.keys.handover_sheet import CabinetLine, draw_sheet
from domain.keys.key import (
    OFFICE,
    Copy,
    CustodianRole,
    Key,
    LockGroup,
    Membership,
    Opening,
    OpeningKind,
    Place,
    Ring,
    TargetKind,
    list_groups_below,
    list_openings,
)
from domain.keys.key_fault import KeyFault, KeyFaultError, Why
from domain.keys.key_words import FIELDS, WORDS, describe_fault, tell_fault
from domain.keys.rekey import OVER, RekeyAct, RekeyState, derive_exposure, list_rekey_acts, step_rekey

NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GROUPS = {each.id: each for each in (LockGroup("all", "庁舎", "All"), LockGroup("east", "東", "East", "all"))}
HALL, STORE, MAIN = (Opening(OpeningKind.door, id_) for id_ in ("hall", "store", "main"))
EAST_HALL = Key("k-hall", "ホール", "Hall", "east", frozenset((HALL,)))
EAST_STORE = Key("k-store", "倉庫", "Store", "east", frozenset((STORE,)))
EAST_MASTER = Key("k-east", "東マスター", "East master", "east", master_level=1)
GRAND = Key("k-grand", "総マスター", "Grand master", "all", frozenset((MAIN,)), master_level=2)
KEYS = (EAST_HALL, EAST_STORE, EAST_MASTER, GRAND)
ISHII = Holder(HolderKind.person, "s0002")


def test_a_master_opens_what_lies_below() -> None:
    assert list_openings(EAST_HALL, KEYS, GROUPS) == (HALL,)
    assert list_openings(EAST_MASTER, KEYS, GROUPS) == (HALL, STORE)
    assert list_openings(GRAND, KEYS, GROUPS) == (HALL, MAIN, STORE)


def test_groups_in_a_circle_end() -> None:
    ring = {"a": LockGroup("a", "", "", "b"), "b": LockGroup("b", "", "", "a")}
    assert list_groups_below("a", ring) == {"a", "b"}


def test_a_ring_remembers_its_members_by_time() -> None:
    ring = Ring("r", "束", "Ring", (Membership("c1", NOW, NOW + HOUR), Membership("c2", NOW + HOUR)))
    assert [ring.list_copies(NOW + hours * HOUR) for hours in (-1, 0, 1)] == [(), ("c1",), ("c2",)]


def test_a_lost_key_is_a_list_of_doors() -> None:
    copies = [Copy(f"c-{key.id}-{number}", key.id, str(number)) for key in KEYS for number in (1, 2)]
    rings = [Ring("r1", "束", "R", (Membership("c-k-store-1", NOW),)), Ring("r2", "束", "R")]
    risk = derive_exposure(EAST_HALL, KEYS, GROUPS, copies, rings, at=NOW)
    assert (risk.openings, risk.keys, risk.rings) == ((HALL,), ("k-east", "k-grand", "k-hall"), ())
    assert len(risk.copies) == 6
    risk = derive_exposure(EAST_MASTER, KEYS, GROUPS, copies, rings, at=NOW)
    assert risk.openings == (HALL, STORE)
    assert set(risk.keys) == {key.id for key in KEYS}
    assert risk.rings == ("r1",)


def test_a_case_goes_step_by_step() -> None:
    state = RekeyState.opened
    for act in (RekeyAct.change_cylinders, RekeyAct.make_copies, RekeyAct.retire_old, RekeyAct.close):
        assert act in list_rekey_acts(state)
        state = step_rekey(state, act)
    assert state in OVER
    assert list_rekey_acts(state) == ()
    with pytest.raises(KeyFaultError, match="wrong_step"):
        step_rekey(RekeyState.opened, RekeyAct.close)
    with pytest.raises(KeyFaultError, match="no_reason"):
        step_rekey(RekeyState.opened, RekeyAct.dismiss)
    assert step_rekey(RekeyState.opened, RekeyAct.dismiss, reason="見つかった") is RekeyState.dismissed


def custody(id_: str, state: CustodyState = CustodyState.in_custody, since: int = -9, **given: object) -> Custody:
    facts: dict[str, object] = {"place": Place("box", 1)} if state is CustodyState.in_custody else {}
    if state is CustodyState.out:
        facts = {"holder": ISHII, "loan_id": "l", "due_at": NOW + HOUR}
    return Custody(id_, state, NOW + since * HOUR, NOW + since * HOUR, **(facts | given))  # type: ignore[arg-type]


def test_a_count_names_each_difference() -> None:
    count = KeyCount("n", "box", "desk", NOW - HOUR)
    known = [
        custody("here"),
        custody("gone"),
        custody("back", since=0),
        custody("out", CustodyState.out),
        custody("lost", CustodyState.lost),
        custody("drawer", place=OFFICE),
    ]
    scans = [Scan(f"t-{id_}", id_, NOW) for id_ in ("here", "here", "out", "lost", "drawer")]
    scans.append(Scan("strange", None, NOW))
    found = compare_count(count, {each.copy_id: each for each in known}, scans, {"gone": LastHolder(ISHII, NOW)})
    assert found.seen == ("back", "here")
    assert [(each.kind, each.copy_id, each.holder) for each in found.differences] == [
        (DifferenceKind.missing, "gone", ISHII),
        (DifferenceKind.not_recorded, "drawer", None),
        (DifferenceKind.not_recorded, "lost", None),
        (DifferenceKind.not_recorded, "out", ISHII),
        (DifferenceKind.unknown_tag, "strange", None),
    ]
    assert found.differences[0].seen_at == NOW - 9 * HOUR
    assert sum(count_states(known).values()) == len(known)


def test_a_sheet_says_what_is_handed_over() -> None:
    known = [
        custody("a"),
        custody("b", CustodyState.out),
        custody("c", CustodyState.out, due_at=NOW),
        custody("d", CustodyState.out, due_at=NOW + 25 * HOUR),
        custody("e", CustodyState.lost),
    ]
    sheet = draw_sheet(known, [KeyCount("n", OFFICE.cabinet_id, "desk", NOW)], NOW)
    assert [[each.copy_id for each in part] for part in (sheet.overdue, sheet.due, sheet.out)] == [["c"], ["b"], ["d"]]
    assert sheet.lost == ("e",)
    assert sheet.cabinets == (CabinetLine("box", 1, None), CabinetLine("office", 0, "n"))


def test_every_reason_has_words_and_says_what_to_do() -> None:
    assert set(WORDS) == set(Why)
    for japanese, english in WORDS.values():
        assert english.isascii()
        assert "ください" in japanese
        assert not [name for _, name, _, _ in Formatter().parse(japanese + english) if name]
    told = tell_fault(KeyFault("key", Why.key_out, {"holder": "石井 健太", "since_at": NOW, "due_at": None}))
    assert told == (
        "鍵: 貸出中です。借りている人に返却か引き継ぎを頼んでください（借りている人 石井 健太、貸出 2026-12-01 09:00）"
        " / key: it is out; ask the holder to return it or to hand it over (holder 石井 健太, since 2026-12-01 09:00)"
    )
    assert describe_fault(KeyFault("copy", Why.copies_out, {"copies": ("1", "2")}))[1].endswith("(copies 1 2)")
    assert set(FIELDS) >= {"key", "ring", "copy", "borrower", "due_at", "reason"}


GOLDEN = {
    CustodyState: "in_custody out lost retired",
    KeyAct: "register issue give_back offer accept withdraw extend inspect count_seen report_lost found retire rekey"
    " remove_without_authority wrong_position correct",
    Hand: "desk tap cabinet",
    HolderKind: "person reservee unknown",
    DueKind: "absolute relative end_of_reservation office_day",
    Source: "reservation person role emergency",
    TakerKind: "person reservee department role",
    DifferenceKind: "missing not_recorded unknown_tag",
    RekeyState: "opened cylinders_changed copies_made old_retired closed dismissed",
    RekeyAct: "change_cylinders make_copies retire_old close dismiss",
    OpeningKind: "door room area",
    CustodianRole: "building room",
    TargetKind: "key ring",
}


@pytest.mark.parametrize("words", GOLDEN, ids=lambda each: each.__name__)
def test_stored_words_never_change(words: type) -> None:
    assert " ".join(words) == GOLDEN[words]  # type: ignore[arg-type, index]
