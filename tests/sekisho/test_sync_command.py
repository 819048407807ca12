"""``sekisho sync`` by hand: preview before change, a month's file, one job now; refusals end with code 2."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sekisho.sync import app
from store.tx import Store
from tests.sync.closed_city import close_for, found_city
from tests.sync.desks import KEY
from tests.sync.faulty_payroll import CODE, freee_settings, payroll_service
from tests.sync.test_staff_file import FILE


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Path:
    (tmp_path / "site.key").write_text(KEY.hex())
    (tmp_path / "site.key").chmod(0o600)
    file = tmp_path / "sync.toml"
    file.write_text(
        f'database_url = "{sqlite_url}"\nsite_key_file = "site.key"\ninbox_dir = "inbox"\npayroll_dir = "payroll"\n'
    )
    return file


def run(config: Path, *words: str, given: str | None = None) -> Any:
    return CliRunner().invoke(app, [*words, "--config", str(config)], input=given)


def test_a_file_is_handed_in_shown_and_applied_on_its_day(config: Path, tmp_path: Path) -> None:
    staff = tmp_path / "staff.csv"
    staff.write_bytes(FILE.encode("cp932"))
    shown = run(config, "hand-in", "staff", str(staff))
    assert shown.exit_code == 0, shown.stderr
    assert "waits for its day" in shown.stdout
    assert "added 3" in shown.stdout
    assert "staff: added 3" in run(config, "run-job", "import_hr_files").stdout
    assert "in force" in run(config, "hand-in", "staff", str(staff)).stdout


def test_a_wrong_file_is_refused_and_a_mass_change_waits_for_the_page(config: Path, tmp_path: Path) -> None:
    staff = tmp_path / "staff.csv"
    staff.write_text(FILE.replace("常勤", "嘱託"), encoding="utf-8")
    told = run(config, "hand-in", "staff", str(staff))
    assert (told.exit_code, told.stderr.startswith("2行目 / line 2, 雇用区分")) == (2, True)
    staff.write_text(FILE, encoding="utf-8")
    run(config, "hand-in", "staff", str(staff))
    run(config, "run-job", "import_hr_files")
    staff.write_text("\n".join(FILE.splitlines()[:1] + FILE.splitlines()[2:]), encoding="utf-8")
    assert "agree on the page" in run(config, "hand-in", "staff", str(staff)).stdout
    assert "waiting" in run(config, "run-job", "import_hr_files").stdout


def test_a_closed_month_is_handed_over_once(config: Path, sqlite_url: str, tmp_path: Path) -> None:
    store = Store(sqlite_url)
    hall = found_city(store, "𠮷田 太郎", "萩 花子")
    assert "nothing is due" in run(config, "hand-over-pay", "2025-11").stdout
    close_for(hall, ["p1", "p2"])
    store.close()
    assert "U+20BB7" in run(config, "hand-over-pay", "2025-11").stderr
    told = run(config, "hand-over-pay", "2025-11", "--without-unfit").stdout
    (laid,) = (tmp_path / "payroll").iterdir()
    assert str(laid) in told
    assert "left out: p1" in told


@pytest.mark.parametrize("words", [("hand-over-pay", "2025-13"), ("run-job", "sweep")])
def test_what_cannot_be_is_refused(config: Path, words: tuple[str, ...]) -> None:
    told = run(config, *words)
    assert (told.exit_code, told.stdout) == (2, "")
    assert words[1] in told.stderr


def test_run_job_does_one_job_now(config: Path) -> None:
    told = run(config, "run-job", "fill_calendar")
    assert told.stdout.startswith("fill_calendar: done: years changed")


def test_a_database_of_another_version_is_named(config: Path, tmp_path: Path) -> None:
    config.write_text("\n".join([f'database_url = "sqlite:///{tmp_path}/o.db"', *config.read_text().splitlines()[1:]]))
    told = run(config, "hand-over-pay", "2025-11")
    assert told.exit_code == 2
    assert "schema" in told.stderr


def test_a_missing_setting_ends_the_program_with_its_name(config: Path) -> None:
    config.write_text(config.read_text().replace("inbox_dir", "inbox"))
    told = run(config, "run")
    assert told.exit_code == 2
    assert "inbox_dir" in told.stderr


def test_freee_is_authorised_by_what_stands_in_a_file_or_comes_in(config: Path, tmp_path: Path) -> None:
    told = run(config, "freee-authorise", given=CODE)
    assert (told.exit_code, "設定がありません" in told.stderr) == (2, True)
    with payroll_service() as service:
        lines = (f"{name} = {json.dumps(value)}" for name, value in freee_settings(service, tmp_path).items())
        config.write_text(config.read_text() + "\n".join(["[freee]", *lines]))
        assert "freee was never authorised" not in run(config, "run-job", "keep_payroll_access").stdout
        for wrong in ("", "two words", "{}", "another-code"):
            told = run(config, "freee-authorise", given=wrong)
            assert (told.exit_code, service.grants) == (2, 0), wrong
        assert "another-code" not in told.output
        assert "is authorised" in run(config, "freee-authorise", given=f"{CODE}\n").stdout
        pair = tmp_path / "pair.json"
        pair.write_text(json.dumps({"refresh_token": service.refresh}))
        assert "is authorised" in run(config, "freee-authorise", "--file", str(pair)).stdout
        assert (service.grants, service.token) == (2, "access-2")
        assert "done: holds" in run(config, "run-job", "keep_payroll_access").stdout
