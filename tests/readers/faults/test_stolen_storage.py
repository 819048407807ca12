"""F22: somebody takes the box's storage home: what it says, and what it does not."""

import base64
import json
import zlib
from pathlib import Path

import pytest

from contract.policy import decode_offer
from contract.tokens import DeviceTokens, credential_token
from tests.readers.cases import number_of, token_of
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
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found | {f"{name} unpacked": unpacked(file) for name, file in found.items() if name.endswith(".offer")}


def unpacked(file: bytes) -> bytes:
    line, packed = file.split(b"\n", 1)
    return zlib.decompress(decode_offer(line).inside_bytes() or packed)


def test_f22_no_card_number_stands_anywhere_on_it(image: dict[str, bytes]) -> None:
    assert any(name.startswith("state/journal.db") for name in image)
    for name in CARDS:
        for spelling in spellings(number_of(name)):
            assert [file for file, content in image.items() if spelling in content] == []


def test_f22_what_it_does_say_needs_no_breaking(image: dict[str, bytes]) -> None:
    """Honestly: who may go where, by staff number and name of the card, and every event that is still kept."""
    policy = next(content for file, content in image.items() if file.endswith("unpacked"))
    cards = [json.loads(line) for line in policy.splitlines() if b'"kind":"credential"' in line]
    assert cards
    assert all(len(card["token"]) == 32 for card in cards)
    assert b"s0001" in policy


def test_f22_it_can_be_linked_with_no_other_box(image: dict[str, bytes]) -> None:
    """It names cards by its own key and never by the site's tokens; another box has another key."""
    for name in CARDS:
        assert [file for file, content in image.items() if token_of(name).encode() in content] == []


def test_f22_its_weakness_is_its_keys(image: dict[str, bytes]) -> None:
    """Whoever holds the storage holds its keys, and can try numbers: a name then tells when one is right."""
    site_key, names_key = (bytes.fromhex(image[file].decode()) for file in ("site.key", "names.key"))
    journal = b"".join(content for file, content in image.items() if file.startswith("state/journal.db"))
    guesses = [b"guess-%03d" % number for number in range(200)] + [number_of("anna")]
    names = DeviceTokens(names_key).name([credential_token(site_key, "simulated", guess) for guess in guesses])
    found = [guess for guess, name in zip(guesses, names, strict=True) if name.encode() in journal]
    assert found == [number_of("anna")]


def test_f22_the_private_keys_on_it_are_the_boxs_own(image: dict[str, bytes]) -> None:
    """What it can sign is this one device's word, which the centre revokes."""
    private = {file for file, content in image.items() if b"PRIVATE KEY" in content}
    made_by_the_test = {"ca.key", "server.key"}
    assert private - made_by_the_test == {"device.key", "client.key"}
