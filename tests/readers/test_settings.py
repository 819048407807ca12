"""edge.toml: a missing or wrong setting is named, with what was expected."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ids import AccessPointId, DoorId
from readers.settings import SettingsError, load_edge_settings
from tests.readers.box import Box


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    return Box(tmp_path).write_settings(https_port=8443, mqtt_port=8883)


def test_a_good_file_is_read(path: Path) -> None:
    settings = load_edge_settings(path)
    assert (settings.device_id, settings.keep_days, settings.transport) == ("west-1", 30, "mqtt")
    assert settings.state_dir == path.parent / "state"
    wiring = settings.read_wiring()
    assert wiring.points["r-in"] == AccessPointId("main-in")
    assert wiring.doors[DoorId("main")].release_seconds == 0.3
    settings.read_device_key()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('device = "west-1"', 'device = "West 1"', "device"),
        ('device = "west-1"', "", "device"),
        ('transport = "mqtt"', 'transport = "carrier pigeon"', "transport"),
        ("[mqtt]", "[pigeon]", "pigeon"),
        ('device_key_file = "device.key"', 'device_key_file = "nowhere"', "device_key_file: expected a readable file"),
        ("centre_key = ", 'centre_key = "AAAA" # ', "centre_key: expected the centre's public key"),
        ('url = "https://', 'url = "http://', "https.url"),
        ('driver = "simulated"', 'driver = "telepathy"', "readers.0.driver"),
        ('id = "r-out"', 'id = "r-in"', "r-in is there twice"),
        ('driver = "simulated"', 'driver = "simulated"\negress_door = "attic"', "egress_door: expected one of main"),
        ("release_seconds = 0.3", "release_seconds = 0", "doors.0.release_seconds"),
        ('names_key_file = "names.key"', "", "names_key_file"),
        ("[outputs]", "[outputs", "cannot read settings file"),
    ],
)
def test_a_wrong_setting_is_named(path: Path, old: str, new: str, named: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SettingsError) as raised:
        load_edge_settings(path)
    assert named in str(raised.value)


@pytest.mark.parametrize("name", ["device.key", "site.key", "names.key", "client.key"])
def test_secrets_that_others_may_read_are_refused(path: Path, name: str) -> None:
    (path.parent / name).chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_edge_settings(path)


@pytest.mark.parametrize(
    ("name", "named"),
    [("device.key", "device_key_file"), ("site.key", "site_key_file"), ("names.key", "names_key_file")],
)
def test_key_files_that_hold_something_else_are_named(path: Path, name: str, named: str) -> None:
    (path.parent / name).write_bytes(b"not a key")
    settings = load_edge_settings(path)
    with pytest.raises(SettingsError, match=named):
        settings.read_device_key() if named == "device_key_file" else settings.read_wiring()
