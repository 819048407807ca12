"""FeliCa Lite-S cryptography: every published vector, and the card's own implementation held to the reader's."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from emulation.lite_s_mac import mac_of, session_key_of, write_mac_of
from readers.cards.lite_s_mac import block_of, chain_mac, derive_session_key, read_mac, write_mac

VECTORS = json.loads((Path(__file__).parent / "vectors" / "felica_lite_s.json").read_text())
MAC = {name: bytes.fromhex(value) for name, value in VECTORS["mac"].items()}
MUTUAL = {name: bytes.fromhex(value) for name, value in VECTORS["mutual_authentication"].items()}
SESSION_KEY = derive_session_key(MUTUAL["card_key"], MUTUAL["challenge"])
IV = MUTUAL["challenge"][:8]


def test_the_mac_and_the_mac_with_exchanged_halves() -> None:
    key = MAC["key"]
    assert chain_mac(key, MAC["iv"], MAC["data"]) == MAC["mac"]
    assert chain_mac(key[8:] + key[:8], MAC["iv"], MAC["data"]) == MAC["mac_with_key_halves_exchanged"]


def test_key_and_challenge_are_written_with_each_half_turned_round() -> None:
    assert block_of(MUTUAL["card_key"]) == MUTUAL["card_key_block"]
    assert block_of(MUTUAL["challenge"]) == MUTUAL["challenge_block"]
    assert block_of(MUTUAL["card_key_block"]) == MUTUAL["card_key"]


def test_what_the_card_proved_in_the_published_transcript() -> None:
    assert chain_mac(SESSION_KEY, IV, MUTUAL["id_block"]) == MUTUAL["id_block_mac"]
    assert chain_mac(SESSION_KEY, IV, bytes(16)) == MUTUAL["zero_block_mac"]
    assert chain_mac(SESSION_KEY, IV, MUTUAL["state_block"]) == MUTUAL["state_block_mac"]


def test_what_the_reader_proved_in_the_published_transcript() -> None:
    mac = write_mac(SESSION_KEY, MUTUAL["challenge"], MUTUAL["write_count"], 0x92, MUTUAL["state_block"])
    assert mac == MUTUAL["state_write_mac"]


BLOCK = st.binary(min_size=16, max_size=16)


@given(BLOCK, BLOCK, st.lists(st.tuples(st.integers(0, 0xFF), BLOCK), min_size=1, max_size=3), BLOCK)
def test_card_and_reader_agree(
    card_key: bytes, challenge: bytes, blocks: list[tuple[int, bytes]], written: bytes
) -> None:
    rc = block_of(challenge)
    session_key = derive_session_key(card_key, challenge)
    assert session_key == session_key_of(block_of(card_key), rc)
    numbers, data = [number for number, _ in blocks], b"".join(block for _, block in blocks)
    head = b"".join(bytes((number, 0)) for number in (*numbers, 0x91)).ljust(8, b"\xff")
    assert read_mac(session_key, challenge, numbers, data) == mac_of(session_key, rc, head + data)
    count = written[:3]
    head = count + b"\x00" + bytes((numbers[0], 0, 0x91, 0))
    assert write_mac(session_key, challenge, count, numbers[0], written) == write_mac_of(
        session_key, rc, head + written
    )
