"""A month of a real city to a folder: files that others can open, closed months told by version, refusals by name."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from contract.month_version import hash_month, write_month
from domain.attendance.closing import MonthAct, MonthStanding, MonthState
from domain.attendance.month import derive_month
from domain.civil import civil_minute
from sekisho.sync import app
from store.closings import MonthStep, MonthVersion, insert_steps, insert_versions, save_standings
from store.months import load_month_facts
from store.orders import OvertimeOrder, insert_order
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store, Tx
from sync.jobs.print_papers import NoSheetError, load_papers, print_papers
from tests.profiles import HAGI
from tests.sync.desks import DECEMBER, at, put_city, settings

PERIOD = "2025-11"


@pytest.fixture
def city(store: Store) -> Store:
    put_city(store, "葛\U000e0100城 太郎", "吉田 花子")
    with store.transaction(DECEMBER) as tx:
        upsert_departments(tx, [Department("../tax", "税務課")])
        upsert_persons(tx, [Person("p9", "毛利 次郎\U0002ffff", "モウリ ジロウ", "../tax")])
    return store


def text_of(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages]


def close(tx: Tx, person_id: str) -> str:
    content = write_month(derive_month(load_month_facts(tx, person_id, PERIOD, HAGI)), PERIOD, HAGI)
    told = hash_month(content)
    insert_versions(tx, [MonthVersion(person_id, PERIOD, 1, "hagi", content, told, "p2", tx.now)])
    save_standings(tx, [MonthStanding(person_id, PERIOD, MonthState.closed, told, 1)])
    acts = (MonthAct.confirm, MonthAct.send_back, MonthAct.confirm, MonthAct.confirm_as_head)
    steps = [
        MonthStep(person_id, PERIOD, act, "p2", tx.now + timedelta(days=number), told, "理由")
        for number, act in enumerate(acts)
    ]
    insert_steps(tx, steps)
    return told


def test_one_file_for_each_department_and_nothing_outside_the_folder(city: Store, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    with city.reading(DECEMBER) as tx:
        printed = print_papers(tx, load_papers(tx, PERIOD, HAGI), folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in printed.files)
    assert [path.name for path in tmp_path.iterdir()] == ["papers"]
    book = text_of(folder / "attendance_book_2025-11_general.pdf")
    assert ["葛\U000e0100城 太郎" in book[0], "吉田 花子" in book[1]] == [True, True]
    assert (folder / "month_2025-11_..%2Ftax.xlsx").stat().st_size > 0
    assert printed.undrawable == {"p9": ("\U0002ffff",)}


def test_one_file_for_each_person_of_a_department(city: Store, tmp_path: Path) -> None:
    with city.reading(DECEMBER) as tx:
        print_papers(tx, load_papers(tx, PERIOD, HAGI, "general"), tmp_path, by="person")
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == [
        f"{what}_2025-11_p{n}.pdf" for what in ("attendance_book", "overtime_orders") for n in (1, 2)
    ]


def test_a_closed_month_names_its_version_and_what_came_after_it(city: Store) -> None:
    with city.transaction(DECEMBER) as tx:
        told = close(tx, "p1")
        standing = load_papers(tx, PERIOD, HAGI).sheets[-2].standing
    assert (standing.version, standing.content_hash, standing.is_changed) == (1, told, False)
    days = [civil_minute(DECEMBER + timedelta(days=number))[0].isoformat() for number in (2, 3)]
    assert [standing.confirmed, standing.head_confirmed] == days
    with city.transaction(DECEMBER) as tx:
        insert_order(tx, OvertimeOrder("late", "p1", at(20, "05:00"), at(20, "06:00"), "除雪", "p2", DECEMBER))
        papers = load_papers(tx, PERIOD, HAGI)
    assert papers.sheets[-2].standing.is_changed
    assert (papers.notes["late"].reason, papers.notes["late"].ordered_by) == ("除雪", "吉田 花子")


def test_nobody_to_print(city: Store) -> None:
    with city.reading(DECEMBER) as tx, pytest.raises(NoSheetError, match=r"none: .* / nobody to print"):
        load_papers(tx, PERIOD, HAGI, "none")


def test_by_hand(city: Store, tmp_path: Path) -> None:
    settings(tmp_path, city.url)
    file = tmp_path / "sync.toml"
    file.write_text(
        f'database_url = "{city.url}"\nsite_key_file = "site.key"\ninbox_dir = "i"\npayroll_dir = "p"\n',
        encoding="utf-8",
    )
    where = ["--config", str(file), "--to", str(tmp_path / "out")]
    told = CliRunner().invoke(app, ["print-papers", PERIOD, *where])
    assert told.exit_code == 0, told.stderr
    assert "3 人 · 6 files" in told.stdout
    assert "p9 U+2FFFF" in told.stdout
    for wrong in (["print-papers", "2025-13", *where], ["print-papers", PERIOD, "--department", "x", *where]):
        assert CliRunner().invoke(app, wrong).exit_code == 2
