"""The doors in the settings: a wrong one stops the connector with its name, before anything is asked."""

from pathlib import Path

import pytest

from sync.hr.source_settings import HttpsSource, SftpSource
from sync.settings import SettingsError, SyncSettings, load_sync_settings
from tests.sync.test_settings import write

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHl1bml0cyBvZiBhIHRlc3Q"
SFTP = {
    "way": "sftp",
    "name": "jinji",
    "kind": "staff",
    "host": "hr.example",
    "user": "sekisho",
    "key_file": "key",
    "host_key": HOST_KEY,
    "path": "/out/staff.csv",
}
HTTPS = {
    "way": "https",
    "name": "kyuuka",
    "kind": "leave",
    "url": "https://hr.example/leave.csv",
    "token_file": "key",
    "ca_file": "key",
}


def load(folder: Path, *sources: dict[str, str]) -> SyncSettings:
    (folder / "key").write_text("secret")
    (folder / "key").chmod(0o600)
    file = write(folder)
    tables = [
        "\n".join(["[[hr_sources]]", *(f'{name} = "{value}"' for name, value in each.items())]) for each in sources
    ]
    file.write_text("\n".join([file.read_text(), *tables]))
    return load_sync_settings(file)


def test_each_way_is_read_and_paths_count_from_the_file(tmp_path: Path) -> None:
    sftp, https = load(tmp_path, SFTP, HTTPS).hr_sources
    assert isinstance(sftp, SftpSource)
    assert isinstance(https, HttpsSource)
    assert (sftp.port, sftp.key_file, https.token_file) == (22, tmp_path / "key", tmp_path / "key")


@pytest.mark.parametrize(
    ("source", "field", "value"),
    [
        (SFTP, "way", "ftp"),
        (SFTP, "name", "folder"),
        (SFTP, "name", "Jinji 1"),
        (SFTP, "kind", "pay"),
        (SFTP, "host", "-oProxyCommand=x"),
        (SFTP, "user", "a b"),
        (SFTP, "key_file", "none"),
        (SFTP, "host_key", "SHA256:abc"),
        (SFTP, "path", ""),
        (SFTP, "password", "x"),
        (HTTPS, "url", "http://hr.example/leave.csv"),
        (HTTPS, "url", "https://me:secret@hr.example/leave.csv"),
        (HTTPS, "ca_file", "none"),
        (HTTPS, "token_file", "none"),
    ],
)
def test_a_wrong_door_is_named(tmp_path: Path, source: dict[str, str], field: str, value: str) -> None:
    with pytest.raises(SettingsError, match=r"hr_sources\.0") as refused:
        load(tmp_path, {**source, field: value})
    assert "secret" not in str(refused.value)


def test_a_name_stands_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="jinji stands twice"):
        load(tmp_path, SFTP, {**HTTPS, "name": "jinji"})


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load(tmp_path, SFTP)
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(SettingsError, match="key_file"):
        load_sync_settings(tmp_path / "sync.toml")
