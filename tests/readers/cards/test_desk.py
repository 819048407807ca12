"""Both technologies at the desk behind one port: issued, re-keyed, torn anywhere and completed, refused untouched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from emulation.card import HeardCard, TornCard
from emulation.desfire_card import DesfireCard
from emulation.felica_card import FelicaCard
from emulation.felica_lite_s_card import CK, CKV, LiteSCard
from emulation.virtual_card import LiftedCard, type_a_pcsc_card
from readers.cards.desfire import DesfireFile
from readers.cards.desk import DeskRefusedError, DeskTechnology
from readers.cards.desk_desfire import DesfireAtDesk
from readers.cards.desk_lite_s import LiteSAtDesk
from readers.cards.port import CardChannel, CardLeftError, GarbledAnswerError, NotGenuineError
from readers.keys.port import KeyUnavailableError
from tests.readers.cards import desk as desfire_site
from tests.readers.cards import felica_site
from tests.readers.cards.felica_site import IDM, FelicaDirect

UID = desfire_site.UID
SETTINGS = desfire_site.SETTINGS
FILE_SETTINGS = SETTINGS.model_copy(update={"file": DesfireFile(number=1, length=8)})
KNOWN = (3, 2, 1)


@dataclass(frozen=True)
class Case:
    """One technology: the desk, a blank card, the channel to a card, a card that is torn away."""

    desk: DeskTechnology
    number: bytes
    blank: Callable[[], Any]
    channel: Callable[[Any], CardChannel]
    torn: Callable[[Any, int, bool], Any]
    stranger: Callable[[], Any]


def lite_s(idm: bytes = IDM) -> Case:
    return Case(
        LiteSAtDesk(felica_site.LABEL, felica_site.KEYS),
        idm,
        lambda: LiteSCard(idm),
        FelicaDirect,
        lambda card, answers, heard: TornCard(card, answers=answers, cut_to_bytes=0, hears_last=heard),
        lambda: FelicaCard(idm),
    )


def desfire() -> Case:
    return Case(
        DesfireAtDesk(SETTINGS, desfire_site.SiteKeys()),
        UID,
        lambda: DesfireCard(UID, random_bytes=desfire_site.counted_bytes()),
        desfire_site.laid_down,
        lambda card, answers, heard: LiftedCard(card, answers, lost_answer=heard),
        lambda: type_a_pcsc_card(UID),
    )


CASES = {"felica_lite_s": lite_s(), "desfire": desfire()}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = CASES[request.param]
    return found


def test_a_blank_card_becomes_ours_and_issuing_again_gives_the_same(case: Case) -> None:
    card = case.blank()
    first = case.desk.issue(case.channel(card), 1)
    assert (first.technology, first.identifier) == (case.desk.technology, case.number)
    assert case.desk.issue(case.channel(card), 1) == first


def test_a_card_moves_to_another_version_once(case: Case) -> None:
    card = case.blank()
    issued = case.desk.issue(case.channel(card), 1)
    for version in (2, 3, 1):
        moved = case.desk.rekey(case.channel(card), version, ())
        assert moved.changed
        assert moved.reading.identifier == issued.identifier
        assert f"key {version}" in moved.reading.evidence
        again = case.desk.rekey(case.channel(card), version, ())
        assert not again.changed
        assert again.reading == moved.reading


def torn_everywhere(case: Case, card: Callable[[], Any], work: Callable[[CardChannel], object]) -> list[Any]:
    """Cards that left at every exchange of some work, with and without having heard the last command."""
    left = []
    for heard in (True, False):
        for answers in range(200):
            torn = card()
            try:
                work(case.channel(case.torn(torn, answers, heard)))
            except (CardLeftError, GarbledAnswerError):
                left.append(torn)
            else:
                break
        else:
            raise AssertionError("the work never ends")
    return left


def test_an_issue_torn_anywhere_is_completed_by_issuing_again(case: Case) -> None:
    left = torn_everywhere(case, case.blank, lambda channel: case.desk.issue(channel, 1))
    assert len(left) > 8
    for card in left:
        assert case.desk.issue(case.channel(card), 1).identifier == case.number
        assert not case.desk.rekey(case.channel(card), 1, ()).changed


def test_a_rekey_torn_anywhere_is_completed_by_rekeying_again(case: Case) -> None:
    def issued() -> Any:
        card = case.blank()
        case.desk.issue(case.channel(card), 1)
        return card

    left = torn_everywhere(case, issued, lambda channel: case.desk.rekey(channel, 3, KNOWN))
    assert len(left) > 8
    for card in left:
        case.desk.rekey(case.channel(card), 3, KNOWN)
        assert not case.desk.rekey(case.channel(card), 3, ()).changed


def test_a_card_of_another_kind_and_a_blank_one_are_refused_untouched(case: Case) -> None:
    with pytest.raises(DeskRefusedError, match="not"):
        case.desk.rekey(case.channel(case.blank()), 1, KNOWN)
    for work in (lambda channel: case.desk.issue(channel, 1), lambda channel: case.desk.rekey(channel, 1, KNOWN)):
        with pytest.raises(DeskRefusedError, match=r"not a|no DESFire"):
            work(case.channel(case.stranger()))


def test_a_card_issued_with_another_version_is_not_issued_over(case: Case) -> None:
    card = case.blank()
    case.desk.issue(case.channel(card), 2)
    with pytest.raises(DeskRefusedError, match="rekey"):
        case.desk.issue(case.channel(card), 1)
    assert not case.desk.rekey(case.channel(card), 2, ()).changed


def test_a_version_without_its_master_stops_before_the_card_is_touched(case: Case) -> None:
    card = case.blank()
    case.desk.issue(case.channel(card), 1)
    with pytest.raises(KeyUnavailableError):
        case.desk.rekey(case.channel(card), 9, KNOWN)
    assert not case.desk.rekey(case.channel(card), 1, ()).changed


def test_old_masters_are_not_needed_for_cards_that_are_done() -> None:
    card = felica_site.issued(2)
    only_new = LiteSAtDesk(felica_site.LABEL, felica_site.SiteKeys(versions=(2,)))
    assert not only_new.rekey(FelicaDirect(card), 2, (1,)).changed


def half_rekeyed(said: int) -> LiteSCard:
    """A Lite-S that says a version whose key it does not hold yet."""
    card = felica_site.issued(1)
    card.blocks[CKV] = said.to_bytes(2, "little") + bytes(14)
    return card


def test_a_torn_lite_s_finds_its_old_key_among_those_it_may_have() -> None:
    desk = LiteSAtDesk(felica_site.LABEL, felica_site.KEYS)
    card = half_rekeyed(3)
    assert desk.rekey(FelicaDirect(card), 3, (9, 2, 1)).changed  # there is no master 9, and it never had version 2
    assert card.key_version == 3
    for known in ((), (2,)):
        stuck = half_rekeyed(3)
        before = dict(stuck.blocks)
        with pytest.raises(NotGenuineError, match="none that it may have had"):
            desk.rekey(FelicaDirect(stuck), 3, known)
        assert {number: stuck.blocks[number] for number in (CK, CKV)} == {
            number: before[number] for number in (CK, CKV)
        }
    with pytest.raises(KeyUnavailableError):
        desk.rekey(FelicaDirect(half_rekeyed(3)), 3, (9,))


def test_a_card_with_anothers_keys_is_not_genuine(case: Case) -> None:
    card = case.blank()
    if isinstance(card, LiteSCard):
        other: DeskTechnology = LiteSAtDesk(felica_site.LABEL, _OtherKeys())
    else:
        other = DesfireAtDesk(SETTINGS, _OtherKeys())
    other.issue(case.channel(card), 1)
    with pytest.raises(NotGenuineError):
        case.desk.rekey(case.channel(card), 2, KNOWN)
    assert not other.rekey(case.channel(card), 1, ()).changed


class _OtherKeys:
    def derive(self, label: str, diversifier: bytes) -> bytes:
        return (label.encode() + diversifier)[:16].ljust(16, b"x")


def test_a_card_that_is_to_carry_a_number_gets_one_drawn_and_keeps_it() -> None:
    draw = desfire_site.counted_bytes()
    desk = DesfireAtDesk(FILE_SETTINGS, desfire_site.SiteKeys(), draw)
    cards = [DesfireCard(UID, random_bytes=desfire_site.counted_bytes()) for _ in range(2)]
    numbers = [desk.issue(desfire_site.laid_down(card), 2).identifier for card in cards]
    assert len(set(numbers)) == 2
    assert [desk.issue(desfire_site.laid_down(card), 2).identifier for card in cards] == numbers
    assert [desk.rekey(desfire_site.laid_down(card), 1, ()).reading.identifier for card in cards] == numbers


def test_a_card_torn_before_its_number_was_written_does_not_keep_the_empty_one() -> None:
    desk = DesfireAtDesk(FILE_SETTINGS, desfire_site.SiteKeys(), desfire_site.counted_bytes())
    whole = DesfireCard(UID, random_bytes=desfire_site.counted_bytes())
    desk.issue(desfire_site.laid_down(whole), 2)
    for answers in range(len(whole.commands)):
        card = DesfireCard(UID, random_bytes=desfire_site.counted_bytes())
        with pytest.raises(CardLeftError):
            desk.issue(desfire_site.laid_down(LiftedCard(card, answers)), 2)
        assert any(desk.issue(desfire_site.laid_down(card), 2).identifier)


def test_the_masters_that_a_desk_needs_are_named() -> None:
    assert CASES["felica_lite_s"].desk.masters(2) == ("lite_s-2",)
    private = DesfireAtDesk(desfire_site.PRIVATE, desfire_site.SiteKeys())
    assert private.masters(2) == ("desfire_application-2", "desfire-2", "desfire_privacy-2")


def test_finalising_is_only_done_when_asked_for() -> None:
    for finalise in (False, True):
        card = HeardCard(LiteSCard(IDM))
        desk = LiteSAtDesk(felica_site.LABEL, felica_site.KEYS, finalise=finalise)
        desk.issue(FelicaDirect(card), 1)
        configured = [frame[16:32] for frame, _ in card.heard if frame[1] == 0x08 and frame[15] == 0x88]
        assert [block[2] for block in configured] == [0x00 if finalise else 0xFF]
