"""FeliCa Lite-S cards prove themselves, or are refused; whatever happens on the way, nobody becomes somebody else."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulation.card import Card, HeardCard, TornCard
from emulation.felica_card import COMMON_AREA, FelicaCard
from emulation.felica_lite_s_card import CKV, ID, STATE, LiteSCard, ReplayingCard
from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_lite_s import Authentication, FelicaLiteS
from readers.cards.lite_s_exchange import derive_card_key
from readers.cards.port import CardReading, NotGenuineError
from readers.cards.reading import read_card
from readers.drivers.faults import ReaderError
from readers.drivers.presentation import Reading
from tests.readers.cards.counted_bytes import counted_bytes
from tests.readers.cards.felica_site import IDM, KEYS, LABEL, FelicaDirect, SiteKeys, issued

WAYS: tuple[Authentication, ...] = ("internal", "mutual")


def technology(
    way: Authentication = "mutual", *, versions: tuple[int, ...] = (1, 2), keys: SiteKeys = KEYS
) -> FelicaLiteS:
    return FelicaLiteS(keys, LABEL, versions, way, counted_bytes())


def sight(card: Card, way: Authentication = "mutual") -> object:
    return read_card(FelicaDirect(card), [technology(way), FelicaIdm((COMMON_AREA, 0x88B4))])


@pytest.mark.parametrize(
    ("way", "assurance", "evidence"), [("internal", 2, "lite-s internal key 2"), ("mutual", 3, "lite-s mutual key 2")]
)
def test_a_card_of_ours_proves_itself(way: Authentication, assurance: int, evidence: str) -> None:
    reading = technology(way).read(FelicaDirect(issued(2)))
    assert reading == CardReading("felica_lite_s", IDM, assurance, evidence)


def test_each_authentication_takes_the_frames_it_needs_and_internal_writes_nothing_that_stays() -> None:
    counts = {}
    for way in WAYS:
        card = issued()
        heard = HeardCard(card)
        channel = FelicaDirect(heard)
        before = len(heard.heard)
        technology(way).read(channel)
        counts[way] = (len(heard.heard) - before - 1, card.write_count)  # the poll is the stack's own
    assert counts == {"internal": (2, 0), "mutual": (4, 1)}


@pytest.mark.parametrize("way", WAYS)
def test_a_clone_with_the_number_and_not_the_key_is_not_genuine_and_no_number_either(way: Authentication) -> None:
    assert sight(LiteSCard(IDM, key=b"0123456789abcdef", key_version=1), way) == "not_genuine"


def test_the_same_key_on_another_card_is_no_key() -> None:
    stolen = issued().key
    assert sight(LiteSCard(bytes.fromhex("012e4cd8aabb0103"), key=stolen, key_version=1)) == "not_genuine"


@pytest.mark.parametrize("way", WAYS)
def test_what_a_genuine_card_said_once_proves_nothing_later(way: Authentication) -> None:
    reader = technology(way)
    heard = HeardCard(issued())
    assert reader.read(FelicaDirect(heard)) is not None
    clone = ReplayingCard(heard.heard)
    with pytest.raises(NotGenuineError):
        reader.read(FelicaDirect(clone, identifier=IDM))


def test_with_the_same_challenge_the_replay_would_pass_so_the_challenge_is_what_stops_it() -> None:
    heard = HeardCard(issued())
    channel = FelicaDirect(heard)
    assert technology("internal").read(channel) is not None
    assert technology("internal").read(FelicaDirect(ReplayingCard(heard.heard), identifier=IDM)) is not None


@pytest.mark.parametrize("version", [0, 3, 0xFFFF])
def test_a_version_that_is_not_accepted_is_not_genuine(version: int) -> None:
    card = issued()
    card.blocks[CKV] = version.to_bytes(2, "little") + bytes(14)
    assert sight(card) == "not_genuine"


def test_a_claimed_version_that_is_not_the_keys_is_not_genuine() -> None:
    card = issued(1)
    card.blocks[CKV] = b"\x02" + bytes(15)
    assert sight(card) == "not_genuine"


def test_a_card_whose_memory_holds_another_number_is_not_genuine() -> None:
    card = issued()
    card.blocks[ID] = bytes.fromhex("012e4cd8aabb0199") + bytes(8)
    assert sight(card) == "not_genuine"


def test_a_card_that_lets_anybody_write_its_state_cannot_prove_mutually() -> None:
    card = LiteSCard(IDM, key=issued().key, key_version=1)
    assert sight(card, "internal") == Reading("felica_lite_s", IDM, 2, "lite-s internal key 1")
    assert sight(card, "mutual") == "not_genuine"


def test_a_card_of_another_kind_is_left_to_the_next_technology() -> None:
    assert sight(FelicaCard(IDM)) == Reading("felica_idm", IDM)


def test_a_number_that_a_phone_claims_is_refused_before_any_key_is_asked_for() -> None:
    phone = LiteSCard(bytes.fromhex("02fe4cd8aabb0102"))
    assert read_card(FelicaDirect(phone), [technology(keys=SiteKeys(versions=()))]) == "emulated_id"


def test_a_missing_master_is_the_boxs_fault() -> None:
    with pytest.raises(ReaderError) as fault:
        read_card(FelicaDirect(issued()), [technology(keys=SiteKeys(versions=()))])
    assert (fault.value.health, fault.value.cause) == ("failing", "keys_unavailable")


@pytest.mark.parametrize(
    ("write_count", "evidence"),
    [(9_998, "lite-s mutual key 1"), (10_000, "lite-s mutual key 1 worn"), (0xFFFDFF, "lite-s mutual key 1 worn")],
)
def test_a_card_that_was_written_very_often_still_proves_itself_and_says_so(write_count: int, evidence: str) -> None:
    card = issued()
    card.write_count = write_count
    assert sight(card) == Reading("felica_lite_s", IDM, 3, evidence)


def test_a_card_whose_counter_has_stopped_is_refused_mutually_and_read_internally() -> None:
    card = issued()
    card.write_count = 0xFFFE00
    assert sight(card, "mutual") == "not_genuine"
    assert sight(card, "internal") == Reading("felica_lite_s", IDM, 2, "lite-s internal key 1")


def test_a_card_that_was_never_finalised_runs_out_of_writes() -> None:
    card = issued(final=False)
    seen = [sight(card) for _ in range(520)]
    assert seen.count(Reading("felica_lite_s", IDM, 3, "lite-s mutual key 1")) == 0x1FF
    assert seen[-1] == "not_genuine"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hears_last", [True, False])
@pytest.mark.parametrize("cut_to_bytes", [0, 1, 12])
def test_torn_at_any_frame_it_is_torn_and_nothing_else_and_reads_well_afterwards(
    way: Authentication, hears_last: bool, cut_to_bytes: int
) -> None:
    card = issued()
    seen = []
    for answers in range(1, 8):  # the first answer is the stack's own poll
        torn = TornCard(card, answers=answers, cut_to_bytes=cut_to_bytes, hears_last=hears_last)
        seen.append(sight(torn, way))
        assert isinstance(sight(card, way), Reading)
    read = [each for each in seen if isinstance(each, Reading)]
    assert {each.technology for each in read} <= {"felica_lite_s"}
    assert set(seen) - set(read) <= {"torn", "garbled"}
    assert len(read) == len(seen) - {"internal": 3, "mutual": 5}[way]


class MeddledCard:
    """A genuine card, one of whose answers is changed on the way."""

    def __init__(self, meddle: Callable[[int, bytes], bytes]) -> None:
        self._card = issued()
        self._meddle = meddle
        self._count = -1

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        answer = self._card.answer(modulation, frame)
        self._count += 1
        return None if answer is None else self._meddle(self._count, answer)


def test_a_state_that_comes_without_proof_is_not_genuine() -> None:
    def meddle(count: int, answer: bytes) -> bytes:
        mac_at = 13 + 16
        return answer if count != 4 else answer[:mac_at] + bytes((answer[mac_at] ^ 1,)) + answer[mac_at + 1 :]

    assert read_card(FelicaDirect(MeddledCard(meddle), identifier=IDM), [technology("internal")]) != "not_genuine"
    assert read_card(FelicaDirect(MeddledCard(meddle), identifier=IDM), [technology("mutual")]) == "not_genuine"


def test_a_card_that_says_written_and_did_not_take_the_readers_proof_is_not_genuine() -> None:
    class Unmoved(LiteSCard):
        def _store(self, number: int, data: bytes) -> None:
            if number != STATE:
                super()._store(number, data)

    card = Unmoved(IDM, key=issued().key, key_version=1)
    card.configure()
    assert sight(card, "internal") == Reading("felica_lite_s", IDM, 2, "lite-s internal key 1")
    assert sight(card, "mutual") == "not_genuine"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(WAYS), st.integers(1, 5), st.integers(0, 76), st.integers(1, 255))
def test_one_changed_byte_anywhere_never_makes_another_card(
    way: Authentication, frame: int, at: int, change: int
) -> None:
    def meddle(count: int, answer: bytes) -> bytes:
        if count != frame or at >= len(answer):
            return answer
        return answer[:at] + bytes((answer[at] ^ change,)) + answer[at + 1 :]

    seen = read_card(FelicaDirect(MeddledCard(meddle), identifier=IDM), [technology(way), FelicaIdm((0x88B4,))])
    genuine = Reading("felica_lite_s", IDM, {"internal": 2, "mutual": 3}[way], f"lite-s {way} key 1")
    worn = Reading("felica_lite_s", IDM, 3, "lite-s mutual key 1 worn")  # the warning itself carries no MAC
    assert seen in {genuine, worn, "not_genuine", "garbled", "torn", "several_cards"}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=90), max_size=6), st.sampled_from(WAYS))
def test_a_babbling_card_is_never_ours(answers: list[bytes], way: Authentication) -> None:
    said = iter(answers)

    class Babbling:
        def answer(self, modulation: str, frame: bytes) -> bytes | None:
            body = next(said, None)
            return None if body is None else bytes((len(body) + 10, frame[1] + 1)) + IDM + body

    assert read_card(FelicaDirect(Babbling(), identifier=IDM), [technology(way)]) in {
        "torn",
        "garbled",
        "not_genuine",
        "several_cards",
        "unsupported",
    }


def test_card_keys_differ_by_card_and_by_version() -> None:
    keys = {
        derive_card_key(KEYS, LABEL, version, idm) for version in (1, 2) for idm in (IDM, IDM[:-1] + b"\x03", bytes(8))
    }
    assert len(keys) == 6
    assert {len(key) for key in keys} == {16}
