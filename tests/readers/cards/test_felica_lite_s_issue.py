"""FeliCa Lite-S at the desk: looked at, issued, rekeyed; torn at any frame and done again, it holds exactly one key."""

from collections.abc import Callable
from contextlib import suppress

import nfc
import nfc.clf
import nfc.tag
import pytest

from emulation.card import Card, HeardCard, TornCard
from emulation.felica_card import COMMON_AREA, FelicaCard
from emulation.felica_lite_s_card import CK, CKV, MC, REAL_PMM, STATE, LiteSCard
from emulation.port100 import Port100
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.lite_s_exchange import derive_card_key
from readers.cards.lite_s_inspect import Inspection, IssueRefusedError, inspect_card
from readers.cards.lite_s_issue import issue_card, rekey_card
from readers.cards.port import CardChannel, CardLeftError, GarbledAnswerError, NotGenuineError, RefusedCardError
from readers.drivers.nfc import frontend_over
from readers.keys.port import KeyUnavailableError
from tests.readers.cards.felica_site import IDM, KEYS, LABEL, FelicaDirect, SiteKeys, issued

Work = Callable[[CardChannel], object]


def key_of(version: int) -> bytes:
    return derive_card_key(KEYS, LABEL, version, IDM)


def issue(channel: CardChannel, *, finalise: bool = False, version: int = 1) -> object:
    return issue_card(channel, KEYS, LABEL, version, finalise=finalise)


def finalise(channel: CardChannel) -> object:
    return issue(channel, finalise=True)


def rekey(channel: CardChannel) -> object:
    return rekey_card(channel, KEYS, LABEL, 1, 2)


def written_blocks(heard: HeardCard) -> list[int]:
    """The numbers of the blocks that were written, challenges left out."""
    written = [frame[15] for frame, _ in heard.heard if frame[1] == 0x08]
    return [number for number in written if number != 0x80]


def proves(card: Card, version: int) -> bool:
    try:
        return FelicaLiteS(KEYS, LABEL, (version,), "mutual").read(FelicaDirect(card)) is not None
    except NotGenuineError:
        return False


def test_a_new_card_is_seen_as_one_and_nothing_is_written() -> None:
    heard = HeardCard(LiteSCard(IDM))
    seen = inspect_card(FelicaDirect(heard))
    assert seen == Inspection(
        IDM, (0x88B4,), 0, is_final=False, key_by_mac=False, state_by_mac=False, writes_left=0x1FF
    )
    assert seen.is_lite_s
    assert written_blocks(heard) == []


def test_another_card_is_seen_as_what_it_is() -> None:
    card = FelicaCard(IDM, systems={0x0003: {}, COMMON_AREA: {}})
    assert inspect_card(FelicaDirect(card)) == Inspection(IDM, (0x0003, COMMON_AREA))
    assert not inspect_card(FelicaDirect(card)).is_lite_s


def test_issue_writes_version_key_and_configuration_in_this_order_and_locks_nothing() -> None:
    card = LiteSCard(IDM)
    heard = HeardCard(card)
    issue(FelicaDirect(heard))
    assert written_blocks(heard) == [CKV, CK, MC]
    card.lose_power()
    assert (card.key, card.key_version) == (key_of(1), 1)
    assert card.blocks[MC].hex() == "ffffff00070100000000000001000000"
    assert proves(card, 1)
    seen = inspect_card(FelicaDirect(card))
    assert (seen.is_final, seen.key_by_mac, seen.state_by_mac) == (False, True, True)


def test_finalising_locks_the_configuration_and_keeps_the_key_changeable() -> None:
    card = LiteSCard(IDM)
    finalise(FelicaDirect(card))
    card.lose_power()
    assert card.blocks[MC].hex() == "ffff0000070100000000000001000000"
    assert card.write_count == 0
    assert proves(card, 1)
    assert rekey(FelicaDirect(card)) is True
    assert proves(card, 2)


def test_issuing_again_changes_nothing_and_finalises_when_asked_to() -> None:
    card = LiteSCard(IDM)
    issue(FelicaDirect(card))
    heard = HeardCard(card)
    issue(FelicaDirect(heard))
    assert written_blocks(heard) == []
    finalise(FelicaDirect(heard))
    assert written_blocks(heard) == [MC]
    finalise(FelicaDirect(heard))
    assert written_blocks(heard) == [MC]
    assert proves(card, 1)


def test_a_number_on_the_card_that_another_system_gave_makes_no_other_key() -> None:
    card = LiteSCard(IDM)
    issue(FelicaDirect(card, identifier=b"\xf1" + IDM[1:]))
    assert card.key == key_of(1)


@pytest.mark.parametrize(
    ("card", "work", "words"),
    [
        (issued(2), issue, "use rekey"),
        (LiteSCard(IDM, key=b"x" * 16, key_version=1), rekey, "a key that may change"),
        (issued(3), rekey, "expected version 1 or 2"),
        (FelicaCard(IDM), issue, "not a FeliCa Lite-S"),
        (FelicaCard(IDM), rekey, "not a FeliCa Lite-S"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_and_changes_nothing(
    card: FelicaCard | LiteSCard, work: Work, words: str
) -> None:
    heard = HeardCard(card)
    with pytest.raises(IssueRefusedError, match=words):
        work(FelicaDirect(heard))
    assert written_blocks(heard) == []


def test_a_card_that_was_issued_under_another_master_is_not_overwritten() -> None:
    for final in (False, True):
        card = LiteSCard(IDM, key=b"another master's", key_version=1)
        card.configure(final=final)
        with pytest.raises(IssueRefusedError, match="check the master"):
            issue(FelicaDirect(card))
        assert card.key == b"another master's"
        with pytest.raises(NotGenuineError):
            rekey(FelicaDirect(card))
        assert (card.key, card.key_version) == (b"another master's", 1)


def test_without_the_new_master_nothing_is_begun() -> None:
    card = issued(1)
    heard = HeardCard(card)
    with pytest.raises(KeyUnavailableError):
        rekey_card(FelicaDirect(heard), SiteKeys(versions=(1,)), LABEL, 1, 2)
    assert (written_blocks(heard), card.key) == ([], key_of(1))


def test_rekeying_writes_version_then_key_with_proof_and_then_has_nothing_left_to_do() -> None:
    card = issued(1)
    heard = HeardCard(card)
    assert rekey(FelicaDirect(heard)) is True
    assert written_blocks(heard) == [CKV, CK]
    assert all(len(frame) == 50 for frame, _ in heard.heard if frame[1] == 0x08 and frame[15] != 0x80)  # with MAC_A
    assert (proves(card, 1), proves(card, 2)) == (False, True)
    assert rekey(FelicaDirect(heard)) is False
    assert written_blocks(heard) == [CKV, CK]


@pytest.mark.parametrize("hears_last", [True, False])
@pytest.mark.parametrize("cut_to_bytes", [0, 11])
@pytest.mark.parametrize(
    ("work", "version"), [(issue, 1), (finalise, 1), (rekey, 2)], ids=["issue", "finalise", "rekey"]
)
def test_torn_at_every_frame_and_done_again_exactly_one_key_opens(
    work: Work, version: int, hears_last: bool, cut_to_bytes: int
) -> None:
    tears = 0
    for answers in range(1, 60):
        card = issued(1) if work is rekey else LiteSCard(IDM)
        torn = TornCard(card, answers=answers, cut_to_bytes=cut_to_bytes, hears_last=hears_last)
        try:
            work(FelicaDirect(torn))
        except (CardLeftError, GarbledAnswerError, IssueRefusedError):
            tears += 1
        else:
            break  # it took fewer frames than that
        assert card.key in {bytes(16), key_of(1), key_of(2)}
        work(FelicaDirect(card))
        card.lose_power()
        assert (card.key, card.key_version) == (key_of(version), version)
        assert [each for each in (1, 2, 3) if proves(card, each)] == [version]
        assert card.blocks[MC][2] == (0xFF if work is issue else 0x00)
    assert tears >= 10


@pytest.mark.parametrize("work", [issue, rekey])
def test_torn_again_and_again_it_is_still_completed(work: Work) -> None:
    card = issued(1) if work is rekey else LiteSCard(IDM)
    for answers in (*range(6, 24), *range(6, 24)):
        with suppress(CardLeftError, GarbledAnswerError):
            work(FelicaDirect(TornCard(card, answers=answers)))
    work(FelicaDirect(card))
    version = 2 if work is rekey else 1
    assert (card.key, card.key_version) == (key_of(version), version)
    assert proves(card, version)


def test_two_cards_at_the_desk_are_refused() -> None:
    other = FelicaCard(bytes.fromhex("0101050103b0c30b"))
    with pytest.raises(RefusedCardError, match="several_cards"):
        issue(FelicaDirect(LiteSCard(IDM), other, identifier=other.idm))


def test_nfcpys_own_lite_s_knows_the_card_we_issued() -> None:
    """Another implementation, byte order and all: key as a password, mutual authentication, MACs both ways."""
    card = LiteSCard(IDM, pmm=REAL_PMM)
    finalise(FelicaDirect(card))
    device = Port100(rf_delay_seconds=0)
    device.put(card)
    frontend = frontend_over(device.open())
    try:
        target = frontend.sense(nfc.clf.RemoteTarget("212F", sensf_req=bytearray.fromhex("0088b40100")), iterations=1)
        tag = nfc.tag.activate(frontend, target)
        assert tag.authenticate(b"not the key at all") is False
        assert tag.authenticate(key_of(1)) is True
        assert tag.read_with_mac(STATE)[0] == 1
    finally:
        frontend.close()
