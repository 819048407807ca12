"""Our PC/SC loop on a real pcscd with virtual readers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from smartcard import scard

from emulation.pcscd import Pcscd
from emulation.virtual_card import (
    PcscCard,
    VirtualCard,
    contact_pcsc_card,
    felica_pcsc_card,
    type_a_pcsc_card,
)
from readers.drivers.pcsc import pcsc_reader
from readers.drivers.port import ReaderHealth, ReadTrouble
from tests.readers.drivers.watching import BRISK, Watched, watching

IDM = bytes.fromhex("0101050103b0c30b")
OTHER_IDM = bytes.fromhex("0101050103b0c30c")
UID = bytes.fromhex("04112233445566")
POLL_SECONDS = 0.45  # pcscd asks a virtual reader every 0.4 s
READY = ReaderHealth("east", "ready", "")


@contextmanager
def reader_a() -> Iterator[Watched]:
    with watching(pcsc_reader("east", "Reader A", pace=BRISK)) as watched:
        yield watched


@pytest.fixture
def port(pcscd: Pcscd) -> Iterator[int]:
    """Where a card is put into reader A; afterwards pcscd is given the time to notice that it is empty again."""
    yield pcscd.reader("Reader A").port
    time.sleep(POLL_SECONDS)


@pytest.mark.real
def test_the_next_persons_card_is_read_though_the_service_missed_the_change(port: int) -> None:
    first, second = VirtualCard(felica_pcsc_card(IDM)), VirtualCard(felica_pcsc_card(OTHER_IDM))
    with reader_a() as watched:
        first.insert(port)
        watched.wait_for_card(IDM)
        first.eject()
        with second:
            second.insert(port)
            watched.wait_for_card(OTHER_IDM)
        assert watched.cards == [IDM, OTHER_IDM]


@pytest.mark.real
def test_two_readers_each_read_their_own_card(pcscd: Pcscd) -> None:
    felica, type_a = VirtualCard(felica_pcsc_card(b"\x11" + IDM[1:])), VirtualCard(type_a_pcsc_card(UID))
    with reader_a() as a, watching(pcsc_reader("north", "Reader B", pace=BRISK)) as b, felica, type_a:
        felica.insert(pcscd.reader("Reader A").port)
        type_a.insert(pcscd.reader("Reader B").port)
        assert a.wait_for_card(IDM).technology == "felica_idm"
        assert b.wait_for_card(UID).technology == "iso14443_uid"
        assert (a.cards, b.cards) == ([IDM], [UID])


@pytest.mark.real
def test_a_card_that_lies_there_at_the_start_is_seen_and_counts_once(port: int) -> None:
    with VirtualCard(felica_pcsc_card(IDM)) as card:
        card.insert(port)
        time.sleep(POLL_SECONDS)
        with reader_a() as watched:
            watched.wait_for_card(IDM)
            time.sleep(1)
            assert watched.observations[0] == READY
            assert watched.cards == [IDM]


@pytest.mark.real
def test_a_card_counts_again_when_it_comes_again(port: int) -> None:
    card = VirtualCard(felica_pcsc_card(IDM))
    with reader_a() as watched:
        for _ in range(2):
            mark = watched.mark
            card.insert(port)
            watched.wait_for_card(IDM, after=mark)
            card.eject()
            time.sleep(POLL_SECONDS + 0.5)
        assert watched.cards == [IDM, IDM]


@pytest.mark.real
@pytest.mark.parametrize(
    ("card", "cause"),
    [
        (contact_pcsc_card(), "unsupported"),
        (type_a_pcsc_card(b""), "unsupported"),
        (type_a_pcsc_card(bytes.fromhex("08a1b2c3")), "random_id"),
        (felica_pcsc_card(bytes.fromhex("02fe000000000001")), "emulated_id"),
        (felica_pcsc_card(IDM[:7]), "garbled"),
    ],
)
def test_a_card_without_a_usable_number_is_one_trouble(port: int, card: PcscCard, cause: str) -> None:
    with VirtualCard(card) as virtual, reader_a() as watched:
        virtual.insert(port)
        watched.wait_for(lambda o: o == ReadTrouble("east", cause))  # type: ignore[arg-type]
        time.sleep(0.7)
        assert [o for o in watched.observations if not isinstance(o, ReaderHealth)] == [ReadTrouble("east", cause)]  # type: ignore[arg-type]


@pytest.mark.real
def test_a_card_torn_out_while_it_answers_ends_nothing(port: int) -> None:
    class Leaving(PcscCard):
        def answer(self, command: bytes) -> bytes:
            raise ConnectionError("lifted")

    with reader_a() as watched:
        with VirtualCard(Leaving(felica_pcsc_card(IDM).atr, IDM)) as leaving:
            leaving.insert(port)
            watched.wait_for(lambda o: o == ReadTrouble("east", "torn"))
        time.sleep(POLL_SECONDS + 0.5)
        with VirtualCard(felica_pcsc_card(IDM)) as card:
            card.insert(port)
            watched.wait_for_card(IDM)
        assert {o for o in watched.observations if isinstance(o, ReaderHealth)} == {READY}


@pytest.mark.real
@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_the_service_ends_and_comes_back_and_cards_are_read_again(pcscd: Pcscd, port: int, ending: str) -> None:
    with reader_a() as watched, VirtualCard(type_a_pcsc_card(UID)) as card:
        watched.wait_for_health("ready")
        getattr(pcscd, ending)()
        watched.wait_for_health("lost", "no_service")
        time.sleep(0.5)
        mark = watched.mark
        pcscd.start()
        watched.wait_for_health("ready", after=mark)
        card.insert(port)
        watched.wait_for_card(UID, after=mark)


@pytest.mark.real
def test_a_card_that_stays_in_while_the_service_restarts_lies_there_afterwards(pcscd: Pcscd, port: int) -> None:
    with VirtualCard(type_a_pcsc_card(UID)) as card:
        card.insert(port)
        time.sleep(POLL_SECONDS)
        pcscd.kill()
        pcscd.start()
        with reader_a() as watched:
            watched.wait_for_card(UID)


@pytest.mark.real
def test_a_service_that_freezes_is_noticed_and_survived(pcscd: Pcscd, port: int) -> None:
    with reader_a() as watched:
        watched.wait_for_health("ready")
        pcscd.freeze()
        try:
            watched.wait_for_health("failing", "stuck")
        finally:
            pcscd.thaw()
        mark = watched.mark
        watched.wait_for_health("ready", after=mark)
        with VirtualCard(felica_pcsc_card(IDM)) as card:
            card.insert(port)
            watched.wait_for_card(IDM, after=mark)


@pytest.mark.real
def test_a_card_held_by_another_program_is_read_when_it_lets_go(port: int) -> None:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    with VirtualCard(felica_pcsc_card(IDM)) as card:
        card.insert(port)
        time.sleep(POLL_SECONDS)
        _, names = scard.SCardListReaders(context, [])
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, handle, _ = scard.SCardConnect(context, names[0], scard.SCARD_SHARE_EXCLUSIVE, protocols)
        assert result == scard.SCARD_S_SUCCESS
        with reader_a() as watched:
            watched.wait_for_health("busy", "exclusive_use")
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
            watched.wait_for_card(IDM)
            assert watched.observations[-2:][0] == READY
    scard.SCardReleaseContext(context)


@pytest.mark.real
@pytest.mark.usefixtures("pcscd")
def test_a_reader_that_is_not_there_is_lost() -> None:
    with watching(pcsc_reader("east", "Reader of another maker", pace=BRISK)) as watched:
        watched.wait_for_health("lost", "unplugged")
