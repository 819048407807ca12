"""A file's way into force: seen, on its day, whole or not at all, a mass change after a second person, once."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from contract.hr_file import HrFileKind
from store.alarms import list_open_alarms
from store.hr_files import (
    HrFileState,
    NewHrFile,
    insert_hr_file,
    list_hr_files,
    load_content,
    save_agreed,
    save_brought_again,
    save_preview,
    save_settled,
)
from store.hr_sources import list_column_mappings, save_column_mapping
from store.hr_summary import HrSummary
from store.people import list_persons
from store.posts import list_posts
from store.tx import Store
from sync.jobs.apply_hr_files import apply_ready
from sync.jobs.hr_kinds import KINDS
from sync.jobs.import_hr_files import import_hr_files
from sync.jobs.preview_hr_files import HrDesk
from sync.jobs.table import JOBS
from sync.schedule import Clock
from tests.sync.desks import DECEMBER, desk, settings
from tests.sync.hr_room import ON, bring, files, go_round, hr_desk, put_staff, staff_csv, states, workbook

FIVE = ("s1", "s2", "s3", "s4", "s5")
APRIL = date(2026, 4, 1)


def names(at: HrDesk) -> dict[str, str]:
    with at.store.reading(at.now) as tx:
        return {who.id: who.name for who in list_persons(tx)}


def leaving(at: HrDesk) -> list[str]:
    with at.store.reading(at.now) as tx:
        return [who.id for who in list_persons(tx) if who.left_on is not None]


def alarms(at: HrDesk) -> list[tuple[str, str]]:
    with at.store.reading(at.now) as tx:
        return sorted((each.alarm.kind, each.alarm.subject) for each in list_open_alarms(tx))


def test_a_file_is_seen_first_and_changes_something_on_its_day(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    file_id, is_new = bring(at, "staff", staff_csv(*FIVE, "s6"), APRIL)
    assert is_new
    [file] = files(at)
    assert (file.state, file.summary.added, file.summary.unchanged) == (HrFileState.previewed, 1, 5)
    assert file.summary.added_keys == ("s6",)
    assert go_round(at, APRIL - timedelta(days=1)) == ["previewed"]
    assert "s6" not in names(at)
    with store.reading(DECEMBER) as tx:
        assert "職員".encode() not in load_content(tx, file_id), "what waits in the database is sealed"
    assert go_round(at, APRIL) == ["applied"]
    assert "s6" in names(at)
    with store.reading(DECEMBER) as tx:
        assert load_content(tx, file_id) == b""
    assert files(at)[0].summary == HrSummary(added=1, unchanged=5)


def test_a_difference_names_the_field_before_and_after(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    bring(at, "staff", staff_csv(*FIVE).replace("職員 s1".encode(), "萩 太郎".encode()))
    [file] = files(at)
    assert [tuple(each) for each in file.summary.differences] == [("s1", "name", "職員 s1", "萩 太郎")]
    assert (file.state, file.summary.percent) == (HrFileState.previewed, 20)


def test_a_mass_change_waits_for_a_second_person_and_tells_it(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    file_id, _ = bring(at, "staff", staff_csv("s1", "s2", "s3"))
    assert go_round(at) == ["waits"]
    assert leaving(at) == []
    assert alarms(at) == [("hr_file_waits", "staff")]
    assert files(at)[0].summary.left_keys == ("s4", "s5")
    with store.transaction(DECEMBER) as tx:
        assert save_agreed(tx, file_id, by="buchou")
        assert not save_agreed(tx, file_id, by="another")
    assert go_round(at) == ["applied"]
    assert leaving(at) == ["s4", "s5"]
    assert files(at)[0].agreed_by == "buchou"


def test_nobody_agrees_to_their_own_file(store: Store, tmp_path: Path) -> None:
    with store.transaction(DECEMBER) as tx:
        new = NewHrFile("staff", "desk", "a", "0" * 64, b"", ON, brought_by="jinji")
        file_id, _ = insert_hr_file(tx, new)
        save_preview(tx, file_id, HrFileState.waits, HrSummary(percent=50))
        assert not save_agreed(tx, file_id, by="jinji")
        assert save_agreed(tx, file_id, by="buchou")


def test_more_than_was_agreed_waits_again(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    file_id, _ = bring(at, "staff", staff_csv("s1", "s2", "s3"), APRIL)
    with store.transaction(DECEMBER) as tx:
        assert save_agreed(tx, file_id, by="buchou")
    put_staff(store, "s6", "s7", "s8", "s9")
    assert go_round(at, APRIL) == ["waits"]
    assert (files(at)[0].agreed_by, leaving(at)) == (None, [])


def test_a_wrong_file_is_refused_whole_with_its_reasons(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    before = names(at)
    bring(at, "staff", staff_csv("s1", "s6", "s 7"))
    [file] = files(at)
    assert file.state is HrFileState.refused
    assert file.summary.faults[0].startswith("4行目 / line 4, 職員番号")
    assert (names(at), alarms(at)) == (before, [("hr_file_refused", "staff")])
    bring(at, "staff", staff_csv(*FIVE))
    assert go_round(at) == ["refused", "applied"]


def test_columns_nobody_knows_wait_until_somebody_says_what_they_mean(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    heading = "コード,氏名,フリガナ,所属コード,所属名,血液型"
    data = "\n".join([heading, *(f"{each},職員 {each},ショクイン,somu,総務課,A" for each in (*FIVE, "s6"))]).encode()
    file_id, _ = bring(at, "staff", data)
    [file] = files(at)
    assert (file.state, file.summary.headings[0]) == (HrFileState.unmapped, "コード")
    assert any("staff_no" in fault for fault in file.summary.faults)
    assert alarms(at) == [("hr_file_unmapped", "staff")]
    with store.transaction(DECEMBER) as tx:
        said = {**file.summary.guess, "コード": "staff_no", "血液型": ""}
        save_column_mapping(tx, "staff", "folder", said, by="jinji")
        assert save_brought_again(tx, file_id)
        assert not save_brought_again(tx, file_id)
        assert [(each.kind, each.source, each.saved_by) for each in list_column_mappings(tx)] == [
            ("staff", "folder", "jinji")
        ]
    assert go_round(at) == ["applied"]
    bring(at, "staff", data.replace(b"s6", b"s7"), ON + timedelta(days=1))
    assert files(at)[1].state is HrFileState.previewed, "the next file of the source is read by the same words"
    bring(at, "staff", data.replace(b"s6", b"s8"), ON, source="desk")
    assert files(at)[2].state is HrFileState.unmapped, "another source has columns of its own"


def test_the_same_file_is_one_and_an_earlier_one_may_come_back(store: Store, tmp_path: Path) -> None:
    at = hr_desk(store, tmp_path, percent_max=100)
    first, second = staff_csv(*FIVE), staff_csv(*FIVE, name="新 {}")
    assert bring(at, "staff", first)[1]
    assert not bring(at, "staff", first)[1]
    assert go_round(at) == ["applied"]
    assert not bring(at, "staff", first)[1], "it was applied last"
    bring(at, "staff", second)
    go_round(at)
    assert bring(at, "staff", first)[1], "HR takes the second one back"
    assert go_round(at) == ["applied"] * 3
    assert names(at)["s1"] == "職員 s1"


def test_a_later_file_speaks_over_one_that_still_waits(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    file_id, _ = bring(at, "staff", staff_csv("s1"))
    bring(at, "staff", staff_csv(*FIVE, "s6"))
    assert go_round(at) == ["refused", "applied"]
    assert "took its place" in files(at)[0].summary.faults[0]
    with store.transaction(DECEMBER) as tx:
        assert not save_agreed(tx, file_id, by="buchou")
        assert not save_settled(tx, file_id, HrFileState.applied, HrSummary())


def test_posts_may_name_people_whom_a_staff_file_of_the_same_day_brings(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    bring(at, "staff", staff_csv(*FIVE, "s6"), APRIL)
    bring(at, "posts", "職員番号,所属コード,区分\ns6,zeimu,兼務\n".encode(), APRIL)
    assert states(at) == ["previewed", "previewed"]
    assert "s6" not in names(at), "looking ahead writes nothing"
    assert go_round(at, APRIL) == ["applied", "applied"]
    with store.reading(DECEMBER) as tx:
        assert [(post.department_id, post.kind) for post in list_posts(tx, "s6")] == [
            ("somu", "regular"),
            ("zeimu", "concurrent"),
        ]


def test_posts_stay_back_while_the_staff_file_before_them_waits(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path)
    file_id, _ = bring(at, "staff", staff_csv("s1", "s6"))
    bring(at, "posts", "職員番号,所属コード,区分\ns6,zeimu,兼務\n".encode())
    assert go_round(at) == ["waits", "previewed"]
    with store.transaction(DECEMBER) as tx:
        assert save_agreed(tx, file_id, by="buchou")
    assert go_round(at) == ["applied", "applied"]


def test_a_file_sealed_under_another_key_is_refused_with_what_to_do(store: Store, tmp_path: Path) -> None:
    at = hr_desk(store, tmp_path)
    other = replace(at, site_key=bytes(32))
    bring(other, "staff", staff_csv(*FIVE))
    assert states(at) == ["refused"]
    assert "site.key" in files(at)[0].summary.faults[0]


def test_two_that_apply_at_once_apply_once(store: Store, tmp_path: Path) -> None:
    at = hr_desk(store, tmp_path)
    bring(at, "leave", "職員番号,休暇種別,基準日,分\n".encode())
    put_staff(store, *FIVE)
    bring(at, "leave", "職員番号,休暇種別,基準日,分\ns1,annual,2025-12-01,60\n".encode())
    other = Store(store.url)
    desks = [at, replace(at, store=other)]
    start, applied = threading.Barrier(2), list[int]()

    def run(each: HrDesk) -> None:
        start.wait()
        applied.append(len(apply_ready(each, ON)))

    threads = [threading.Thread(target=run, args=(each,)) for each in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert sum(applied) == 2
    assert states(at) == ["applied", "applied"]


def test_two_processes_that_look_at_one_folder_take_it_once(store: Store, tmp_path: Path) -> None:
    given = settings(tmp_path, store.url)
    given.inbox_dir.mkdir()
    (given.inbox_dir / "staff.xlsx").write_bytes(
        workbook(("職員番号", "氏名", "フリガナ", "所属コード", "所属名"), ("s1", "萩 太郎", "ハギ", "somu", "総務課"))
    )
    other = Store(store.url)
    jobs = {"import_hr_files": JOBS["import_hr_files"]}
    clocks = [Clock(desk(each, tmp_path), jobs) for each in (store, other)]
    start = threading.Barrier(2)

    def look(clock: Clock) -> None:
        start.wait()
        clock.look("import_hr_files")

    threads = [threading.Thread(target=look, args=(clock,)) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    with store.reading(DECEMBER) as tx:
        assert [file.state for file in list_hr_files(tx)] == [HrFileState.applied]
        assert [who.id for who in list_persons(tx)] == ["s1"]
    assert len(list((given.inbox_dir / "done").iterdir())) == 1
    assert list(given.inbox_dir.glob("*.xlsx")) == []


@pytest.mark.parametrize("name", ["shokuin.csv", "staff@2026-02-31.csv", "staff@4gatsu.xlsx", "roster2.csv"])
def test_a_name_in_the_folder_that_means_nothing_is_set_aside_with_what_to_do(
    store: Store, tmp_path: Path, name: str
) -> None:
    given = settings(tmp_path, store.url)
    given.inbox_dir.mkdir()
    (given.inbox_dir / name).write_bytes(b"x")
    (given.inbox_dir / "staff.csv.part").write_bytes(b"still being written")
    assert import_hr_files(store, given, ON, DECEMBER) == "taken 1, waiting 0"
    [reasons] = (given.inbox_dir / "refused").glob("*.txt")
    assert "名前が違います" in reasons.read_text(encoding="utf-8")
    assert (given.inbox_dir / "staff.csv.part").exists()


def test_every_kind_of_file_may_come_through_every_door() -> None:
    assert list(KINDS) == [kind.value for kind in HrFileKind]


def test_the_day_in_a_files_name_is_when_it_takes_effect(store: Store, tmp_path: Path) -> None:
    given = settings(tmp_path, store.url)
    given.inbox_dir.mkdir()
    (given.inbox_dir / "staff@2026-04-01.csv").write_bytes(staff_csv("s1"))
    assert import_hr_files(store, given, ON, DECEMBER) == "taken 1, waiting 1"
    assert import_hr_files(store, given, APRIL, DECEMBER) == "staff: added 2, changed 0, left 0; taken 0, waiting 0"
