"""F22: somebody takes the box's storage home: what it says, and what it does not."""

import base64
import json
from pathlib import Path

import pytest

from contract.tokens import credential_token
from tests.readers.cases import number_of
from tests.readers.centre import until
from tests.readers.faults.strained import Strained

pytestmark = pytest.mark.real
CARDS = ["anna", "guest", "stranger"]


def spellings(number: bytes) -> list[bytes]:
    """Every way in which somebody might have written a card's number down."""
    return [
        number,
        number[::-1],
        number.hex().encode(),
        number.hex().upper().encode(),
        number.hex(":").encode(),
        base64.b64encode(number).rstrip(b"="),
        str(int.from_bytes(number, "big")).encode(),
        str(int.from_bytes(number, "little")).encode(),
    ]


@pytest.fixture
def image(strained: Strained) -> dict[str, bytes]:
    """The storage of a box that has seen people: state, settings, keys, logs."""
    strained.provision()
    with strained.box.running():
        for name in CARDS:
            strained.box.tap(name)
            strained.box.tap(name, "r-out")
        until(lambda: strained.box.said("[granted]") + strained.box.said("[refused]") >= 2 * len(CARDS))
    folder: Path = strained.box.folder
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_f22_no_card_number_stands_anywhere_on_it(image: dict[str, bytes]) -> None:
    assert any(name.startswith("state/journal.db") for name in image)
    for name in CARDS:
        for spelling in spellings(number_of(name)):
            assert [file for file, content in image.items() if spelling in content] == []


def test_f22_what_it_does_say_needs_no_breaking(image: dict[str, bytes]) -> None:
    """Honestly: who may go where, by staff number and token, and every event that is still kept."""
    policy = next(content for file, content in image.items() if file.endswith(".ndjson"))
    cards = [json.loads(line) for line in policy.splitlines() if b'"kind":"credential"' in line]
    assert cards
    assert all(len(card["token"]) == 32 for card in cards)
    assert b"s0001" in policy


def test_f22_its_weakness_is_the_sites_key(image: dict[str, bytes]) -> None:
    """Whoever holds the storage holds ``site.key``, and can try numbers: a token then tells when one is right."""
    site_key = bytes.fromhex(image["site.key"].decode())
    journal = b"".join(content for file, content in image.items() if file.startswith("state/journal.db"))
    guesses = [b"guess-%03d" % number for number in range(200)] + [number_of("anna")]
    found = [guess for guess in guesses if credential_token(site_key, "simulated", guess).encode() in journal]
    assert found == [number_of("anna")]


def test_f22_the_private_keys_on_it_are_the_boxs_own(image: dict[str, bytes]) -> None:
    """What it can sign is this one device's word, which the centre revokes."""
    private = {file for file, content in image.items() if b"PRIVATE KEY" in content}
    made_by_the_test = {"ca.key", "server.key"}
    assert private - made_by_the_test == {"device.key", "client.key"}
