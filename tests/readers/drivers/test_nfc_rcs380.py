"""nfcpy's unmodified RC-S380 driver on the software device."""

import errno
import time

import pytest

from emulation.card import TornCard
from emulation.felica_card import FelicaCard, fcf_card
from emulation.port100 import RC_S300, Port100, UsbBus
from emulation.type_a_card import TypeACard
from readers.drivers.nfc import NUMBERS_ALONE, nfc_reader
from readers.drivers.nfc_session import BROKEN_LOOKS_MAX
from readers.drivers.port import ReaderHealth, ReadTrouble
from readers.drivers.supervise import SupervisedReader
from tests.readers.drivers.stepping import Reader
from tests.readers.drivers.watching import BRISK, watching

IDM = bytes.fromhex("0101050103b0c30b")
UID = bytes.fromhex("04112233445566")
STAFF = fcf_card(IDM, "100017")
READY = ReaderHealth("west", "ready", "")


def reader_on(*devices: Port100) -> SupervisedReader:
    return nfc_reader("west", "usb", usb=UsbBus(*devices), pace=BRISK)


@pytest.mark.parametrize(
    ("card", "identifier"),
    [
        (STAFF, IDM),
        (TypeACard(UID), UID),
        (TypeACard(UID[:4]), UID[:4]),
        (TypeACard(UID + b"\x01\x02\x03"), UID + b"\x01\x02\x03"),
    ],
)
def test_felica_and_type_a_cards_are_read(card: FelicaCard | TypeACard, identifier: bytes) -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        device.put(card)
        seen = watched.wait_for_card(identifier)
        assert seen.technology == ("felica_idm" if card is STAFF else "iso14443_uid")
        time.sleep(0.3)
        assert watched.cards == [identifier]


@pytest.mark.parametrize("error", [errno.ENODEV, errno.EIO])
def test_unplugged_it_is_lost_and_plugged_in_again_it_reads(error: int) -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        watched.wait_for_health("ready")
        device.unplug(error)
        watched.wait_for(lambda o: isinstance(o, ReaderHealth) and o.health == "lost")
        time.sleep(0.3)
        mark = watched.mark
        device.plug()
        watched.wait_for_health("ready", after=mark)
        device.put(STAFF)
        watched.wait_for_card(IDM)
    assert device.opened_count == 2


@pytest.mark.parametrize(
    ("error", "health", "cause"),
    [(errno.EBUSY, "busy", "other_process"), (errno.EACCES, "failing", "permission_denied")],
)
def test_a_device_that_cannot_be_opened_says_why_and_is_used_when_it_can(error: int, health: str, cause: str) -> None:
    device = Port100()
    device.refuse(error)
    device.put(STAFF)
    with watching(reader_on(device)) as watched:
        watched.wait_for_health(health, cause)
        device.refuse(0)
        watched.wait_for_card(IDM)


def test_an_rc_s300_is_sent_to_pcsc_and_an_rc_s380_beside_it_is_used() -> None:
    wrong, right = Port100(usb_id=RC_S300), Port100()
    right.unplug()
    with watching(reader_on(wrong, right)) as watched:
        watched.wait_for_health("failing", "rc_s300_needs_pcsc")
        right.plug()
        watched.wait_for_health("ready")
    assert (wrong.opened_count, right.opened_count) == (0, 1)


def test_a_device_that_garbles_from_the_start_is_failing_until_it_does_not() -> None:
    device = Port100()
    device.garble(1_000_000)
    with watching(reader_on(device)) as watched:
        watched.wait_for_health("failing", "garbled")
        device.garble(0)
        watched.wait_for_health("ready")


def test_a_garbled_frame_is_one_torn_tap_and_no_more() -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        watched.wait_for_health("ready")
        device.garble(1)
        time.sleep(0.5)
        assert watched.observations in ([READY], [READY, ReadTrouble("west", "torn")])
        device.put(STAFF)
        watched.wait_for_card(IDM)
    assert device.opened_count == 1


def test_a_device_that_only_garbles_is_opened_again() -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        watched.wait_for_health("ready")
        device.garble(1_000_000)
        watched.wait_for_health("failing", "garbled")
        device.garble(0)
        watched.wait_for_health("ready", after=watched.mark - 1)
        device.put(STAFF)
        watched.wait_for_card(IDM)
        assert watched.observations.count(ReadTrouble("west", "garbled")) == 1
    assert BROKEN_LOOKS_MAX > 2


def test_a_card_that_lies_there_while_the_device_is_opened_again_is_no_second_tap() -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        device.put(STAFF)
        watched.wait_for_card(IDM)
        mark = watched.mark
        device.unplug()
        watched.wait_for_health("lost", "unplugged")
        device.plug()
        watched.wait_for_health("ready", after=mark)
        time.sleep(0.2)
        assert watched.cards == [IDM]


def test_a_device_that_hangs_is_noticed_and_comes_back() -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        watched.wait_for_health("ready")
        mark = watched.mark
        device.hang()
        watched.wait_for_health("failing", "not_answering")
        device.recover()
        watched.wait_for_health("ready", after=mark)
        device.put(STAFF)
        watched.wait_for_card(IDM)


@pytest.mark.parametrize("card", [TypeACard(UID), STAFF])
@pytest.mark.parametrize("cut_to_bytes", [0, 1, 3])
def test_a_card_torn_away_at_any_frame_is_read_at_its_next_try(card: TypeACard | FelicaCard, cut_to_bytes: int) -> None:
    reader = Reader(*NUMBERS_ALONE)
    for answers in range(6):
        seen = reader.present(TornCard(card, answers=answers, cut_to_bytes=cut_to_bytes))
        assert len(seen) <= 1
        assert reader.seen(card).identifier == (IDM if card is STAFF else UID)
    reader.session.close()
    assert reader.device.opened_count == 1


def test_two_cards_at_once_are_nobodys_tap() -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        watched.wait_for_health("ready")
        device.put(STAFF)
        device.put(TypeACard(UID))
        watched.wait_for(lambda o: o == ReadTrouble("west", "several_cards"))
        device.remove(STAFF)
        time.sleep(0.3)
        device.remove()
        time.sleep(0.4)
        device.put(STAFF)
        watched.wait_for_card(IDM)
        # A look may have fallen between the two hands; then the first card was a tap of its own.
        assert watched.cards in ([IDM], [IDM, IDM])


def test_random_numbers_are_refused_once_a_presentation() -> None:
    device = Port100()
    with watching(reader_on(device)) as watched:
        device.put(TypeACard(random_uid=True))
        watched.wait_for(lambda o: o == ReadTrouble("west", "random_id"))
        time.sleep(0.4)
        assert watched.observations == [READY, ReadTrouble("west", "random_id")]


def test_a_phone_that_shows_felica_and_a_random_number_is_one_card() -> None:
    device = Port100()
    device.put(STAFF)
    device.put(TypeACard(random_uid=True))
    with watching(reader_on(device)) as watched:
        watched.wait_for_card(IDM)
        time.sleep(0.3)
        assert watched.observations[0] == READY
        assert len(watched.observations) == 2
