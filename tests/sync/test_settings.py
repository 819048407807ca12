"""A missing or wrong setting stops the connector with its name and what was expected."""

from datetime import date
from pathlib import Path

import pytest

from contract.attendance_profile import FOLDER
from sync.settings import SettingsError, load_sync_settings

GOOD = {
    "database_url": '"sqlite:///city.db"',
    "site_key_file": '"site.key"',
    "inbox_dir": '"inbox"',
    "payroll_dir": '"payroll"',
}


def write(folder: Path, *, mode: int = 0o600, key: str = "ab" * 32, **changes: str | None) -> Path:
    (folder / "site.key").write_text(key)
    (folder / "site.key").chmod(mode)
    said = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    file = folder / "sync.toml"
    file.write_text("\n".join(f"{name} = {value}" for name, value in said.items()))
    return file


def test_paths_count_from_the_files_folder(tmp_path: Path) -> None:
    found = load_sync_settings(write(tmp_path))
    assert found.database_url == f"sqlite:///{tmp_path}/city.db"
    assert (found.inbox_dir, found.payroll_dir) == (tmp_path / "inbox", tmp_path / "payroll")
    assert (found.profile, found.load_site_key()) == ("hagi", bytes.fromhex("ab" * 32))


def test_rules_with_days_of_force_are_read_as_the_gateway_reads_them(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text((FOLDER / "lsa.toml").read_text(encoding="utf-8"), encoding="utf-8")
    versions = '[{ from_on = 2026-04-01, profile = "new.toml" }]'
    rules = load_sync_settings(write(tmp_path, profile='"hagi"', profiles=versions)).read_rules()
    assert [rules.on(day).name for day in (date(2026, 3, 31), date(2026, 4, 1))] == ["hagi", "lsa"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"inbox_dir": None}, "inbox_dir"),
        ({"database_url": '"mysql://x"'}, "database_url"),
        ({"profile": '"edo"'}, "profile"),
        ({"profiles": '[{ from_on = 2026-04-01, profile = "lsa" }]'}, "より前の規則を指定してください"),
        ({"profile": '"hagi"', "profiles": '[{ from_on = 2026-04-02, profile = "lsa" }]'}, "profiles.0.from_on"),
        ({"payroll_encoding": '"latin-1"'}, "payroll_encoding"),
        ({"payroll_time": '"h,mm"'}, "payroll_time"),
        ({"mass_change_percent": "101"}, "mass_change_percent"),
        ({"colour": '"red"'}, "colour"),
        ({"mode": 0o644}, "site_key_file"),
        ({"key": "abc"}, "site_key_file"),
        ({"site_key_file": '"none.key"'}, "site_key_file"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, changes: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_sync_settings(write(tmp_path, **changes))


def test_a_file_that_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read"):
        load_sync_settings(tmp_path / "none.toml")
    (tmp_path / "sync.toml").write_text("= broken")
    with pytest.raises(SettingsError, match="cannot read"):
        load_sync_settings(tmp_path / "sync.toml")
