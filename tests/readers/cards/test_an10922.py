"""Card keys by AN10922: our derivation against the whole standard, and an input never short enough for its trap."""

import json
from pathlib import Path

import pytest
from desfire.diversify import diversify_key
from hypothesis import given
from hypothesis import strategies as st

from readers.cards.desfire import UID_BYTES, DesfireSettings
from readers.cards.desfire_crypto import ZERO_BLOCK, cmac, encipher
from readers.keys.an10922 import derive_card_key
from readers.keys.port import INPUT_BYTES_MAX, INPUT_BYTES_MIN

VECTORS = json.loads((Path(__file__).parent / "vectors" / "an10922.json").read_text())


def by_the_whole_standard(key: bytes, diversifier: bytes) -> bytes:
    """AN10922, 2.2 as it stands: always padded to two blocks, whichever subkey that takes."""

    def doubled(block: bytes) -> bytes:
        number = int.from_bytes(block, "big") << 1
        return ((number & (2**128 - 1)) ^ (0x87 if number >> 128 else 0)).to_bytes(16, "big")

    data = b"\x01" + diversifier
    subkey = doubled(encipher(key, ZERO_BLOCK, ZERO_BLOCK))
    if len(data) < 32:
        data, subkey = (data + b"\x80").ljust(32, b"\0"), doubled(subkey)
    last = bytes(x ^ y for x, y in zip(data[16:], subkey, strict=True))
    return encipher(key, ZERO_BLOCK, data[:16] + last)[-16:]


@pytest.mark.parametrize("name", ["aes128", "short"])
def test_the_whole_standard_gives_the_published_keys(name: str) -> None:
    vector = VECTORS[name]
    found = by_the_whole_standard(bytes.fromhex(vector["key"]), bytes.fromhex(vector["input"]))
    assert found.hex() == vector["card_key"]


def test_a_short_input_is_the_trap_and_is_refused() -> None:
    vector = VECTORS["short"]
    key, short = bytes.fromhex(vector["key"]), bytes.fromhex(vector["input"])
    assert cmac(key, b"\x01" + short).hex() == vector["wrong_by_plain_cmac"] != vector["card_key"]
    with pytest.raises(ValueError, match="16 to 31"):
        derive_card_key(key, short)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=INPUT_BYTES_MIN, max_size=INPUT_BYTES_MAX))
def test_what_is_not_refused_is_the_standards_key(master: bytes, diversifier: bytes) -> None:
    expected = by_the_whole_standard(master, diversifier)
    assert derive_card_key(master, diversifier) == expected
    assert bytes(diversify_key(list(master), [0x01, *diversifier])) == expected


@given(st.binary(min_size=UID_BYTES, max_size=UID_BYTES), st.text("abcXYZ019-", min_size=6, max_size=21))
def test_desfires_input_is_never_short_and_differs_by_card_application_and_system(uid: bytes, system: str) -> None:
    settings = DesfireSettings(aid="f51cd8", system=system)
    found = settings.diversifier(uid)
    assert INPUT_BYTES_MIN <= len(found) <= INPUT_BYTES_MAX
    other_application = DesfireSettings(aid="f51cd9", system=system)
    other_system = DesfireSettings(aid="f51cd8", system=system[::-1] + "x" if len(system) < 21 else "x" * 21)
    assert len({found, other_application.diversifier(uid), other_system.diversifier(uid)}) == 3
    assert found != settings.fleet_diversifier or uid == bytes(UID_BYTES)
