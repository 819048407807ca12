"""Importing staff: the differences first, then the same differences applied; twice is once."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from store.alarms import list_open_alarms
from store.cards import insert_card, save_desk_status
from store.hr_grants import list_level_grants
from store.people import (
    Card,
    Department,
    Person,
    list_cards,
    list_departments,
    list_persons,
    load_person,
    upsert_cards,
    upsert_departments,
    upsert_persons,
)
from store.tx import Store
from sync.hr.changes import StaffChanges
from sync.hr.csv_text import CsvError
from sync.hr.staff_csv import read_staff_file
from sync.jobs.import_hr_files import import_hr_files
from sync.jobs.import_staff import preview_staff, write_staff
from tests.sync.desks import DECEMBER, KEY, settings
from tests.sync.test_staff_file import FILE, HANAKO, HEADING, TARO

ON = date(2025, 12, 3)
NOW: datetime = DECEMBER


def file(*lines: str) -> bytes:
    return "\n".join((HEADING, *lines)).encode()


def apply(store: Store, data: bytes) -> StaffChanges:
    with store.transaction(NOW) as tx:
        changes = preview_staff(tx, read_staff_file(data, KEY), ON)
        write_staff(tx, changes)
    return changes


def test_a_first_import_adds_everything_and_a_second_nothing(store: Store) -> None:
    with store.reading(NOW) as tx:
        seen = preview_staff(tx, read_staff_file(FILE.encode(), KEY), ON)
        assert list_persons(tx) == []
    assert apply(store, FILE.encode()) == seen
    assert apply(store, FILE.encode()).is_empty
    with store.reading(NOW) as tx:
        assert [who.id for who in list_persons(tx)] == ["s0001", "s0002"]
        assert [(each.id, each.head_id) for each in list_departments(tx)] == [("somu", "s0001")]
        assert [(card.person_id, card.label, card.status) for card in list_cards(tx)] == [("s0001", "No.1", "active")]
        assert list_level_grants(tx) == {"s0001": {"staff", "manager"}, "s0002": {"staff"}}


def test_changed_and_left_people_are_told_apart(store: Store) -> None:
    apply(store, FILE.encode())
    changes = apply(store, file(TARO.replace("萩 太郎", "萩 次郎").replace("staff manager", "staff")))
    assert [(before.name, after.name) for before, after in changes.changed] == [("萩 太郎", "萩 次郎")]
    assert changes.left == (), "花子's last day stands already"
    assert changes.levels == {"s0001": {"staff"}}
    changes = apply(store, file(HANAKO))
    assert [(who.id, who.left_on) for who in changes.left] == [("s0001", ON)]
    with store.reading(NOW) as tx:
        assert [who.id for who in list_persons(tx, employed_on=date(2025, 12, 4))] == ["s0002"]


def test_a_new_card_revokes_the_old_one_and_an_empty_cell_touches_none(store: Store) -> None:
    apply(store, FILE.encode())
    changes = apply(store, FILE.replace("F1:23", "F1:24").encode())
    assert (len(changes.cards), len(changes.revoked)) == (1, 1)
    with store.reading(NOW) as tx:
        assert sorted(card.status for card in list_cards(tx)) == ["active", "revoked"]
    assert apply(store, FILE.replace("FeliCa,F1:23:45:67:89:AB:CD:EF,No.1", ",,").encode()).is_empty


def test_what_the_desk_decided_of_a_card_no_file_undoes(store: Store) -> None:
    apply(store, FILE.encode())
    with store.transaction(NOW) as tx:
        [card] = list_cards(tx)
        save_desk_status(tx, card.token, "lost")
        assert insert_card(tx, "a" * 32, "s0001", "desk")
    assert apply(store, FILE.encode()).is_empty
    apply(store, FILE.replace("F1:23", "F1:24").encode())  # HR gives a third one
    with store.reading(NOW) as tx:
        statuses = sorted((card.source, card.status) for card in list_cards(tx))
    assert statuses == [("desk", "active"), ("desk", "lost"), ("hr", "active")]


def test_columns_that_the_file_lacks_keep_what_stands(store: Store) -> None:
    apply(store, FILE.encode())
    short = "staff_no,name,kana,department_id,department_name\ns0001,萩 太郎,ハギ タロウ,somu,総務課\n"
    short += "s0002,髙橋 花子,タカハシ ハナコ,somu,総務課\n"
    assert apply(store, short.encode()).is_empty
    with store.reading(NOW) as tx:
        hanako = load_person(tx, "s0002")
    assert hanako is not None
    assert (hanako.employment, hanako.left_on) == ("part_time", date(2026, 3, 31))


def test_the_inbox_is_emptied_and_a_refused_file_set_aside_with_its_reasons(store: Store, tmp_path: Path) -> None:
    given = settings(tmp_path, store.url)
    assert import_hr_files(store, given, ON, NOW) == "taken 0, waiting 0"
    (given.inbox_dir / "staff.csv").write_bytes(FILE.encode("cp932"))
    assert import_hr_files(store, given, ON, NOW) == "staff: added 3, changed 0, left 0; taken 1, waiting 0"
    (given.inbox_dir / "staff.csv").write_bytes(file(TARO.replace("常勤", "嘱託")))
    assert import_hr_files(store, given, ON, NOW) == "taken 1, waiting 0"
    reasons = next((given.inbox_dir / "refused").glob("*.txt")).read_text(encoding="utf-8")
    assert reasons.startswith("2行目 / line 2, 雇用区分")
    assert not (given.inbox_dir / "staff.csv").exists()
    assert len(list((given.inbox_dir / "done").iterdir())) == 1
    with store.reading(NOW) as tx:
        assert [alarm.alarm.kind for alarm in list_open_alarms(tx)] == ["hr_file_refused"]


def _invite_contractor(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("contractors", "委託先")])
        upsert_persons(tx, [Person("k0001", "委託 一郎", "", "contractors", kind="contractor", sponsor_id="s0001")])
        upsert_cards(tx, [Card("d" * 32, "k0001", "委託1")])


def test_whoever_is_no_staff_is_not_hrs_to_end(store: Store) -> None:
    apply(store, FILE.encode())
    _invite_contractor(store)
    changes = apply(store, FILE.encode())
    assert changes.is_empty
    assert (changes.employed_before, changes.active_cards_before) == (2, 1), "percentages are of the staff"
    with store.reading(NOW) as tx:
        guest = load_person(tx, "k0001")
        assert guest is not None
        assert (guest.left_on, guest.kind, guest.sponsor_id) == (None, "contractor", "s0001")
        assert [card.status for card in list_cards(tx, ["k0001"])] == ["active"]


def test_a_line_that_names_somebody_who_is_no_staff_is_an_error(store: Store) -> None:
    apply(store, FILE.encode())
    _invite_contractor(store)
    before = everything(store)
    taken = file(TARO, HANAKO.replace("S0002", "K0001").replace("s0002", "k0001"))
    with pytest.raises(CsvError, match=r"3行目 / line 3, 職員番号: .*職員ではない人"):
        apply(store, taken)
    with store.reading(NOW) as tx, pytest.raises(CsvError, match="line 3"):
        preview_staff(tx, read_staff_file(taken, KEY), ON)
    assert everything(store) == before


def test_a_card_that_a_contractor_has_is_not_taken_by_the_file(store: Store) -> None:
    apply(store, FILE.encode())
    _invite_contractor(store)
    with store.transaction(NOW) as tx:
        [card] = list_cards(tx, ["s0001"])
        upsert_cards(tx, [replace(card, person_id="k0001")])
    with pytest.raises(CsvError, match=r"2行目 / line 2, カード番号: .*職員ではない人"):
        apply(store, FILE.encode())


def test_the_file_leaves_the_tree_of_departments_as_it_stands(store: Store) -> None:
    apply(store, FILE.encode())
    with store.transaction(NOW) as tx:
        [somu] = list_departments(tx)
        upsert_departments(tx, [Department("bu", "総務部"), replace(somu, parent_id="bu")])
    assert apply(store, FILE.encode()).is_empty
    with store.reading(NOW) as tx:
        assert {each.id: each.parent_id for each in list_departments(tx)} == {"bu": None, "somu": "bu"}


def everything(store: Store) -> tuple[object, ...]:
    with store.reading(NOW) as tx:
        return list_persons(tx), list_cards(tx), list_departments(tx), list_level_grants(tx)
