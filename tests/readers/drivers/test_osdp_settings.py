"""Lines and keys from settings: wrong ones are named before anything is opened."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from emulation.osdp_bus import OsdpBus, make_frame
from emulation.osdp_reader import OsdpReader as Peripheral
from emulation.osdp_stranger import with_true_check
from emulation.pty_line import PtyLine
from readers.drivers.osdp import OsdpLines
from readers.drivers.osdp_keys import DEFAULT_KEY, is_weak, proves, read_line_key
from readers.drivers.osdp_line import Place
from readers.drivers.osdp_seat import Input
from readers.drivers.osdp_settings import OsdpLineSettings
from readers.keys.port import KeyUnavailableError
from tests.readers.drivers.osdp_rig import CARD, KEY, PACE, present
from tests.readers.drivers.watching import watching


def key_file(folder: Path, text: str = KEY.hex(), mode: int = 0o600) -> Path:
    path = folder / "reader.scbk"
    path.write_text(text)
    path.chmod(mode)
    return path


def settings(folder: Path, **changed: object) -> OsdpLineSettings:
    reader = {"address": 1, "key_file": key_file(folder)}
    return OsdpLineSettings.model_validate({"path": str(folder / "line"), "readers": [reader], **changed})


def test_a_line_from_settings_reads_cards(tmp_path: Path) -> None:
    peripheral = Peripheral(1, KEY)
    bus = OsdpBus(PtyLine(tmp_path / "line"), [peripheral])
    lines = OsdpLines([settings(tmp_path, baud=115200)], pace=PACE)
    with watching(lines.reader("main", f"{tmp_path}/line?address=1")) as watched:
        watched.wait_for_health("ready")
        present(peripheral)
        assert watched.wait_for_card(CARD).reader == "main"
    bus.close()


@pytest.mark.parametrize("path", ["/line", "/line?address=2", "/other?address=1", "/line?address=x", "/line?baud=1"])
def test_a_path_that_names_no_reader_is_explained(tmp_path: Path, path: str) -> None:
    lines = OsdpLines([settings(tmp_path)])
    with pytest.raises(ValueError, match="expected"):
        lines.find(f"{tmp_path}{path}")


@pytest.mark.parametrize(
    "changed",
    [
        {"baud": 1234},
        {"path": "/line?address=1"},
        {"path": "line"},
        {"readers": []},
        {"more": 1},
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(tmp_path, **changed)


def test_what_must_be_once_is_there_once(tmp_path: Path) -> None:
    reader = {"address": 1, "key_file": key_file(tmp_path)}
    with pytest.raises(ValidationError, match="address is there twice"):
        settings(tmp_path, readers=[reader, reader])
    inputs = [{"number": 0, "id": "a"}, {"number": 0, "id": "b"}]
    with pytest.raises(ValidationError, match="number is there twice"):
        settings(tmp_path, readers=[{**reader, "inputs": inputs}])
    with pytest.raises(ValueError, match="path is there twice"):
        OsdpLines([settings(tmp_path), settings(tmp_path)])


@pytest.mark.parametrize("key", [DEFAULT_KEY, bytes(16), b"\xff" * 16, b"\x07" * 16])
def test_a_key_that_everybody_knows_is_refused(tmp_path: Path, key: bytes) -> None:
    assert is_weak(key)
    with pytest.raises(KeyUnavailableError, match="default key") as refused:
        read_line_key(key_file(tmp_path, key.hex()))
    assert key.hex() not in str(refused.value)


@pytest.mark.parametrize("text", ["", "00", KEY.hex() + "00", "z" * 32, "鍵"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeyUnavailableError, match="32 hexadecimal digits"):
        read_line_key(key_file(tmp_path, text))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = key_file(tmp_path, mode=0o640)
    with pytest.raises(KeyUnavailableError, match="chmod 600"):
        read_line_key(path)
    with pytest.raises(ValidationError, match="chmod 600"):
        OsdpLineSettings.model_validate({"path": "/line", "readers": [{"address": 1, "key_file": path}]})


def test_a_key_is_read_and_kept_out_of_sight(tmp_path: Path) -> None:
    assert read_line_key(key_file(tmp_path, KEY.hex().upper() + "\n")) == KEY
    assert KEY.hex() not in repr(Place(KEY))
    assert repr(KEY) not in repr(Place(KEY, {0: Input("contact")}))


def test_the_proof_that_libosdps_reader_gives() -> None:
    challenge = bytes(range(8))
    asked = bytearray(make_frame(1, 0, b"\x76" + challenge, b"\x03\x11\x01"))
    asked[1] = 1
    (reply,) = Peripheral(1, KEY).answer(with_true_check(bytes(asked)))
    pd_random, cryptogram = reply[17:25], reply[25:41]
    assert proves(KEY, challenge, pd_random, cryptogram)
    assert not proves(DEFAULT_KEY, challenge, pd_random, cryptogram)
    assert not proves(KEY, bytes(8), pd_random, cryptogram)
