"""Papers on order: made once by whoever claims them, told how far, failed with a reason, taken up after a crash."""

import io
import logging
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from domain.attendance.paper import PaperKind, PaperOrder, PaperState
from domain.attendance.pay_line import LineState
from store.papers import (
    Paper,
    claim_paper,
    insert_paper,
    list_papers,
    list_papers_of,
    load_paper,
    load_paper_content,
    save_paper_made,
    save_progress,
)
from store.papers import PaperFile as File
from store.pay_checks import list_pay_checks, list_pay_differences, load_payroll_form
from store.pay_overview import count_batch_states
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from sync.jobs.forget_papers import forget_old_papers
from sync.jobs.make_papers import ATTEMPTS_MAX, STALE_AFTER, PaperMaker
from tests.gateway.months.city import PERIOD, CityHall
from tests.sync.closed_city import close_for, firing_desk, found_city


@pytest.fixture
def hall(store: Store) -> CityHall:
    return found_city(store, "𠮷田 太郎", "萩 花子")


def ask(hall: CityHall, kind: PaperKind, given: bytes | None = None, **scope: str) -> str:
    with hall.store.transaction(hall.later()) as tx:
        paper_id = f"{kind}-{hall.now:%H%M}"
        assert insert_paper(tx, PaperOrder(paper_id, kind, PERIOD, "jinji", **scope), given)
    return paper_id


def look(hall: CityHall, paper_id: str) -> tuple[Paper, bytes]:
    with hall.store.reading(hall.later()) as tx:
        found = load_paper(tx, paper_id)
        assert found is not None
        return found, load_paper_content(tx, paper_id) or b""


def make(
    hall: CityHall, folder: Path, kind: PaperKind, given: bytes | None = None, **scope: str
) -> tuple[Paper, bytes]:
    paper_id = ask(hall, kind, given, **scope)
    assert PaperMaker(firing_desk(hall, folder)).make_next()
    return look(hall, paper_id)


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_one_person_one_department_and_everybody(hall: CityHall, tmp_path: Path) -> None:
    with hall.store.transaction(hall.later()) as tx:
        upsert_departments(tx, [Department("../tax", "税務課")])
        upsert_persons(tx, [Person("p9", "毛利 次郎", "モウリ ジロウ", "../tax")])
    own, content = make(hall, tmp_path, PaperKind.attendance_book, person_id="p1")
    assert (own.state, own.of_person, own.size_bytes) == (PaperState.done, "𠮷田 太郎", len(content))
    assert own.file_name == "出勤簿_2025-11_p1_𠮷田_太郎.pdf"
    assert "𠮷田 太郎" in text_of(content)
    some, content = make(hall, tmp_path, PaperKind.overtime_orders, department_id="general")
    assert (some.of_department, some.media_type) == ("総務課", "application/pdf")
    assert len(PdfReader(io.BytesIO(content)).pages) >= 1
    whole, content = make(hall, tmp_path, PaperKind.attendance_book)
    assert (whole.done, whole.parts, whole.file_name) == (2, 2, "出勤簿_2025-11.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["出勤簿_2025-11____tax_税務課.pdf", "出勤簿_2025-11_general_総務課.pdf"]
    book, content = make(hall, tmp_path, PaperKind.workbook)
    assert book.file_name == "勤務集計_2025-11.xlsx"
    assert {row[0].value for row in load_workbook(io.BytesIO(content))["集計"].iter_rows(min_row=2)} >= {"p1", "p9"}


def test_nobody_to_print_is_said_in_both_languages(hall: CityHall, tmp_path: Path) -> None:
    with hall.store.transaction(hall.later()) as tx:
        upsert_departments(tx, [Department("empty", "空課")])
    failed, content = make(hall, tmp_path, PaperKind.attendance_book, department_id="empty")
    assert (failed.state, content) == (PaperState.failed, b"")
    assert "印刷する職員がいません / nobody to print" in failed.words


def test_an_order_is_made_once_and_by_whoever_claimed_it_last(hall: CityHall) -> None:
    paper_id = ask(hall, PaperKind.attendance_book, person_id="p1")
    with hall.store.transaction(hall.later()) as tx:
        assert not insert_paper(tx, PaperOrder(paper_id, PaperKind.workbook, PERIOD, "other"))
        first = claim_paper(tx, stale_before=tx.now - STALE_AFTER)
        assert first is not None
        assert claim_paper(tx, stale_before=tx.now - STALE_AFTER) is None
        assert save_progress(tx, first, 1, 4)
    hall.now += STALE_AFTER + timedelta(minutes=1)
    with hall.store.transaction(hall.later()) as tx:
        second = claim_paper(tx, stale_before=tx.now - STALE_AFTER)
        assert second is not None
        assert second.attempt == 2
        assert not save_progress(tx, first, 2, 4), "it is another maker's"
        assert not save_paper_made(tx, first, File("a", "b", b"old"))
        assert save_paper_made(tx, second, File("a", "b", b"new"))
    assert look(hall, paper_id)[1] == b"new"


def test_a_paper_that_stops_its_maker_again_and_again_is_given_up(hall: CityHall, tmp_path: Path) -> None:
    paper_id = ask(hall, PaperKind.attendance_book, person_id="p1")
    for _ in range(ATTEMPTS_MAX):
        with hall.store.transaction(hall.later()) as tx:
            assert claim_paper(tx, stale_before=tx.now - STALE_AFTER)
        hall.now += STALE_AFTER + timedelta(minutes=1)
    assert PaperMaker(firing_desk(hall, tmp_path)).make_next()
    found, _ = look(hall, paper_id)
    assert (found.state, "何度も止まりました" in found.words) == (PaperState.failed, True)


def test_what_nobody_thought_of_names_its_place_and_no_person(
    hall: CityHall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = firing_desk(hall, tmp_path)
    paper_id = ask(hall, PaperKind.pay_file)
    close_for(hall, ["p2"])
    (tmp_path / "payroll").write_text("a file where the folder should be")
    with caplog.at_level(logging.INFO):
        assert PaperMaker(desk).make_next()
    found, _ = look(hall, paper_id)
    assert (found.state, "FileExistsError at" in found.words) == (PaperState.failed, True)
    assert "花子" not in caplog.text


def test_the_pay_file_its_unfit_characters_and_what_is_left(hall: CityHall, tmp_path: Path) -> None:
    nothing, _ = make(hall, tmp_path, PaperKind.pay_file)
    assert "渡すものはありません" in nothing.words
    close_for(hall, ["p1", "p2"])
    refused, _ = make(hall, tmp_path, PaperKind.pay_file)
    assert (refused.state, "U+20BB7" in refused.words) == (PaperState.failed, True)
    listed, content = make(hall, tmp_path, PaperKind.pay_characters)
    assert "1 / 2 人" in listed.words
    assert content.decode("utf-8-sig").splitlines()[1].startswith("p1,𠮷田 太郎,general,")
    partial, content = make(hall, tmp_path, PaperKind.pay_file_partial)
    assert (partial.state, "p1" in partial.words) == (PaperState.done, True)
    assert content == next((tmp_path / "payroll").iterdir()).read_bytes()
    again, _ = make(hall, tmp_path, PaperKind.pay_file_partial)
    assert (again.state, "p1" in again.words) == (PaperState.failed, True)


def test_their_list_confirms_what_agrees_and_names_what_differs(hall: CityHall, tmp_path: Path) -> None:
    with hall.store.transaction(hall.later()) as tx:
        upsert_persons(tx, [Person("p1", "吉田 太郎", "カナ", "general")])
    close_for(hall, ["p1", "p2"])
    _, ours = make(hall, tmp_path, PaperKind.pay_file)
    theirs = ours.replace("吉田 太郎".encode("cp932"), "変更後".encode("cp932"))
    same, _ = make(hall, tmp_path, PaperKind.pay_check, given=theirs)
    assert "差異 0" in same.words
    head, _, second, *_ = theirs.split(b"\r\n")
    lacking, report = make(hall, tmp_path, PaperKind.pay_check, given=b"\r\n".join([head, second, second, b""]))
    assert "missing there" in report.decode("utf-8-sig")
    broken, _ = make(hall, tmp_path, PaperKind.pay_check, given=b"a,b\r\n1,2\r\n")
    assert "見出しが一つずつ必要です" in broken.words
    with hall.store.reading(hall.later()) as tx:
        latest, earlier = list_pay_checks(tx, PERIOD)
        assert (earlier.differences, earlier.confirmed > 0, latest.confirmed) == (0, True, 0)
        told = list_pay_differences(tx, latest.id, limit=99)
        assert {(each.person_id, each.difference) for each in told} >= {("p1", "missing_there"), ("p2", "listed_twice")}
        assert all(states.keys() == {LineState.confirmed} for states in count_batch_states(tx, PERIOD).values())
    assert lacking.state is PaperState.done


def test_the_form_is_told_with_what_is_wrong_with_it(hall: CityHall, tmp_path: Path) -> None:
    PaperMaker(firing_desk(hall, tmp_path)).tell_form()
    PaperMaker(firing_desk(hall, tmp_path, payroll_layout="ipknowledge")).tell_form()
    with hall.store.reading(hall.later()) as tx:
        form = load_payroll_form(tx)
    assert form is not None
    assert (form.layout, "対応表" in form.trouble) == ("ipknowledge", True)


def test_papers_are_listed_and_forgotten_once_they_are_old(hall: CityHall, tmp_path: Path) -> None:
    done, _ = make(hall, tmp_path, PaperKind.workbook, department_id="general")
    waiting = ask(hall, PaperKind.attendance_book, person_id="p1")
    with hall.store.transaction(hall.later() + timedelta(days=15)) as tx:
        assert [each.order.id for each in list_papers(tx, "jinji", limit=9)] == [waiting, done.order.id]
        of_kind = list_papers_of(tx, PERIOD, frozenset({PaperKind.workbook}), limit=9)
        assert [each.order.id for each in of_kind] == [done.order.id]
        assert forget_old_papers(tx, 14) == 1
        assert [each.order.id for each in list_papers(tx, "jinji", limit=9)] == [waiting]
