"""A fleet's re-key through nfcpy's unmodified RC-S380 driver: cards torn, the desk stopped, the register behind."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from contract.tokens import credential_token
from domain.ids import CredentialToken
from emulation.card import Card, TornCard
from emulation.felica_card import FelicaCard
from emulation.felica_lite_s_card import LiteSCard
from emulation.port100 import Port100, UsbBus
from readers.cards.desk_lite_s import LiteSAtDesk
from readers.drivers.nfc import nfc_reader
from readers.keys.port import KeyUnavailableError
from sekisho.card_desk import OpenReader, watch_desk
from sekisho.card_register import CardRegister, IssuedCard, open_register
from sekisho.card_rekey import follow_rekey, rekey_card, versions_to_try
from tests.readers.cards.felica_site import KEYS, LABEL, issued

SITE_KEY = bytes(range(32))
DESK = LiteSAtDesk(LABEL, KEYS)
FLEET = 20


def idm(number: int) -> bytes:
    return bytes.fromhex("012e4cd8aabb") + number.to_bytes(2, "big")


def token(number: int) -> CredentialToken:
    return credential_token(SITE_KEY, "felica_lite_s", idm(number))


def fleet(count: int = FLEET, version: int = 1) -> list[LiteSCard]:
    return [issued(version, idm=idm(number)) for number in range(count)]


def write_register(path: Path, count: int = FLEET, version: int = 1) -> None:
    with open_register(path) as register:
        for number in range(count):
            register.enter(IssuedCard(token(number), "felica_lite_s", version, f"職員証 {number:03}"))


def register_of(path: Path) -> dict[CredentialToken, IssuedCard]:
    with open_register(path) as register:
        return {card.token: card for card in register.cards}


class Desk:
    """A person with a pile of cards at an RC-S380, and what the desk said to them."""

    def __init__(self) -> None:
        self.device = Port100(rf_delay_seconds=0.0005)
        self.said: list[str] = []
        self.done: list[IssuedCard] = []
        self._news = threading.Condition()

    @property
    def reader(self) -> OpenReader:
        return lambda cards: nfc_reader("desk", "usb", cards=cards, usb=UsbBus(self.device))

    def say(self, words: str) -> None:
        with self._news:
            self.said.append(words)
            self._news.notify_all()

    def run(self, register: CardRegister, *, version: int = 2, quiet_seconds: float = 10) -> None:
        """The command's own loop."""
        behind = register.behind("felica_lite_s", version)
        work = partial(rekey_card, desk=DESK, register=register, site_key=SITE_KEY, version=version)
        with watch_desk(self.reader, work, quiet_seconds) as news:
            for card in follow_rekey(news, behind, self.say):
                self.done.append(card)

    def lay(self, card: Card, *, until: Callable[[str], bool] = lambda words: True) -> str:
        """Lay a card down, wait until the desk says what is waited for, and take it away."""
        mark = len(self.said)
        self.device.put(card)
        with self._news:
            found = self._news.wait_for(lambda: any(until(words) for words in self.said[mark:]), timeout=20)
        self.device.remove()
        assert found, self.said
        return next(words for words in self.said[mark:] if until(words))


@contextmanager
def working(path: Path, **options: object) -> Iterator[Desk]:
    """A desk that re-keys in the background until its register is done, or nothing came for a while."""
    desk, errors = Desk(), []

    def run() -> None:
        try:
            with open_register(path) as register:
                desk.run(register, **options)  # type: ignore[arg-type]
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield desk
    thread.join(30)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


def test_a_fleet_with_torn_cards_is_rekeyed_and_the_run_ends_by_itself(tmp_path: Path) -> None:
    path, cards = tmp_path / "cards.csv", fleet()
    write_register(path)
    with working(path) as desk:
        for number, card in enumerate(cards):
            if number % 4 == 3:
                torn = TornCard(card, answers=2 + number // 2, cut_to_bytes=0)
                assert "torn" in desk.lay(torn, until=lambda words: "torn" in words)
            desk.lay(card, until=lambda words, number=number: f"職員証 {number:03}" in words)  # type: ignore[misc]
    assert [card.label for card in desk.done] == [f"職員証 {number:03}" for number in range(FLEET)]
    assert {card.key_version for card in cards} == {2}
    assert {card.key_version for card in register_of(path).values()} == {2}
    assert len({card.key for card in cards}) == FLEET


def test_a_run_that_was_stopped_is_completed_by_the_next(tmp_path: Path) -> None:
    path, cards = tmp_path / "cards.csv", fleet(9)
    write_register(path, 9)
    with working(path, quiet_seconds=0.7) as desk:
        for number in range(4):
            desk.lay(cards[number], until=lambda words: "now version 2" in words)
        torn = TornCard(cards[4], answers=9, cut_to_bytes=0)
        desk.lay(torn, until=lambda words: "torn" in words)
    assert len(desk.done) == 4
    half_done = register_of(path)
    assert [half_done[token(number)].key_version for number in range(9)] == [2] * 4 + [1] * 5

    with working(path) as desk:
        desk.lay(cards[1], until=lambda words: "done before" in words)
        for number in range(4, 9):
            desk.lay(cards[number], until=lambda words, number=number: f"職員証 {number:03}" in words)  # type: ignore[misc]
    assert len(desk.done) == 5
    assert {card.key_version for card in register_of(path).values()} == {2}
    assert {card.key_version for card in cards} == {2}


def test_a_card_that_was_done_and_not_written_down_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    write_register(path, 1)
    with working(path) as desk:
        assert "written down now" in desk.lay(issued(2, idm=idm(0)), until=lambda words: "職員証 000" in words)
    assert register_of(path)[token(0)].key_version == 2


def test_a_card_of_ours_that_the_register_lacks_is_added(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    write_register(path, 1)
    with working(path) as desk:
        desk.lay(issued(1, idm=idm(7)), until=lambda words: "was not in the register, added" in words)
        desk.lay(issued(1, idm=idm(0)), until=lambda words: "職員証 000" in words)
    assert register_of(path)[token(7)] == IssuedCard(token(7), "felica_lite_s", 2, "")
    assert len(desk.done) == 1


def test_strangers_and_forgeries_are_refused_and_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    write_register(path, 1)
    forged = LiteSCard(idm(6), key=b"x" * 16, key_version=1)
    forged.configure()
    with working(path) as desk:
        desk.lay(FelicaCard(idm(5)), until=lambda words: "not a FeliCa Lite-S" in words)
        desk.lay(forged, until=lambda words: "not as they should be" in words)
        desk.lay(FelicaCard(bytes.fromhex("02fe000000000001")), until=lambda words: "not" in words)
        desk.lay(issued(1, idm=idm(0)), until=lambda words: "now version 2" in words)
    assert register_of(path)[token(0)].key_version == 2


def test_a_reader_that_is_unplugged_in_the_middle_is_used_again(tmp_path: Path) -> None:
    path, cards = tmp_path / "cards.csv", fleet(2)
    write_register(path, 2)
    with working(path) as desk:
        desk.lay(cards[0], until=lambda words: "now version 2" in words)
        desk.device.unplug()
        with desk._news:
            assert desk._news.wait_for(lambda: any("plug it in" in words for words in desk.said), timeout=10)
        desk.device.plug()
        desk.lay(cards[1], until=lambda words: "now version 2" in words)
    assert len(desk.done) == 2


def test_a_missing_master_and_a_full_disk_end_the_run_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    write_register(path, 1)
    with pytest.raises(KeyUnavailableError), working(path, version=9) as desk:
        desk.device.put(issued(1, idm=idm(0)))
    (tmp_path / "cards.csv.part").mkdir()
    card = issued(1, idm=idm(0))
    with pytest.raises(OSError, match="part"), working(path) as desk:
        desk.device.put(card)
    (tmp_path / "cards.csv.part").rmdir()
    assert register_of(path)[token(0)].key_version == 1
    with working(path) as desk:
        desk.lay(card, until=lambda words: "written down now" in words)


def test_without_a_register_the_desk_goes_on_until_nothing_comes() -> None:
    desk, register = Desk(), CardRegister(None, [])
    thread = threading.Thread(target=desk.run, args=(register,), kwargs={"quiet_seconds": 0.7})
    thread.start()
    for number, card in enumerate(fleet(3)):
        desk.lay(card, until=lambda words: "now version 2" in words)
        assert len(register.cards) == number + 1
    thread.join(20)
    assert not thread.is_alive()
    assert versions_to_try(register, DESK, 4) == [2]
    assert versions_to_try(CardRegister(None, []), DESK, 4) == [3, 2, 1]
