"""Cards that prove themselves, through a real pcscd: what is read, that it is read once, and what disturbs it."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
from smartcard import scard

from emulation.desfire_card import DesfireCard
from emulation.desfire_memory import Application
from emulation.felica_card import fcf_card
from emulation.felica_pcsc_card import FelicaPcscCard
from emulation.my_number_card import JPKI, MyNumberCard
from emulation.pcscd import Pcscd
from emulation.virtual_card import LiftedCard, VirtualCard
from readers.cards.desfire import Desfire, DesfireSettings
from readers.cards.desfire_issue import DesfireDesk
from readers.cards.felica_fcf import FelicaFcf
from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.felica_over_pcsc import FelicaDialect
from readers.cards.jpki import Jpki, JpkiSettings
from readers.cards.port import CardTechnology
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.pcsc import pcsc_reader
from readers.drivers.pcsc_card import ConnectedCard, PcscChannel
from readers.drivers.port import CardSeen, Observation, ReaderHealth, ReadTrouble
from tests.readers.cards.desk import PRIVATE, SETTINGS, UID, SiteKeys, issued_card
from tests.readers.cards.felica_site import IDM, KEYS, LABEL, issued
from tests.readers.cards.test_jpki import certified
from tests.readers.drivers.watching import BRISK, Watched, watching

POLL_SECONDS = 0.45  # pcscd asks a virtual reader every 0.4 s
EV1 = SETTINGS.model_copy(update={"protocol": "ev1"})
EXCHANGES = 5
"""Of a DESFire's proof: select, key version, two of the authentication, UID."""

pytestmark = pytest.mark.real


def door(settings: DesfireSettings = SETTINGS, keys: SiteKeys | None = None) -> tuple[CardTechnology, ...]:
    return (Desfire(settings, keys or SiteKeys()), Jpki(JpkiSettings()), FelicaIdm(), Iso14443Uid())


@contextmanager
def reader_a(cards: Sequence[CardTechnology], dialect: FelicaDialect = "none") -> Iterator[Watched]:
    with watching(pcsc_reader("east", "Reader A", cards=cards, felica_dialect=dialect, pace=BRISK)) as watched:
        yield watched


@pytest.fixture
def port(pcscd: Pcscd) -> Iterator[int]:
    """Where a card is put into reader A; afterwards pcscd is given the time to notice that it is empty again."""
    yield pcscd.reader("Reader A").port
    time.sleep(POLL_SECONDS)


def cards_and_troubles(watched: Watched) -> list[Observation]:
    return [each for each in watched.observations if not isinstance(each, ReaderHealth)]


def is_trouble(cause: str, observation: Observation) -> bool:
    return isinstance(observation, ReadTrouble) and observation.cause == cause


@pytest.mark.parametrize("settings", [EV1, SETTINGS], ids=["ev1", "ev2"])
def test_a_desfire_is_proven_once_however_long_it_lies_there(port: int, settings: DesfireSettings) -> None:
    card = issued_card(settings)
    card.commands.clear()
    with reader_a(door(settings)) as watched, VirtualCard(card) as virtual:
        virtual.insert(port)
        seen = watched.wait_for_card(UID)
        assert (seen.technology, seen.assurance) == ("desfire", 3)
        assert seen.evidence == f"desfire {settings.protocol} key 2"
        time.sleep(1.5)
        assert cards_and_troubles(watched) == [seen]
        assert len(card.commands) == EXCHANGES


def test_a_desfire_with_random_id_is_known_by_its_real_number_at_every_tap(port: int) -> None:
    card = issued_card(PRIVATE, random_id=True)
    with reader_a(door(PRIVATE)) as watched:
        for _ in range(2):
            mark = watched.mark
            with VirtualCard(card) as virtual:
                virtual.insert(port)
                watched.wait_for_card(UID, after=mark)
            time.sleep(POLL_SECONDS + 0.5)
        assert watched.cards == [UID, UID]


def test_a_clone_without_the_key_is_exactly_one_not_genuine(port: int) -> None:
    clone = DesfireCard(UID, {SETTINGS.application: Application([(bytes(16), 2)] * 2)})
    with reader_a(door()) as watched, VirtualCard(clone) as virtual:
        virtual.insert(port)
        watched.wait_for(lambda each: is_trouble("not_genuine", each))
        time.sleep(1.2)
        assert cards_and_troubles(watched) == [ReadTrouble("east", "not_genuine")]
        assert clone.commands.count(0x71) == 1


def test_a_card_torn_at_each_exchange_is_torn_and_then_read(port: int) -> None:
    card = issued_card()
    with reader_a(door()) as watched:
        for answers in range(EXCHANGES):
            mark = watched.mark
            with VirtualCard(LiftedCard(card, answers)) as leaving:
                leaving.insert(port)
                watched.wait_for(lambda each: is_trouble("torn", each), after=mark)
            time.sleep(POLL_SECONDS + 0.5)
        mark = watched.mark
        with VirtualCard(card) as virtual:
            virtual.insert(port)
            watched.wait_for_card(UID, after=mark)
        assert watched.cards == [UID]
        assert {each for each in watched.observations if isinstance(each, ReaderHealth)} == {
            ReaderHealth("east", "ready", "")
        }


def test_a_missing_master_is_the_readers_trouble_until_it_is_there(port: int) -> None:
    keys = SiteKeys()
    card = issued_card(keys=keys)
    master = keys.masters.pop("desfire-2")
    with reader_a(door(keys=keys)) as watched, VirtualCard(card) as virtual:
        virtual.insert(port)
        watched.wait_for_health("failing", "keys_unavailable")
        keys.masters["desfire-2"] = master
        watched.wait_for_card(UID)
        assert cards_and_troubles(watched) == [watched.wait_for_card(UID)]


def test_a_my_number_card_is_known_by_its_certificate_and_no_pin_is_tried(port: int) -> None:
    certificate, digest = certified()
    card = MyNumberCard(certificate)
    with reader_a(door()) as watched, VirtualCard(card) as virtual:
        virtual.insert(port)
        assert watched.wait_for_card(digest).technology == "jpki"
        time.sleep(0.7)
    assert card.verify_commands == 0
    assert card.asked_applications == [JPKI]


def test_a_my_number_card_is_asked_nothing_where_it_is_not_listed(port: int) -> None:
    card = MyNumberCard(certified()[0])
    with reader_a((Iso14443Uid(),)) as watched, VirtualCard(card) as virtual:
        virtual.insert(port)
        watched.wait_for(lambda each: is_trouble("random_id", each))
    assert card.asked_applications == []


@pytest.mark.parametrize("authentication", ["internal", "mutual"])
def test_a_lite_s_proves_itself_through_an_acs_reader(port: int, authentication: str) -> None:
    lite_s = FelicaLiteS(KEYS, LABEL, (1,), authentication)  # type: ignore[arg-type]
    with reader_a((lite_s, FelicaIdm()), "acs") as watched, VirtualCard(FelicaPcscCard(issued())) as virtual:
        virtual.insert(port)
        seen = watched.wait_for(lambda each: isinstance(each, CardSeen))
        assert isinstance(seen, CardSeen)
        assert (seen.technology, seen.identifier) == ("felica_lite_s", bytes((IDM[0] & 0x0F,)) + IDM[1:])
        assert seen.assurance == (2 if authentication == "internal" else 3)


def test_an_issuers_number_is_read_through_an_acs_reader(port: int) -> None:
    card = FelicaPcscCard(fcf_card(IDM, "A00012345"))
    with reader_a((FelicaFcf(), FelicaIdm()), "acs") as watched, VirtualCard(card) as virtual:
        virtual.insert(port)
        assert watched.wait_for_card(b"A00012345".ljust(12)).technology == "felica_fcf"


def test_a_reader_that_passes_no_frames_on_is_set_to_numbers_alone() -> None:
    with pytest.raises(ValueError, match="felica_dialect"):
        pcsc_reader("east", "Reader A", cards=(FelicaFcf(), FelicaIdm()))


def test_frames_that_the_reader_does_not_know_are_one_garbled_card(port: int) -> None:
    card = FelicaPcscCard(fcf_card(IDM, "A00012345"), frames=False)
    with reader_a((FelicaFcf(), FelicaIdm()), "acs") as watched, VirtualCard(card) as virtual:
        virtual.insert(port)
        watched.wait_for(lambda each: is_trouble("garbled", each))
        time.sleep(0.7)
        assert cards_and_troubles(watched) == [ReadTrouble("east", "garbled")]


@contextmanager
def connected(reader_name: str) -> Iterator[ConnectedCard]:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    try:
        _, names = scard.SCardListReaders(context, [])
        with ConnectedCard(context, next(name for name in names if name.startswith(reader_name))) as card:
            yield card
    finally:
        scard.SCardReleaseContext(context)


class Slow:
    """A card that takes its time for each answer."""

    def __init__(self, card: DesfireCard) -> None:
        self._card = card
        self.atr = card.atr
        self.asked = threading.Event()

    def power(self) -> None:
        self._card.power()

    def answer(self, command: bytes) -> bytes:
        if command[0] == 0x90:
            self.asked.set()
            time.sleep(0.2)
        return self._card.answer(command)


def test_no_other_program_comes_between_while_a_card_is_read(port: int) -> None:
    """The other one selects another application, which would end the session that our proof runs in."""
    slow = Slow(issued_card())
    with reader_a(door()) as watched, VirtualCard(slow) as virtual:
        virtual.insert(port)
        assert slow.asked.wait(5)
        with connected("Reader A") as other, other.transaction():
            other.transmit(bytes.fromhex("905a00000300000000"))
        assert watched.wait_for_card(UID).assurance == 3
        time.sleep(0.7)
        assert watched.cards == [UID]


def test_a_card_in_another_programs_transaction_is_read_when_it_ends(port: int) -> None:
    """The service lets nobody ask whether a card is in a transaction: our call waits, and is given up if long."""
    with VirtualCard(issued_card()) as virtual:
        virtual.insert(port)
        time.sleep(POLL_SECONDS)
        with connected("Reader A") as other, ExitStack() as later:
            with other.transaction():
                watched = later.enter_context(reader_a(door()))
                watched.wait_for_health("failing", "stuck")
                assert watched.cards == []
            watched.wait_for_card(UID)
            assert watched.cards == [UID]


def test_the_desk_issues_and_rekeys_through_the_service(port: int) -> None:
    card = DesfireCard(UID)
    with VirtualCard(card) as virtual:
        virtual.insert(port)
        time.sleep(POLL_SECONDS)
        with connected("Reader A") as held, held.transaction():
            channel = PcscChannel(held, card.atr, held.read_number(), "none")
            DesfireDesk(SETTINGS.model_copy(update={"versions": (1,)}), SiteKeys()).issue(channel)
            assert DesfireDesk(SETTINGS, SiteKeys()).rekey(channel, 2).evidence == "desfire ev2 key 2"
        with reader_a(door()) as watched:
            assert watched.wait_for_card(UID).assurance == 3
