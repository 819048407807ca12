"""``[keys]``: what may stand there, what it opens, and that keys lie only where they are used."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from contract.technologies import ASSURANCE_MAX, needs_keys
from readers.cards.desfire_issue import APPLICATION_LABEL
from readers.keys.file import FileKeys, add_master
from readers.keys.open import check_keys_fit, open_keys
from readers.keys.pkcs11 import TokenKeys
from readers.keys.settings import KeyFileSettings, KeySettings, NoKeys, TokenSettings

SETTINGS: TypeAdapter[KeySettings] = TypeAdapter(KeySettings)


def read(folder: Path, **values: str) -> KeySettings:
    return SETTINGS.validate_python(values, context={"folder": folder})


def test_each_kind_opens_its_provider(tmp_path: Path) -> None:
    add_master(tmp_path / "keys.toml", "desfire-1", bytes(16))
    for name in ("module.so", "pin"):
        (tmp_path / name).touch(mode=0o600)
    assert open_keys(read(tmp_path, kind="none")) is None
    assert isinstance(open_keys(read(tmp_path, kind="file", file="keys.toml")), FileKeys)
    token = read(tmp_path, kind="pkcs11", module="module.so", token="desk", pin_file="pin")
    assert isinstance(open_keys(token), TokenKeys)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "smartcard"}, "none"),
        ({"kind": "none", "file": "keys.toml"}, "Extra"),
        ({"kind": "file"}, "file"),
        ({"kind": "file", "file": "absent.toml"}, "there is none"),
        ({"kind": "file", "file": "open.toml"}, "chmod 600"),
        ({"kind": "pkcs11", "module": "open.toml", "token": "", "pin_file": "pin"}, "token"),
        ({"kind": "pkcs11", "module": "absent.so", "token": "desk", "pin_file": "pin"}, "there is none"),
        ({"kind": "pkcs11", "module": "open.toml", "token": "desk", "pin_file": "open.toml"}, "chmod 600"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, values: dict[str, str], says: str) -> None:
    (tmp_path / "open.toml").touch(mode=0o644)
    (tmp_path / "pin").touch(mode=0o600)
    with pytest.raises(ValidationError, match=says):
        read(tmp_path, **values)


def test_a_box_has_keys_exactly_if_a_reader_needs_them(tmp_path: Path) -> None:
    add_master(tmp_path / "keys.toml", "desfire-1", bytes(16))
    file = KeyFileSettings(kind="file", file=tmp_path / "keys.toml")
    token = TokenSettings(kind="pkcs11", module=tmp_path / "keys.toml", token="desk", pin_file=tmp_path / "keys.toml")
    plain, keyed = ("felica_idm", "felica_fcf", "iso14443_uid", "jpki", "qr"), ("felica_idm", "desfire")
    for settings in (file, token):
        check_keys_fit(settings, keyed)
        with pytest.raises(ValueError, match="remove"):
            check_keys_fit(settings, plain)
    check_keys_fit(NoKeys(), plain)
    with pytest.raises(ValueError, match="expected a section"):
        check_keys_fit(NoKeys(), ("felica_lite_s",))
    assert not needs_keys(())


def test_keys_are_needed_for_exactly_what_proves_more_than_a_number() -> None:
    assert {name for name in ASSURANCE_MAX if needs_keys((name,))} == {
        name for name, level in ASSURANCE_MAX.items() if level > 1
    }


def test_the_masters_of_the_desk_are_refused_at_a_door(tmp_path: Path) -> None:
    add_master(tmp_path / "keys.toml", "desfire-1", bytes(16))
    settings = KeyFileSettings(kind="file", file=tmp_path / "keys.toml")
    check_keys_fit(settings, ("desfire",))
    add_master(settings.file, f"{APPLICATION_LABEL}-3", bytes(16))
    with pytest.raises(ValueError, match="desfire_application-3"):
        check_keys_fit(settings, ("desfire",))


def test_pkcs11_is_imported_only_where_a_token_is_used() -> None:
    program = "import sys, readers.keys.open, readers.keys.settings; print('pkcs11' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
