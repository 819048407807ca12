"""Card technologies over nfcpy's unmodified drivers: one event a presentation, proven, refused, or torn."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulation.card import Card, HeardCard, TornCard
from emulation.felica_card import COMMON_AREA, FCF_SERVICE, FelicaCard, fcf_card
from emulation.felica_field import FelicaField
from emulation.felica_lite_s_card import REAL_PMM, LiteSCard, ReplayingCard
from emulation.iso_dep_card import IsoDepCard
from emulation.port100 import Port100, UsbBus
from emulation.type_a_card import TypeACard
from readers.cards.desfire import Desfire
from readers.cards.felica_fcf import FcfProfile, FelicaFcf
from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_lite_s import Authentication, FelicaLiteS
from readers.cards.jpki import Jpki, JpkiSettings
from readers.cards.port import CardTechnology
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.faults import ReaderError
from readers.drivers.nfc import nfc_reader
from readers.drivers.nfc_session import BROKEN_LOOKS_MAX
from readers.drivers.port import CardSeen, ReadTrouble
from tests.readers.cards.desk import PRIVATE, SETTINGS, UID, issued_card
from tests.readers.cards.desk import SiteKeys as DesfireKeys
from tests.readers.cards.felica_site import IDM, KEYS, LABEL, SiteKeys, issued
from tests.readers.drivers.stepping import Reader
from tests.readers.drivers.watching import BRISK, watching

STAFF = fcf_card(bytes.fromhex("0101050103b0c30b"), "100017")


def lite_s(way: Authentication = "mutual", *, keys: SiteKeys = KEYS) -> FelicaLiteS:
    return FelicaLiteS(keys, LABEL, (1, 2), way)


@pytest.fixture
def reader() -> Iterator[Callable[..., Reader]]:
    opened: list[Reader] = []

    def open_reader(*cards: CardTechnology) -> Reader:
        opened.append(Reader(*cards))
        return opened[-1]

    yield open_reader
    for each in opened:
        each.session.close()


Opening = Callable[..., Reader]


def card_as(way: Authentication) -> LiteSCard:
    card = issued()
    card.pmm = REAL_PMM
    return card


@pytest.mark.parametrize(("way", "assurance"), [("internal", 2), ("mutual", 3)])
def test_a_lite_s_card_is_proven_once_and_known_until_it_is_lifted(
    reader: Opening, way: Authentication, assurance: int
) -> None:
    west, heard = reader(lite_s(way), FelicaIdm()), HeardCard(card_as(way))
    for taps in (1, 2):
        (seen,) = west.present(heard, looks=6)
        assert isinstance(seen, CardSeen)
        assert (seen.technology, seen.identifier) == ("felica_lite_s", IDM)
        assert (seen.assurance, seen.evidence) == (assurance, f"lite-s {way} key 1")
        commands = [frame[1] for frame, _ in heard.heard]
        assert commands.count(0x06) == taps * (1 if way == "internal" else 2)
        assert commands.count(0x00) >= taps * 6


def test_the_whole_driver_reports_the_proof() -> None:
    device = Port100()
    reader = nfc_reader("west", "usb", cards=(lite_s(), Iso14443Uid()), usb=UsbBus(device), pace=BRISK)
    with watching(reader) as watched:
        device.put(card_as("mutual"))
        seen = watched.wait_for_card(IDM)
        assert (seen.technology, seen.assurance, seen.evidence) == ("felica_lite_s", 3, "lite-s mutual key 1")


def test_a_lite_s_card_with_its_makers_short_times_is_proven_over_datagrams_too() -> None:
    with FelicaField() as field:
        reader = nfc_reader("west", field.path, cards=(lite_s(), Iso14443Uid()), pace=BRISK)
        with watching(reader) as watched:
            field.put(card_as("mutual"))
            assert watched.wait_for_card(IDM).assurance == 3


@pytest.mark.parametrize("way", ["internal", "mutual"])
def test_a_clone_without_the_key_is_one_refusal_and_no_number(reader: Opening, way: Authentication) -> None:
    clone = LiteSCard(IDM, key=b"0123456789abcdef", key_version=1)
    clone.configure()
    west = reader(lite_s(way), FelicaIdm((0xFE00, 0x88B4)))
    assert west.present(clone, looks=6) == [ReadTrouble("west", "not_genuine")]


def test_a_recording_of_a_genuine_card_is_one_refusal(reader: Opening) -> None:
    west, heard = reader(lite_s()), HeardCard(issued())
    assert west.seen(heard)
    assert west.present(ReplayingCard(heard.heard), looks=6) == [ReadTrouble("west", "not_genuine")]


@pytest.mark.parametrize("way", ["internal", "mutual"])
@pytest.mark.parametrize("hears_last", [True, False])
@pytest.mark.parametrize("cut_to_bytes", [0, 1, 12])
def test_torn_at_any_frame_it_is_one_torn_tap_or_a_clean_one(
    reader: Opening, way: Authentication, hears_last: bool, cut_to_bytes: int
) -> None:
    west, card = reader(lite_s(way), FelicaIdm((0x88B4,))), issued()
    outcomes = []
    for answers in range(1, 7):
        torn = TornCard(card, answers=answers, cut_to_bytes=cut_to_bytes, hears_last=hears_last)
        (seen,) = west.present(torn)
        outcomes.append(seen.technology if isinstance(seen, CardSeen) else seen.cause)  # type: ignore[union-attr]
    frames = 2 if way == "internal" else 4
    if cut_to_bytes == 12 and hears_last:  # the answer to a write has no more, and its loss is nobody's
        assert outcomes[0] == "torn"
    else:
        assert outcomes == ["torn"] * frames + ["felica_lite_s"] * (6 - frames)
    assert set(outcomes) <= {"torn", "felica_lite_s"}
    assert west.seen(card).technology == "felica_lite_s"


class FlickeringCard:
    """A card that loses one answer and is there again."""

    def __init__(self, card: Card, lost: int) -> None:
        self._card = card
        self._left = lost

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        answer = self._card.answer(modulation, frame)
        if answer is not None:
            self._left -= 1
        return None if self._left == -1 else answer


@pytest.mark.parametrize("lost", range(6))
def test_a_card_that_flickers_once_is_read_again_within_the_look(reader: Opening, lost: int) -> None:
    (seen,) = reader(lite_s(), FelicaIdm()).present(FlickeringCard(issued(), lost), looks=3)
    assert isinstance(seen, CardSeen)


def test_a_card_found_before_the_last_poll_is_sensed_again_and_still_has_its_second_try(reader: Opening) -> None:
    west = reader(lite_s(), FelicaFcf())
    (seen,) = west.present(FlickeringCard(STAFF, lost=2))  # poll, poll again, read
    assert isinstance(seen, CardSeen)
    assert seen.technology == "felica_fcf"
    west = reader(Desfire(SETTINGS, DesfireKeys()), FelicaIdm())
    (seen,) = west.present(FlickeringCard(IsoDepCard(issued_card()), lost=10))  # five frames of number, twice; select
    assert isinstance(seen, CardSeen)
    assert seen.technology == "desfire"


def test_another_card_at_the_second_try_is_not_the_first_one(reader: Opening) -> None:
    class Swapped:
        """One card for a poll and a torn read, another from then on."""

        def __init__(self) -> None:
            self._heard = 0

        def answer(self, modulation: str, frame: bytes) -> bytes | None:
            self._heard += frame[1] == 0x08 or self._heard > 0
            if self._heard == 1:
                return None
            return issued(idm=IDM[:-1] + b"\x55" if self._heard else IDM).answer(modulation, frame)

    west = reader(lite_s("internal"))
    west.device.put(Swapped())
    assert west.look() == [ReadTrouble("west", "torn")]


def test_only_the_systems_that_are_set_are_asked_for_and_a_card_of_one_is_no_card_of_another(reader: Opening) -> None:
    heard = HeardCard(STAFF)
    assert reader(lite_s(), FelicaIdm()).seen(heard).technology == "felica_idm"
    assert {frame[2:4].hex() for frame, _ in heard.heard} == {"fe00", "88b4"}
    west = reader(FelicaFcf(FcfProfile(organisation=b"13101000")), FelicaIdm((0x0003,)))
    assert west.present(STAFF) == [ReadTrouble("west", "unsupported")]


def test_a_card_that_is_lifted_in_the_middle_of_a_later_poll_is_no_torn_tap(reader: Opening) -> None:
    west = reader(Iso14443Uid())
    for answers in range(5, 12):
        (seen,) = west.present(TornCard(TypeACard(UID), answers=answers, cut_to_bytes=0), looks=4)
        assert isinstance(seen, CardSeen)


def test_the_issuers_number_is_read_from_its_block_alone(reader: Opening) -> None:
    name = b"NAME OF A PERSON"
    services = {FCF_SERVICE: (b"01000000100017" + b"00", name, b"13101000" + bytes(8))}
    heard = HeardCard(FelicaCard(STAFF.idm, systems={COMMON_AREA: services}))
    seen = reader(FelicaFcf(FcfProfile(organisation=b"13101000")), FelicaIdm()).seen(heard)
    assert (seen.technology, seen.identifier, seen.assurance) == ("felica_fcf", b"000000100017", 1)
    reads = [frame for frame, _ in heard.heard if frame[1] == 0x06]
    assert [frame[10:].hex() for frame in reads] == ["018b1a0280008002"]
    assert not any(name in (answer or b"") for _, answer in heard.heard)


def test_a_card_found_on_two_systems_is_one_card_read_by_the_stronger_technology(reader: Opening) -> None:
    card = FelicaCard(STAFF.idm, systems={0x0003: {}, 0x809E: {0x100B: (b"98765432" * 2,)}, COMMON_AREA: {}})
    university = FelicaFcf(FcfProfile(system=0x809E, service=0x100B, start=0, length=8))
    seen = reader(university, FelicaIdm()).seen(card)
    assert (seen.technology, seen.identifier) == ("felica_fcf", b"98765432")


def test_a_transit_card_in_the_same_wallet_does_not_disturb_and_a_second_card_of_ours_does(reader: Opening) -> None:
    west = reader(lite_s(), FelicaIdm())
    west.device.put(FelicaCard(bytes.fromhex("0102030405060708"), systems={0x0003: {}}))
    assert west.seen(issued())
    west.device.put(STAFF)
    assert west.present(issued()) == [ReadTrouble("west", "several_cards")]


def test_a_missing_master_is_said_of_the_reader_and_other_cards_go_on() -> None:
    device = Port100()
    cards = (lite_s(keys=SiteKeys(versions=())), FelicaIdm())
    with watching(nfc_reader("west", "usb", cards=cards, usb=UsbBus(device), pace=BRISK)) as watched:
        watched.wait_for_health("ready")
        device.put(issued())
        watched.wait_for_health("failing", "keys_unavailable")
        device.remove()
        watched.wait_for_health("ready", after=watched.mark - 1)
        device.put(STAFF)
        watched.wait_for_card(STAFF.idm)
        assert len(watched.cards) == 1


def test_a_desfire_card_with_a_random_number_is_proven_once_over_the_air(reader: Opening) -> None:
    west = reader(Desfire(PRIVATE, DesfireKeys()), Iso14443Uid(), FelicaIdm())
    heard = HeardCard(IsoDepCard(issued_card(PRIVATE, random_id=True)))
    (seen,) = west.present(heard, looks=5)
    assert isinstance(seen, CardSeen)
    assert (seen.technology, seen.identifier, seen.assurance) == ("desfire", UID, 3)
    selections = [frame for frame, _ in heard.heard if frame[0] == 0xE0]
    assert len(selections) == 1  # though its number changes at every look


def test_a_desfire_card_torn_on_the_air_is_torn_or_read(reader: Opening) -> None:
    west, card = reader(Desfire(PRIVATE, DesfireKeys()), Iso14443Uid()), IsoDepCard(issued_card())
    outcomes = []
    for answers in range(5, 13):  # the first five are its number
        (seen,) = west.present(TornCard(card, answers=answers, cut_to_bytes=0), looks=1)
        outcomes.append("read" if isinstance(seen, CardSeen) else seen.cause)  # type: ignore[union-attr]
    assert outcomes == ["torn"] * 6 + ["read"] * 2


def test_a_card_without_apdus_is_left_to_its_number(reader: Opening) -> None:
    class Classic(TypeACard):
        def answer(self, modulation: str, frame: bytes) -> bytes | None:
            answer = super().answer(modulation, frame)
            return b"\x08" if answer == b"\x20" else answer

    seen = reader(Desfire(PRIVATE, DesfireKeys()), Iso14443Uid()).seen(Classic(b"\x01\x02\x03\x04"))
    assert (seen.technology, seen.identifier) == ("iso14443_uid", b"\x01\x02\x03\x04")


def test_a_reader_without_a_technology_it_could_use_is_refused() -> None:
    with pytest.raises(ValueError, match="cards of reader west"):
        nfc_reader("west", "udp:127.0.0.1:54321", cards=(Iso14443Uid(),))
    with pytest.raises(ValueError, match="expected a reader with driver pcsc"):
        nfc_reader("west", "usb", cards=(Jpki(JpkiSettings()), Iso14443Uid()))


class HostileCard:
    """A genuine-looking card whose answers from one frame on are the given ones."""

    def __init__(self, card: Card, start: int, answers: list[bytes]) -> None:
        self._card = card
        self._start = start
        self._answers = iter(answers)

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        whole = self._card.answer(modulation, frame)
        if whole is None:
            return None
        self._start -= 1
        return whole if self._start >= 0 else next(self._answers, None)


HOSTILE: tuple[tuple[str, Callable[[], Card]], ...] = (
    ("lite_s", issued),
    ("fcf", lambda: STAFF),
    ("desfire", lambda: IsoDepCard(issued_card())),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HOSTILE), st.integers(0, 9), st.lists(st.binary(max_size=60), max_size=8))
def test_no_card_breaks_the_session_or_becomes_another(
    hostile: tuple[str, Callable[[], Card]], start: int, answers: list[bytes]
) -> None:
    west = Reader(lite_s(), FelicaFcf(), FelicaIdm(), Desfire(PRIVATE, DesfireKeys()), Iso14443Uid())
    west.device.put(HostileCard(hostile[1](), start, answers))
    with suppress(ReaderError):
        west.look(BROKEN_LOOKS_MAX - 1)
    proven = {seen.identifier for seen in west.reported if isinstance(seen, CardSeen) and seen.assurance > 1}
    assert proven <= {IDM, UID}
    west.session.close()
