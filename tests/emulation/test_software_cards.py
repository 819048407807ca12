"""The software cards: nfcpy can use them, and nothing sent to them breaks them."""

import nfc.clf
import nfc.tag
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nfc.tag import tt3

from emulation.card import Card, TornCard
from emulation.felica_card import COMMON_AREA, FCF_SERVICE, FelicaCard, fcf_card
from emulation.felica_field import FelicaField
from emulation.type_a_card import TypeACard
from emulation.virtual_card import felica_pcsc_card, type_a_pcsc_card

IDM = bytes.fromhex("0101050103b0c30b")
STAFF = fcf_card(IDM, "100017")


@pytest.fixture
def tag() -> tt3.Type3Tag:
    """The staff card as nfcpy activates it."""
    with FelicaField() as field:
        field.put(STAFF)
        frontend = nfc.ContactlessFrontend(field.path)
        target = frontend.sense(nfc.clf.RemoteTarget("212F", sensf_req=bytearray.fromhex("00fe000100")))
        yield nfc.tag.activate(frontend, target)
        frontend.close()


def test_nfcpy_reads_the_staff_number_and_is_told_what_is_not_there(tag: tt3.Type3Tag) -> None:
    service = tt3.ServiceCode(FCF_SERVICE >> 6, FCF_SERVICE & 0x3F)
    block = bytes(tag.read_without_encryption([service], [tt3.BlockCode(0)]))
    assert block == b"01100017      00"
    with pytest.raises(tt3.Type3TagCommandError):
        tag.read_without_encryption([service], [tt3.BlockCode(1)])
    with pytest.raises(tt3.Type3TagCommandError):
        tag.read_without_encryption([tt3.ServiceCode(1, 0x0B)], [tt3.BlockCode(0)])


def test_nfcpy_learns_the_cards_systems(tag: tt3.Type3Tag) -> None:
    assert tag.request_system_code() == [COMMON_AREA]


def test_a_card_with_several_systems_says_which_one_answers() -> None:
    card = FelicaCard(IDM, systems={0x0003: {}, COMMON_AREA: {}})
    assert card.answer("212F", bytes.fromhex("0600ffff0100"))[2:10] == IDM
    assert card.answer("212F", bytes.fromhex("0600fe000100"))[2:10] == b"\x11" + IDM[1:]
    assert card.answer("212F", bytes.fromhex("060088b40100")) is None


FRAMES = st.binary(max_size=40) | st.builds(
    lambda command, body: bytes((len(body) + 10, command)) + IDM + body,
    st.sampled_from([0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C]),
    st.binary(max_size=40),
)


@given(st.sampled_from(["212F", "424F", "106A", "106B", ""]), FRAMES, st.integers(0, 3), st.integers(0, 4))
def test_no_frame_breaks_a_card(modulation: str, frame: bytes, answers: int, cut_to_bytes: int) -> None:
    type_a = TypeACard(bytes.fromhex("04112233445566"))
    type_a.answer("106A", b"\x26")
    cards: list[Card] = [STAFF, type_a, TornCard(STAFF, answers=answers, cut_to_bytes=cut_to_bytes)]
    for card in cards:
        answer = card.answer(modulation, frame)
        if card is STAFF and answer is not None:
            assert answer[0] == len(answer)


def test_a_random_number_is_drawn_anew_whenever_the_field_comes_on() -> None:
    drawn = iter([b"\x01\x02\x03", b"\x04\x05\x06"])
    card = TypeACard(random_uid=True, random_bytes=lambda _: next(drawn))
    numbers = []
    for _ in range(2):
        card.answer("106A", b"\x26")
        numbers.append(card.answer("106A", b"\x93\x20"))
    assert numbers == [bytes.fromhex("0801020308"), bytes.fromhex("080405060f")]


def test_the_atrs_are_those_that_readers_show() -> None:
    assert felica_pcsc_card(IDM).atr == bytes.fromhex("3b8f8001804f0ca00000030611003b0000000042")
    assert type_a_pcsc_card(IDM).atr == bytes.fromhex("3b8180018080")
