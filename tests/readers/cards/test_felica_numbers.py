"""FeliCa cards known by a number that anybody can read: the IDm, and the issuer's number in the common area."""

from dataclasses import replace

import pytest

from emulation.card import Card, HeardCard, TornCard
from emulation.felica_card import COMMON_AREA, FCF_SERVICE, FelicaCard, fcf_card
from readers.cards.felica_fcf import FcfProfile, FelicaFcf
from readers.cards.felica_idm import FelicaIdm
from readers.cards.port import (
    CardLeftError,
    CardReading,
    CardTechnology,
    GarbledAnswerError,
    RefusedCardError,
)
from readers.cards.reading import read_card
from readers.drivers.presentation import Reading
from tests.readers.cards.felica_site import FelicaDirect

IDM = bytes.fromhex("0101050103b0c30b")
CITY = b"13101000"
NAME = b"NAME OF A PERSON"
STAFF = FelicaCard(
    IDM,
    systems={
        0x0003: {},
        COMMON_AREA: {FCF_SERVICE: (b"01" + b"000000100017" + b"00", NAME, CITY + b"20240401", b"20290331" + bytes(8))},
    },
)
FCF = FelicaFcf()
OURS = FelicaFcf(FcfProfile(organisation=CITY))


@pytest.mark.parametrize(
    ("polled", "identifier"),
    [("0101050103b0c30b", IDM), ("f101050103b0c30b", IDM), ("082e4cd8aabb0102", bytes.fromhex("082e4cd8aabb0102"))],
)
def test_an_idm_is_the_same_from_every_system(polled: str, identifier: bytes) -> None:
    channel = FelicaDirect(identifier=bytes.fromhex(polled))
    assert FelicaIdm().read(channel) == CardReading("felica_idm", identifier, 1)


@pytest.mark.parametrize("polled", ["02fe000102030405", "12fe000102030405", "01fe000102030405", "f1fe000102030405"])
def test_a_phones_emulated_number_is_refused(polled: str) -> None:
    channel = FelicaDirect(identifier=bytes.fromhex(polled))
    with pytest.raises(RefusedCardError) as refused:
        FelicaIdm().read(channel)
    assert refused.value.cause == "emulated_id"
    assert read_card(channel, [FelicaIdm()]) == "emulated_id"


@pytest.mark.parametrize("length", [0, 7, 9])
def test_what_has_not_the_length_of_an_idm_is_garbled(length: int) -> None:
    with pytest.raises(GarbledAnswerError):
        FelicaIdm().read(FelicaDirect(identifier=bytes(length)))


@pytest.mark.parametrize("technology", [FCF, OURS])
def test_the_issuers_number_is_read_and_the_name_never(technology: FelicaFcf) -> None:
    card = HeardCard(STAFF)
    assert technology.read(FelicaDirect(card)) == CardReading("felica_fcf", b"000000100017", 1)
    said = b"".join(answer for _, answer in card.heard if answer)
    assert NAME not in said
    reads = [frame[10:] for frame, _ in card.heard if frame[1] == 0x06]
    listed = "018000" if technology is FCF else "0280008002"
    assert [read.hex() for read in reads] == ["018b1a" + listed]


def test_a_profile_that_would_read_the_name_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="name is never read"):
        FcfProfile(block=1)
    with pytest.raises(ValueError, match="within a block"):
        FcfProfile(start=8, length=9)
    with pytest.raises(ValueError, match="expected 8 bytes"):
        FcfProfile(organisation=b"1310100")


@pytest.mark.parametrize(
    "card",
    [
        FelicaCard(IDM),  # the common area without the service
        FelicaCard(IDM, systems={0x0003: {}}),
        FelicaCard(IDM, systems={COMMON_AREA: {FCF_SERVICE: (bytes(16), bytes(16), b"99999000" + bytes(8))}}),
        fcf_card(IDM, "100017"),  # no block 2
    ],
)
def test_a_card_of_another_issuer_is_left_to_the_next_technology(card: Card) -> None:
    assert OURS.read(FelicaDirect(card)) is None
    assert read_card(FelicaDirect(card), [OURS, FelicaIdm()]) == Reading("felica_idm", IDM)


@pytest.mark.parametrize("blank", [bytes(12), b"\xff" * 12, b" " * 12, b"\x00" * 6 + b" " * 6])
def test_a_blank_number_is_nobodys(blank: bytes) -> None:
    card = FelicaCard(IDM, systems={COMMON_AREA: {FCF_SERVICE: (b"01" + blank + b"00",)}})
    assert read_card(FelicaDirect(card), [FCF, FelicaIdm()]) == "unsupported"


def test_a_phone_that_shows_the_common_area_is_refused() -> None:
    phone = replace(STAFF, idm=bytes.fromhex("02fe112233445566"))
    assert read_card(FelicaDirect(phone), [FCF]) == "emulated_id"


def test_another_layout_is_another_profile() -> None:
    card = FelicaCard(IDM, systems={0x809E: {0x100B: (bytes(16), NAME, b"xxxx98765432yyyy")}})
    university = FelicaFcf(FcfProfile(system=0x809E, service=0x100B, block=2, start=4, length=8))
    assert read_card(FelicaDirect(card), [FCF, university]) == Reading("felica_fcf", b"98765432")


@pytest.mark.parametrize("technology", [FCF, OURS, FelicaIdm()])
@pytest.mark.parametrize("answers", range(1, 8))
@pytest.mark.parametrize("cut_to_bytes", [0, 1, 12])
def test_a_torn_card_is_torn_or_read_and_never_another_card(
    technology: CardTechnology, answers: int, cut_to_bytes: int
) -> None:
    whole = read_card(FelicaDirect(STAFF), [technology, FelicaIdm()])
    torn = FelicaDirect(TornCard(STAFF, answers=answers, cut_to_bytes=cut_to_bytes))
    assert read_card(torn, [technology, FelicaIdm()]) in {whole, "torn", "garbled"}


def test_a_card_of_the_wrong_kind_is_asked_whether_it_is_there() -> None:
    lite = FelicaCard(IDM, systems={0x88B4: {}})
    assert FCF.read(FelicaDirect(lite)) is None
    with pytest.raises(CardLeftError):
        FCF.read(FelicaDirect(identifier=IDM))


def test_a_card_that_misses_one_poll_is_not_taken_for_another_kind() -> None:
    class Missing:
        def __init__(self) -> None:
            self._polls = 0

        def answer(self, modulation: str, frame: bytes) -> bytes | None:
            self._polls += 1
            return None if self._polls == 1 else STAFF.answer(modulation, frame)

    whole = read_card(FelicaDirect(STAFF), [FCF, FelicaIdm()])
    assert read_card(FelicaDirect(Missing(), identifier=IDM), [FCF, FelicaIdm()]) == whole


def test_another_card_that_answers_is_noticed() -> None:
    lite, staff = FelicaCard(bytes.fromhex("012e4cd8aabb0102"), systems={0x88B4: {}}), STAFF
    channel = FelicaDirect(lite, staff, identifier=lite.idm)
    assert read_card(channel, [FCF, FelicaIdm()]) == "several_cards"
