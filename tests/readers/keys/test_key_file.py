"""Masters in a file: the published derivation, and everything that must be refused."""

import logging
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from readers.keys.an10922 import derive_card_key
from readers.keys.file import FileKeys, add_master
from readers.keys.labels import check_label, master_label, split_label
from readers.keys.port import INPUT_BYTES_MAX, INPUT_BYTES_MIN, KeyUnavailableError
from readers.whole_file import FileHeldError, hold_file

AN10922 = (
    bytes.fromhex("00112233445566778899aabbccddeeff"),
    bytes.fromhex("04782e21801d803042f54e585020416275"),
    bytes.fromhex("a8dd63a3b89d54b37ca802473fda9175"),
)
MASTER, DIVERSIFIER, CARD_KEY = AN10922


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_published_vector(tmp_path: Path) -> None:
    keys = FileKeys(key_file(tmp_path, f'desfire-1 = "{MASTER.hex().upper()}"\n'))
    assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY


@given(master=st.binary(min_size=16, max_size=16), diversifier=st.binary(max_size=INPUT_BYTES_MAX))
def test_the_standards_padding_and_plain_cmac_agree_where_we_derive(master: bytes, diversifier: bytes) -> None:
    """AN10922 2.2 by the letter: pad to two blocks, CBC-MAC with K1 for a full last block, K2 for a padded one."""
    if len(diversifier) < INPUT_BYTES_MIN:
        with pytest.raises(ValueError, match="16 to 31"):
            derive_card_key(master, diversifier)
        return
    assert derive_card_key(master, diversifier) == an10922_by_the_letter(master, diversifier)


def an10922_by_the_letter(master: bytes, diversifier: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    def encrypt(block: bytes) -> bytes:
        context = Cipher(AES(master), modes.CBC(bytes(16))).encryptor()
        return (context.update(block) + context.finalize())[-16:]

    def doubled(block: bytes) -> bytes:
        number = int.from_bytes(block, "big") << 1
        return ((number & (1 << 128) - 1) ^ (0x87 if number >> 128 else 0)).to_bytes(16, "big")

    subkey = doubled(encrypt(bytes(16)))
    padded = b"\x01" + diversifier
    if len(padded) < 32:
        padded, subkey = (padded + b"\x80").ljust(32, b"\0"), doubled(subkey)
    last = bytes(a ^ b for a, b in zip(padded[16:], subkey, strict=True))
    return encrypt(padded[:16] + last)


def test_it_is_no_plain_cmac_without_the_constant() -> None:
    mac = CMAC(AES(MASTER))
    mac.update(DIVERSIFIER)
    assert mac.finalize() != CARD_KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o610])
def test_a_file_that_others_may_use_is_refused_and_says_chmod(tmp_path: Path, mode: int) -> None:
    with pytest.raises(KeyUnavailableError, match="chmod 600"):
        FileKeys(key_file(tmp_path, f'desfire-1 = "{MASTER.hex()}"', mode))


@pytest.mark.parametrize(
    "text",
    [
        'desfire-1 = "00112233445566778899aabbccddee"',
        'desfire-1 = "00112233445566778899aabbccddeeff00"',
        'desfire-1 = "zz112233445566778899aabbccddeeff"',
        "desfire-1 = 11223344556677889900112233445566",
        'desfire = "00112233445566778899aabbccddeeff"',
        'desfire-0 = "00112233445566778899aabbccddeeff"',
        'desfire-256 = "00112233445566778899aabbccddeeff"',
        '"../desfire-1" = "00112233445566778899aabbccddeeff"',
        '[desfire-1]\nkey = "00112233445566778899aabbccddeeff"',
        'desfire-1 = "00112233445566778899aabbccddeeff"\ndesfire-1 = "00112233445566778899aabbccddeeff"',
        'desfire-1 = "00112233445566778899aabbccddeeff',
        "00112233445566778899aabbccddeeff",
        "desfire-1 = " + "[" * 5000,
        "x" * 70_000,
    ],
)
def test_a_wrong_file_is_refused_and_no_error_quotes_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeyUnavailableError) as refused:
        FileKeys(key_file(tmp_path, text))
    assert "2233445566" not in str(refused.value)
    assert re.search("[ぁ-ん]", str(refused.value))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(KeyUnavailableError, match=path.name):
            FileKeys(path)


def test_a_missing_label_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match="sekisho card masters new --label desfire-2"):
        FileKeys(key_file(tmp_path, f'desfire-1 = "{MASTER.hex()}"')).derive("desfire-2", DIVERSIFIER)


def test_masters_never_show_themselves(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keys = FileKeys(key_file(tmp_path, f'desfire-1 = "{MASTER.hex()}"'))
    with caplog.at_level(logging.DEBUG):
        keys.derive("desfire-1", DIVERSIFIER)
        logging.getLogger().debug("%r %s", keys, keys)
    assert "desfire-1" in caplog.text
    assert MASTER.hex() not in caplog.text
    assert repr(MASTER) not in caplog.text


def test_a_master_is_added_beside_the_others_and_never_twice(tmp_path: Path) -> None:
    path = key_file(tmp_path, '# the desk, 2026\ndesfire-1 = "00112233445566778899aabbccddeeff"')
    add_master(path, "desfire-2", bytes(range(16)))
    with pytest.raises(KeyUnavailableError, match="desfire-2"):
        add_master(path, "desfire-2", bytes(16))
    keys = FileKeys(path)
    assert keys.derive("desfire-1", DIVERSIFIER) == CARD_KEY
    assert keys.derive("desfire-2", DIVERSIFIER) == derive_card_key(bytes(range(16)), DIVERSIFIER)
    assert path.read_text().startswith("# the desk, 2026\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    add_master(path, "lite_s-1", MASTER)
    assert path.stat().st_mode & 0o777 == 0o600
    assert FileKeys(path).derive("lite_s-1", DIVERSIFIER) == CARD_KEY


def test_two_desks_do_not_add_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    with hold_file(path), pytest.raises(FileHeldError, match=r"keys\.toml"):
        add_master(path, "desfire-1", MASTER)
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match="none"):
        add_master(tmp_path / "none" / "keys.toml", "desfire-1", MASTER)
    with pytest.raises(ValueError, match="16 bytes"):
        add_master(tmp_path / "keys.toml", "desfire-1", MASTER[:8])


def test_labels() -> None:
    assert master_label("desfire", 12) == "desfire-12"
    assert split_label("felica_lite_s-3") == ("felica_lite_s", 3)
    for wrong in ("desfire", "desfire-", "desfire-01", "Desfire-1", "desfire-1\n", "", "-1", "a" * 40 + "-1"):
        with pytest.raises(ValueError, match="desfire-1"):
            check_label(wrong)
