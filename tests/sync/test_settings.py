"""A missing or wrong setting stops the connector with its name and what was expected."""

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"inbox_dir": None}, "inbox_dir"),
        ({"database_url": '"mysql://x"'}, "database_url"),
        ({"profile": '"edo"'}, "profile"),
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
