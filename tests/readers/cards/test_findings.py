"""What the desk says of a card that lies there: kind, how much it can prove, version, what to do."""

import pytest

from emulation.card import Card
from emulation.desfire_card import DesfireCard
from emulation.felica_card import COMMON_AREA, FelicaCard
from emulation.felica_lite_s_card import LiteSCard
from emulation.virtual_card import LiftedCard, PcscBody, contact_pcsc_card, type_a_pcsc_card
from readers.cards.desk_desfire import DesfireAtDesk
from readers.cards.findings import Findings, find_out
from readers.cards.port import CardLeftError
from tests.readers.cards.desk import PRIVATE, SETTINGS, UID, DirectChannel, SiteKeys, issued_card, laid_down
from tests.readers.cards.felica_site import IDM, FelicaDirect, issued


def told(findings: Findings) -> tuple[str, int, int | None, str]:
    return findings.technology, findings.assurance, findings.key_version, findings.advice


def closed_lite_s() -> LiteSCard:
    card = LiteSCard(IDM)
    card.configure(final=True)
    return card


@pytest.mark.parametrize(
    ("card", "expected", "chip"),
    [
        (LiteSCard(IDM), ("felica_lite_s", 3, None, "issue"), "Lite-S"),
        (issued(2), ("felica_lite_s", 3, 2, "none"), "Lite-S"),
        (issued(2, final=False), ("felica_lite_s", 3, 2, "none"), "Lite-S"),
        (LiteSCard(IDM, key_version=1), ("felica_lite_s", 3, 1, "issue"), "Lite-S"),
        (closed_lite_s(), ("felica_lite_s", 1, None, "not_usable"), "Lite-S"),
        (FelicaCard(IDM, systems={COMMON_AREA: {}, 0x0003: {}}), ("felica_idm", 1, None, "number_only"), "FE00 0003"),
        (FelicaCard(bytes.fromhex("02fe000000000001")), ("-", 0, None, "not_usable"), "emulated_id"),
    ],
)
def test_felica(card: Card, expected: tuple[object, ...], chip: str) -> None:
    findings = find_out(FelicaDirect(card), None)
    assert told(findings) == expected
    assert chip in findings.chip


@pytest.mark.parametrize(
    ("card", "expected", "chip"),
    [
        (DesfireCard(UID), ("desfire", 3, None, "issue"), "EV3"),
        (DesfireCard(UID, hardware=0x01), ("desfire", 3, None, "issue"), "EV1"),
        (issued_card(), ("desfire", 3, 2, "none"), "EV3"),
        (DesfireCard(UID, random_id=True), ("desfire", 0, None, "not_usable"), "random_id"),
        (type_a_pcsc_card(UID), ("iso14443_uid", 1, None, "number_only"), "Type A"),
        (type_a_pcsc_card(bytes.fromhex("08a1b2c3")), ("-", 0, None, "not_usable"), "random_id"),
        (contact_pcsc_card(), ("-", 0, None, "not_usable"), "7816"),
    ],
)
def test_others(card: PcscBody, expected: tuple[object, ...], chip: str) -> None:
    findings = find_out(laid_down(card), SETTINGS)
    assert told(findings) == expected
    assert chip in findings.chip


def test_a_type_b_card_has_no_number_of_its_own() -> None:
    findings = find_out(DirectChannel(type_a_pcsc_card(UID[:4]), family="type_b"), None)
    assert told(findings) == ("jpki", 1, None, "number_only")


def test_a_private_card_is_fine_where_there_is_a_privacy_key() -> None:
    card = issued_card(PRIVATE, random_id=True)
    assert told(find_out(laid_down(card), PRIVATE)) == ("desfire", 3, 2, "none")


def test_a_torn_desfire_says_what_completes_it() -> None:
    desk = DesfireAtDesk(SETTINGS, SiteKeys())
    whole = issued_card()
    advised = {"issue": set[str](), "rekey": set[str]()}
    for answers in range(len(whole.commands)):
        blank, ours = DesfireCard(UID), issued_card()
        for card, advice in ((blank, "issue"), (ours, "rekey")):
            torn = laid_down(LiftedCard(card, answers))
            try:
                if advice == "issue":
                    desk.issue(torn, 2)
                else:
                    desk.rekey(torn, 1, ())
            except CardLeftError:
                advised[advice].add(find_out(laid_down(card), SETTINGS).advice)
    assert advised == {"issue": {"issue", "none"}, "rekey": {"rekey", "none"}}


def test_looking_changes_nothing() -> None:
    card = issued_card()
    keys, applications = list(card.applications[SETTINGS.application].keys), set(card.applications)
    find_out(laid_down(card), SETTINGS)
    find_out(laid_down(card), None)
    assert (card.applications[SETTINGS.application].keys, set(card.applications)) == (keys, applications)


def test_a_card_that_leaves_while_it_is_looked_at_says_so() -> None:
    with pytest.raises(CardLeftError):
        find_out(laid_down(LiftedCard(DesfireCard(UID), 1)), SETTINGS)


def test_the_number_is_no_part_of_the_text() -> None:
    assert UID.hex() not in repr(find_out(laid_down(DesfireCard(UID)), SETTINGS))
    assert repr(UID) not in repr(find_out(laid_down(DesfireCard(UID)), SETTINGS))
