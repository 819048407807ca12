"""The desk: issuing, re-keying, and both torn anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulation.desfire_card import DesfireCard
from emulation.desfire_memory import Application
from emulation.virtual_card import LiftedCard, contact_pcsc_card, type_a_pcsc_card
from readers.cards.desfire import Desfire, DesfireFile, DesfirePrivacyKey, DesfireSettings
from readers.cards.desfire_inspect import DesfireInspection, inspect_desfire
from readers.cards.desfire_issue import TRANSPORT_KEY, CannotIssueError, DesfireDesk
from readers.cards.port import CardLeftError, CardReading, NotGenuineError
from tests.readers.cards.counted_bytes import counted_bytes
from tests.readers.cards.desk import PRIVATE, SETTINGS, UID, SiteKeys, issued_card, laid_down

AID = SETTINGS.application
PROTOCOLS = ("ev1", "ev2")


def settings_for(protocol: str, *, private: bool = False, file: bool = False) -> DesfireSettings:
    chosen = (PRIVATE if private else SETTINGS).model_copy(update={"protocol": protocol})
    return chosen.model_copy(update={"file": DesfireFile(number=1, length=8)}) if file else chosen


def moved(settings: DesfireSettings, *versions: int) -> DesfireSettings:
    return settings.model_copy(update={"versions": versions})


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("private", [True, False])
def test_an_issued_card_has_keys_of_its_own_and_no_transport_key(protocol: str, private: bool) -> None:
    settings = settings_for(protocol, private=private)
    cards = [issued_card(settings, uid=uid) for uid in (UID, bytes.fromhex("04000000000001"))]
    first, second = (card.applications[AID].keys for card in cards)
    assert [version for _, version in first] == [2] * (3 if private else 2)
    assert TRANSPORT_KEY not in {key for key, _ in first}
    assert len({key for key, _ in first}) == len(first)
    assert {key for key, _ in first} & {key for key, _ in second} == ({first[2][0]} if private else set())


def test_the_application_lets_nobody_without_its_master_key_change_it() -> None:
    application = issued_card().applications[AID]
    assert (application.changer(1), application.changer(0)) == (0, 0)
    assert application.settings & 0x04 == 0


def test_issuing_again_changes_nothing_and_gives_the_same() -> None:
    card = issued_card()
    before = list(card.applications[AID].keys)
    card.commands.clear()
    assert DesfireDesk(SETTINGS, SiteKeys()).issue(laid_down(card)) == CardReading(
        "desfire", UID, 3, "desfire ev2 key 2"
    )
    assert card.applications[AID].keys == before
    assert 0xC4 not in card.commands


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("random_id", [True, False])
@pytest.mark.parametrize("file", [True, False])
def test_an_issue_torn_at_any_exchange_and_repeated_ends_valid(protocol: str, random_id: bool, file: bool) -> None:
    settings = settings_for(protocol, private=random_id, file=file)
    content = b"00012345" if file else b""
    desk = DesfireDesk(settings, SiteKeys())
    whole = DesfireCard(UID, random_id=random_id, random_bytes=counted_bytes())
    desk.issue(laid_down(whole), content)
    for answers in range(len(whole.commands)):
        for lost_answer in (True, False):
            card = DesfireCard(UID, random_id=random_id, random_bytes=counted_bytes())
            with pytest.raises(CardLeftError):
                desk.issue(laid_down(LiftedCard(card, answers, lost_answer=lost_answer)), content)
            assert desk.issue(laid_down(card), content).identifier == (content or UID)
            assert card.applications[AID].keys == whole.applications[AID].keys


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("random_id", [True, False])
def test_a_rekey_torn_at_any_exchange_is_read_meanwhile_or_mended_and_ends_valid(
    protocol: str, random_id: bool
) -> None:
    settings = moved(settings_for(protocol, private=random_id), 3, 2)
    old = moved(settings, 2)
    keys = SiteKeys()
    desk = DesfireDesk(settings, keys)
    whole = issued_card(old, random_id=random_id)
    whole.commands.clear()
    desk.rekey(laid_down(whole), 3)
    for answers in range(len(whole.commands)):
        for lost_answer in (True, False):
            card = issued_card(old, random_id=random_id)
            with pytest.raises(CardLeftError):
                desk.rekey(laid_down(LiftedCard(card, answers, lost_answer=lost_answer)), 3)
            # A door that accepts both versions opens to a half-way card too.
            assert Desfire(settings, keys).read(laid_down(card)) is not None
            assert desk.rekey(laid_down(card), 3) == CardReading("desfire", UID, 3, f"desfire {protocol} key 3")
            assert card.applications[AID].keys == whole.applications[AID].keys


@given(
    st.lists(st.tuples(st.integers(0, 25), st.booleans()), max_size=5),
    st.sampled_from(PROTOCOLS),
    st.booleans(),
)
def test_torn_as_often_as_you_like(tears: list[tuple[int, bool]], protocol: str, random_id: bool) -> None:
    settings = moved(settings_for(protocol, private=random_id), 3, 2)
    desk = DesfireDesk(settings, SiteKeys())
    card = issued_card(moved(settings, 2), random_id=random_id)
    for answers, lost_answer in tears:
        try:
            desk.rekey(laid_down(LiftedCard(card, answers, lost_answer=lost_answer)), 3)
        except CardLeftError:
            continue
    assert desk.rekey(laid_down(card), 3).evidence == f"desfire {protocol} key 3"
    assert {version for _, version in card.applications[AID].keys} == {3}


def test_a_card_that_went_backwards_is_moved_back_only_when_told() -> None:
    card = issued_card()
    DesfireDesk(SETTINGS, SiteKeys()).rekey(laid_down(card), 1)
    assert {version for _, version in card.applications[AID].keys} == {1}
    with pytest.raises(ValueError, match="version 3"):
        DesfireDesk(SETTINGS, SiteKeys()).rekey(laid_down(card), 3)


@pytest.mark.parametrize(
    ("card", "says"),
    [
        (DesfireCard(UID, picc=Application([(bytes(16), 0)], settings=0x0B)), "allows no new application"),
        (DesfireCard(UID, free_bytes=100), "full"),
        (DesfireCard(UID, random_id=True), "privacy key"),
        (issued_card(moved(SETTINGS, 1)), "has version 1"),
        (type_a_pcsc_card(UID), "no DESFire"),
        (contact_pcsc_card(), "no DESFire"),
    ],
)
def test_a_card_that_cannot_be_issued_says_why(card: DesfireCard, says: str) -> None:
    with pytest.raises(CannotIssueError, match=says):
        DesfireDesk(SETTINGS, SiteKeys()).issue(laid_down(card))


def test_a_card_that_is_not_ours_is_not_rekeyed() -> None:
    card = DesfireCard(UID)
    with pytest.raises(CannotIssueError, match="issue it first"):
        DesfireDesk(SETTINGS, SiteKeys()).rekey(laid_down(card), 2)
    assert card.applications == {}


def test_a_half_issued_card_is_not_rekeyed_but_issued_on() -> None:
    card = issued_card()
    card.applications[AID].keys[0] = (TRANSPORT_KEY, 0)
    with pytest.raises(CannotIssueError, match="has version 0"):
        DesfireDesk(SETTINGS, SiteKeys()).rekey(laid_down(card), 2)
    DesfireDesk(SETTINGS, SiteKeys()).issue(laid_down(card))
    assert {version for _, version in card.applications[AID].keys} == {2}


def test_a_card_of_other_masters_is_told_and_left_as_it_is() -> None:
    foreign = SiteKeys({label: bytes(x ^ 0x5A for x in master) for label, master in SiteKeys().masters.items()})
    card = issued_card(keys=foreign)
    before = list(card.applications[AID].keys)
    with pytest.raises(NotGenuineError):
        DesfireDesk(moved(SETTINGS, 3, 2), SiteKeys()).rekey(laid_down(card), 3)
    assert card.applications[AID].keys == before


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"key_number": 2}, "without a gap"),
        ({"privacy": DesfirePrivacyKey(number=3, label="desfire_privacy")}, "without a gap"),
        ({"label": "desfire_application"}, "label of its own"),
        ({"file": DesfireFile(number=1, length=8, communication="mac")}, '"full" files'),
    ],
)
def test_a_desk_that_would_leave_a_card_weak_is_refused(update: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        DesfireDesk(SETTINGS.model_copy(update=update), SiteKeys())


def test_a_files_content_has_the_files_length() -> None:
    with pytest.raises(ValueError, match="8 bytes"):
        DesfireDesk(settings_for("ev2", file=True), SiteKeys()).issue(laid_down(DesfireCard(UID)), b"123")


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (DesfireCard(UID, hardware=0x01), DesfireInspection("EV1", 4096, 4096, ())),
        (issued_card(), DesfireInspection("EV3", 4096, 3584, ((0, 2), (1, 2)))),
        (issued_card(PRIVATE, random_id=True), DesfireInspection("EV3", 4096, 3584, ((0, 2), (1, 2)))),
        (
            DesfireCard(UID, {AID: Application([(bytes(16), 7)])}, hardware=0x12),
            DesfireInspection("EV2", 4096, 4096, ((0, 7), (1, None))),
        ),
        (type_a_pcsc_card(UID), None),
        (contact_pcsc_card(), None),
    ],
)
def test_inspection_tells_versions_and_room(card: DesfireCard, expected: DesfireInspection | None) -> None:
    found = inspect_desfire(laid_down(card), SETTINGS)
    assert found == expected
    assert found is None or found.is_ours == bool(found.key_versions)
