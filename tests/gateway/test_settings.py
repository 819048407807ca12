"""A wrong setting stops the program with its name and what was expected."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Address, SettingsError, check_gateway_settings, load_gateway_settings

GOOD = """
database_url = "sqlite:///data/sekisho.db"
site_file = "site.yaml"
signing_key_file = "signing.pem"
site_key_file = "site.key"
names_key_file = "site.key"
public_url = "http://localhost:8080"
listen = "127.0.0.1:8080"

[devices]
listen = "0.0.0.0:8443"
ca_file = "ca.crt"
certificate_file = "server.crt"
key_file = "server.key"

[mqtt]
host = "broker"
ca_file = "ca.crt"
certificate_file = "server.crt"
key_file = "server.key"
shards = [0, 15]
"""


VERSION = """[attendance]
{first}
[[attendance.profiles]]
from_on = {on}
profile = "lsa"
[mqtt]"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("site.yaml", "ca.crt", "server.crt"):
        (tmp_path / name).touch()
    for name in ("signing.pem", "site.key", "server.key"):
        (tmp_path / name).touch(mode=0o600)
    (tmp_path / "gateway.toml").write_text(GOOD)
    return tmp_path


def test_a_good_file_with_paths_beside_it(folder: Path) -> None:
    settings = load_gateway_settings(folder / "gateway.toml")
    assert settings.database_url == f"sqlite:///{folder}/data/sekisho.db"
    assert settings.site_file == folder / "site.yaml"
    assert settings.devices.listen == Address("0.0.0.0", 8443)
    assert settings.mqtt is not None
    assert (settings.mqtt.port, settings.mqtt.client_id, settings.mqtt.shards) == (8883, "gateway", (0, 15))


def test_rules_that_changed_stand_in_a_list(folder: Path) -> None:
    said = VERSION.format(first='profile = "hagi"', on="2026-04-01")
    (folder / "gateway.toml").write_text(GOOD.replace("[mqtt]", said))
    found = load_gateway_settings(folder / "gateway.toml").attendance.read_profiles()
    assert [found.on(day).profile.name for day in (date(2026, 3, 31), date(2026, 4, 1))] == ["hagi", "lsa"]


def test_without_a_broker_devices_come_over_https(folder: Path) -> None:
    (folder / "gateway.toml").write_text(GOOD.partition("[mqtt]")[0])
    assert load_gateway_settings(folder / "gateway.toml").mqtt is None


def test_home_assistant_is_off_and_hears_it_from_the_broker(folder: Path) -> None:
    settings = load_gateway_settings(folder / "gateway.toml")
    assert (settings.home_assistant.announces, settings.home_assistant.prefix) == (False, "homeassistant")
    (folder / "gateway.toml").write_text(GOOD.partition("[mqtt]")[0] + "[home_assistant]\nannounces = true\n")
    with pytest.raises(SettingsError, match=r"home_assistant.announces: expected \[mqtt\]"):
        load_gateway_settings(folder / "gateway.toml")


@pytest.mark.parametrize(
    ("old", "new", "name", "expected"),
    [
        ('database_url = "sqlite:///data/sekisho.db"', "", "database_url", "required"),
        ("sqlite:///data/sekisho.db", "mysql://x", "database_url", "postgresql+psycopg://"),
        ('"site.yaml"', '"nowhere.yaml"', "site_file", "there is none at"),
        ('"127.0.0.1:8080"', '"127.0.0.1"', "listen", "host:port"),
        ('"127.0.0.1:8080"', '"127.0.0.1:99999"', "listen", "host:port"),
        ('"0.0.0.0:8443"', '":8443"', "devices.listen", "host:port"),
        ('"127.0.0.1:8080"', '"0.0.0.0:8080"', "listen", "plain HTTP"),
        ("shards = [0, 15]", "shards = [16]", "mqtt.shards.0", "less than 16"),
        ("shards = [0, 15]", "shards = []", "mqtt.shards", "at least 1"),
        ("http://localhost:8080", "localhost", "public_url", "pattern"),
        ("[devices]", "surprise = 1\n[devices]", "surprise", "not permitted"),
        ("[mqtt]", '[home_assistant]\nprefix = "sekisho"\n[mqtt]', "home_assistant.prefix", "another word"),
        ("[mqtt]", '[home_assistant]\nprefix = "a/#"\n[mqtt]', "home_assistant.prefix", "pattern"),
        ("[mqtt]", VERSION.format(first="", on="2026-04-02"), "attendance.profiles.0.from_on", "月の初日"),
        ("[mqtt]", VERSION.format(first="", on="2026-04-01"), "attendance", "profile: 2026-04-01 より前の規則"),
    ],
)
def test_each_wrong_setting_is_named(folder: Path, old: str, new: str, name: str, expected: str) -> None:
    (folder / "gateway.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SettingsError) as told:
        load_gateway_settings(folder / "gateway.toml")
    assert name in str(told.value)
    assert expected in str(told.value)


def test_a_city_s_forms_of_payout_files_are_read_at_the_start(folder: Path) -> None:
    text = (folder / "gateway.toml").read_text()
    (folder / "gateway.toml").write_text(f'payout_layouts_folder = "forms"\n{text}')
    with pytest.raises(SettingsError, match="payout_layouts_folder: expected a folder"):
        load_gateway_settings(folder / "gateway.toml")
    (folder / "forms").mkdir()
    (folder / "forms/ours.toml").write_text('name = "ours"')
    with pytest.raises(SettingsError, match=r"ours.toml: title"):
        load_gateway_settings(folder / "gateway.toml")
    (folder / "forms/ours.toml").unlink()
    assert "generic" in load_gateway_settings(folder / "gateway.toml").read_payout_layouts()


def test_a_secret_that_others_may_read_stops_the_program(folder: Path) -> None:
    (folder / "site.key").chmod(0o640)
    with pytest.raises(SettingsError, match=r"site_key_file.*chmod 600"):
        load_gateway_settings(folder / "gateway.toml")


@pytest.mark.parametrize("text", ["[", "\xff"])
def test_a_file_that_is_no_toml(folder: Path, text: str) -> None:
    (folder / "gateway.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match="cannot read"):
        load_gateway_settings(folder / "gateway.toml")
    with pytest.raises(SettingsError, match="cannot read"):
        load_gateway_settings(folder / "absent.toml")


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    empty: dict[str, Any] = {}
    with pytest.raises(SettingsError) as told:
        check_gateway_settings(empty, folder=folder)
    assert str(told.value).count("\n") >= 6
