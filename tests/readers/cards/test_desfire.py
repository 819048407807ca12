"""DESFire cards as a door meets them: genuine, cloned, hidden, torn, foreign, hostile."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from emulation.desfire_card import DesfireCard
from emulation.desfire_memory import Application
from emulation.virtual_card import GET_DATA, LiftedCard
from readers.cards.desfire import Desfire, DesfireFile, DesfirePrivacyKey, DesfireSettings
from readers.cards.desfire_issue import DesfireDesk
from readers.cards.iso_apdu import FRAMES_MAX
from readers.cards.port import CardReading
from readers.cards.reading import read_card
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.faults import ReaderError
from readers.drivers.presentation import Reading
from tests.readers.cards.desk import PRIVATE, SETTINGS, UID, DirectChannel, SiteKeys, issued_card, laid_down

AID = SETTINGS.application
EV1 = SETTINGS.model_copy(update={"protocol": "ev1"})
EXCHANGES = 5
"""Select, key version, two of the authentication, UID."""


def door(settings: DesfireSettings = SETTINGS) -> tuple[Desfire, Iso14443Uid]:
    """What a reader is set to: proof first, and any other Type A card by its UID."""
    return Desfire(settings, SiteKeys()), Iso14443Uid()


@pytest.mark.parametrize(("settings", "evidence"), [(SETTINGS, "desfire ev2 key 2"), (EV1, "desfire ev1 key 2")])
def test_an_issued_card_is_proven(settings: DesfireSettings, evidence: str) -> None:
    channel = laid_down(issued_card(settings))
    assert read_card(channel, door(settings)) == Reading("desfire", UID, 3, evidence)
    assert len(channel.exchanges) == EXCHANGES


def test_a_card_of_an_older_accepted_version_tells_it() -> None:
    card = issued_card(SETTINGS.model_copy(update={"versions": (1,)}))
    assert read_card(laid_down(card), door()) == Reading("desfire", UID, 3, "desfire ev2 key 1")


def test_a_version_that_is_no_longer_accepted_is_refused() -> None:
    card = issued_card(SETTINGS.model_copy(update={"versions": (1,)}))
    assert read_card(laid_down(card), door(SETTINGS.model_copy(update={"versions": (2,)}))) == "not_genuine"


def test_a_card_without_our_application_is_left_to_the_next_technology() -> None:
    assert read_card(laid_down(DesfireCard(UID)), door()) == Reading("iso14443_uid", UID, 1)
    assert Desfire(SETTINGS, SiteKeys()).read(laid_down(DesfireCard(UID))) is None


def clone_with(keys: list[tuple[bytes, int]], uid: bytes = UID) -> DesfireCard:
    return DesfireCard(uid, {AID: Application(keys)})


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([(bytes(16), 0), (bytes(16), 0)], id="transport keys"),
        pytest.param([(bytes(16), 2), (bytes(16), 2)], id="a version without its key"),
        pytest.param([(bytes(16), 2)], id="no such key"),
        pytest.param([(bytes(16), 9), (bytes(16), 9)], id="another version"),
    ],
)
@pytest.mark.parametrize("settings", [SETTINGS, EV1])
def test_a_clone_without_the_key_is_not_genuine_and_never_read_by_its_number(
    keys: list[tuple[bytes, int]], settings: DesfireSettings
) -> None:
    assert read_card(laid_down(clone_with(keys)), door(settings)) == "not_genuine"


@pytest.mark.parametrize("settings", [SETTINGS, EV1])
def test_a_genuine_key_on_another_cards_number_is_not_genuine(settings: DesfireSettings) -> None:
    original = issued_card(settings)
    copy = DesfireCard(bytes.fromhex("04aaaaaaaaaaaa"), {AID: original.applications[AID]})
    assert read_card(laid_down(copy), door(settings)) == "not_genuine"
    original.uid = bytes.fromhex("04bbbbbbbbbbbb")  # found by one number, another under the key
    channel = laid_down(original)
    channel.identifier = UID
    assert read_card(channel, door(settings)) == "not_genuine"


@pytest.mark.parametrize("protocol", ["ev1", "ev2"])
def test_a_card_with_random_id_is_proven_with_the_privacy_key(protocol: str) -> None:
    settings = PRIVATE.model_copy(update={"protocol": protocol})
    card = issued_card(settings, random_id=True)
    shown = []
    for _ in range(2):
        channel = laid_down(card)
        shown.append(channel.identifier)
        assert read_card(channel, door(settings)) == Reading("desfire", UID, 3, f"desfire {protocol} key 2")
    assert shown[0] != shown[1]
    assert {number[0] for number in shown} == {8}


def test_a_card_with_random_id_and_no_privacy_key_is_refused_for_it() -> None:
    assert read_card(laid_down(issued_card(PRIVATE, random_id=True)), door()) == "random_id"


def test_a_stack_that_tells_no_number_needs_the_privacy_key_too() -> None:
    for settings, sight in ((SETTINGS, "unsupported"), (PRIVATE, Reading("desfire", UID, 3, "desfire ev2 key 2"))):
        channel = laid_down(issued_card(PRIVATE))
        channel.identifier, channel.family = b"", "type_a"
        assert read_card(channel, door(settings)) == sight


def test_the_privacy_key_alone_proves_nothing() -> None:
    card = issued_card(PRIVATE, random_id=True)
    keys = card.applications[AID].keys
    keys[1] = (bytes(16), keys[1][1])
    assert read_card(laid_down(card), door(PRIVATE)) == "not_genuine"


@pytest.mark.parametrize("protocol", ["ev1", "ev2"])
def test_a_staff_number_in_a_file_is_the_identifier(protocol: str) -> None:
    file = DesfireFile(number=4, offset=2, length=10)
    settings = SETTINGS.model_copy(update={"protocol": protocol, "file": file})
    card = DesfireCard(UID)
    issued = DesfireDesk(settings, SiteKeys()).issue(laid_down(card), b"0012345678")
    assert issued == CardReading("desfire", b"0012345678", 3, f"desfire {protocol} key 2")
    assert read_card(laid_down(card), door(settings)) == Reading("desfire", *tuple_of(issued))
    del card.applications[AID].files[4]
    assert read_card(laid_down(card), door(settings)) == "not_genuine"


def tuple_of(reading: CardReading) -> tuple[bytes, int, str]:
    return reading.identifier, reading.assurance, reading.evidence


def test_a_missing_master_is_the_readers_fault_and_not_the_cards() -> None:
    keys = SiteKeys()
    card = issued_card(keys=keys)
    del keys.masters["desfire-2"]
    with pytest.raises(ReaderError, match="keys_unavailable"):
        read_card(laid_down(card), [Desfire(SETTINGS, keys)])


@pytest.mark.parametrize("settings", [SETTINGS, EV1])
@pytest.mark.parametrize("answers", range(EXCHANGES))
@pytest.mark.parametrize("lost_answer", [True, False])
def test_a_card_torn_at_any_exchange_is_torn_and_then_read(
    settings: DesfireSettings, answers: int, lost_answer: bool
) -> None:
    card = issued_card(settings)
    assert read_card(laid_down(LiftedCard(card, answers, lost_answer=lost_answer)), door(settings)) == "torn"
    assert isinstance(read_card(laid_down(card), door(settings)), Reading)


class Answering:
    """A card whose every answer a test makes up, from the honest one."""

    def __init__(self, card: DesfireCard, change: Callable[[int, bytes], bytes]) -> None:
        self._card = card
        self._change = change
        self._count = 0
        self.atr = card.atr

    def power(self) -> None:
        self._card.power()

    def answer(self, command: bytes) -> bytes:
        honest = self._card.answer(command)
        if command == GET_DATA:
            return honest
        self._count += 1
        return self._change(self._count, honest)


ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=64).map(lambda data: data + b"\x91\xaf"),
    st.binary(max_size=64).map(lambda data: data + b"\x91\x00"),
    st.sampled_from([b"\x90\x00", b"\x91\xa0", b"\x91\xae", b"\x63\x00", b"\x6e\x00", b"", b"\x91"]),
)
SIGHTS = {"torn", "garbled", "not_genuine", "unsupported", "random_id"}


@given(st.lists(ANSWERS, min_size=1, max_size=40), st.sampled_from([SETTINGS, EV1, PRIVATE]), st.booleans())
def test_a_card_that_answers_anything_is_a_named_cause_after_few_exchanges(
    answers: list[bytes], settings: DesfireSettings, random_id: bool
) -> None:
    card = DesfireCard(UID, random_id=random_id)
    channel = DirectChannel(Answering(card, lambda count, _: answers[count % len(answers)]))
    sight = read_card(channel, door(settings))
    assert sight in SIGHTS or sight == Reading("iso14443_uid", UID, 1)
    assert len(channel.exchanges) <= 3 * FRAMES_MAX


@given(st.integers(1, EXCHANGES), st.integers(0, 47), st.integers(1, 255), st.sampled_from([SETTINGS, EV1]))
def test_one_changed_byte_of_the_proof_never_gives_a_reading(
    exchange: int, at: int, bits: int, settings: DesfireSettings
) -> None:
    def change(count: int, honest: bytes) -> bytes:
        if count != exchange or at >= len(honest):
            return honest
        return honest[:at] + bytes((honest[at] ^ bits,)) + honest[at + 1 :]

    answering = Answering(CARDS[settings.protocol], change)
    sight = read_card(laid_down(answering), door(settings))
    untouched = sight == Reading("desfire", UID, 3, f"desfire {settings.protocol} key 2")
    changed_something = exchange > 1 and at < LENGTHS[settings.protocol][exchange - 1]
    assert sight in SIGHTS or (untouched and not changed_something) or sight == Reading("iso14443_uid", UID, 1)


CARDS = {"ev1": issued_card(EV1), "ev2": issued_card(SETTINGS)}
LENGTHS = {"ev1": (2, 3, 18, 18, 18), "ev2": (2, 3, 18, 34, 26)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"aid": "000000"},
        {"aid": "f51c"},
        {"key_number": 0},
        {"key_number": 14},
        {"versions": ()},
        {"versions": (0,)},
        {"versions": (1, 1)},
        {"label": "Desfire-1"},
        {"protocol": "ev0"},
        {"system": "short"},
        {"privacy": DesfirePrivacyKey(number=1, label="other")},
        {"privacy": DesfirePrivacyKey(number=2, label="desfire")},
        {"file": {"number": 1, "length": 33}},
        {"unknown": 1},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DesfireSettings.model_validate({"aid": "f51cd8"} | wrong)
