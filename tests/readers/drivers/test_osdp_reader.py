"""An honest OSDP reader on a pseudo-terminal: libosdp on both ends, our line between."""

import logging
import threading
import time
from pathlib import Path

import pytest

from emulation.osdp_reader import OsdpReader as Peripheral
from emulation.osdp_stranger import Slow, StrangeReader
from readers.drivers.line_number import bits_identifier
from readers.drivers.osdp import OsdpReader
from readers.drivers.osdp_line import OsdpLine, Place
from readers.drivers.osdp_seat import Input
from readers.drivers.port import CardSeen, InputMoved, KeysEntered, ReadTrouble
from tests.readers.drivers.osdp_rig import CARD, CARD_DATA, KEY, OTHER_KEY, PACE, present, rig
from tests.readers.drivers.watching import watching


@pytest.fixture
def peripheral() -> Peripheral:
    return Peripheral(1, KEY)


def reader_at(path: Path) -> OsdpReader:
    line = OsdpLine(str(path), 115200, {1: Place(KEY)}, pace=PACE)
    return OsdpReader("beside", line, line.orders(1))


def test_a_card_is_a_number_on_an_encrypted_line_and_no_more(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        present(peripheral)
        seen = line.seen.wait_for_card(CARD)
    assert (seen.reader, seen.technology, seen.assurance) == ("reader-1", "line", 1)
    assert seen.evidence == "OSDP secure channel"
    assert time.monotonic() - seen.seen_mono < 60


def test_numbers_of_different_length_are_different_cards(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        present(peripheral)
        line.seen.wait_for_card(CARD)
        longer = bits_identifier(34, CARD_DATA + b"\0")
        assert longer is not None
        peripheral.present_card(34, CARD_DATA + b"\0")
        line.seen.wait_for_card(longer)


def test_a_held_card_that_is_told_again_is_one_presentation(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        for _ in range(4):
            present(peripheral)
        peripheral.press(b"1")
        line.seen.wait_for(lambda o: isinstance(o, KeysEntered))
        assert len(line.cards) == 1


def test_bits_that_are_no_card_are_garbled(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        peripheral.present_card(26, bytes(4))
        line.seen.wait_for(lambda o: o == ReadTrouble("reader-1", "garbled"))
        assert line.cards == []


def test_keys_by_the_standards_codes(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        peripheral.press(b"12\x7f90\x0dA")
        entered = line.seen.wait_for(lambda o: isinstance(o, KeysEntered))
    assert isinstance(entered, KeysEntered)
    assert (entered.reader, entered.keys) == ("reader-1", "12*90#")


def test_an_opened_case_is_ill_health_until_it_is_closed(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        peripheral.report_self(tampered=True)
        line.seen.wait_for_health("failing", "tampered")
        mark = line.seen.mark
        peripheral.report_self(tampered=False)
        line.seen.wait_for_health("ready", after=mark)
        peripheral.report_self(tampered=False, powerless=True)
        line.seen.wait_for_health("failing", "power_failed", after=mark)


def test_inputs_are_told_at_the_first_look_and_when_they_move(tmp_path: Path) -> None:
    places = {1: Place(KEY, {0: Input("contact"), 1: Input("exit-button", active_when_closed=False)})}
    strange = StrangeReader(1, KEY)
    with rig(tmp_path, strange, places=places) as line:
        line.seen.wait_for(lambda o: o == InputMoved("contact", active=True))
        line.seen.wait_for(lambda o: o == InputMoved("exit-button", active=True))
        strange.secret_replies.append(b"\x49\x00\x00")
        line.seen.wait_for(lambda o: o == InputMoved("contact", active=False))
        assert [o for o in line.seen.observations if isinstance(o, InputMoved)][2:] == [InputMoved("contact", False)]


def test_a_refused_question_is_asked_once_and_costs_one_session(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral, places={1: Place(KEY, {0: Input("contact")})}) as line:
        line.seen.wait_for_health("lost", "command_refused")
        line.seen.wait_for_health("ready", after=line.seen.mark - 1)
        peripheral.report_inputs(b"\1\0")
        line.seen.wait_for(lambda o: o == InputMoved("contact", active=True))
        assert line.bus.codes.count(0x65) == 1


def test_two_readers_share_a_line_and_are_not_confused(tmp_path: Path, peripheral: Peripheral) -> None:
    second = Peripheral(7, OTHER_KEY)
    with rig(tmp_path, peripheral, second, places={1: Place(KEY), 7: Place(OTHER_KEY)}) as line:
        for watched in line.watched.values():
            watched.wait_for_health("ready")
        present(second)
        assert line.watched[7].wait_for_card(CARD).reader == "reader-7"
        present(peripheral)
        assert line.watched[1].wait_for_card(CARD).reader == "reader-1"
        assert len(line.watched[7].cards) == 1


def test_one_reader_gone_does_not_stop_the_other(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral, places={1: Place(KEY), 7: Place(OTHER_KEY)}) as line:
        line.watched[7].wait_for_health("lost", "not_answering")
        line.seen.wait_for_health("ready")
        present(peripheral)
        line.seen.wait_for_card(CARD)


def test_replies_that_trickle_are_read_whole(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, Slow(peripheral, 5, 0.002)) as line:
        line.seen.wait_for_health("ready")
        present(peripheral)
        line.seen.wait_for_card(CARD)


def test_a_pulled_cable_and_its_return(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        mark = line.seen.mark
        line.bus.line.unplug()
        line.seen.wait_for_health("lost", "unplugged", after=mark)
        line.bus.line.plug()
        line.seen.wait_for_health("ready", after=mark)
        present(peripheral)
        line.seen.wait_for_card(CARD)
    assert line.healths == [("ready", ""), ("lost", "unplugged"), ("ready", "")]


def test_a_reader_that_restarts_is_taken_back(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        restarted = Peripheral(1, KEY)
        mark = line.seen.mark
        line.bus.devices[:] = [restarted]
        line.seen.wait_for_health("lost", "session_lost", after=mark)
        line.seen.wait_for_health("ready", after=mark)
        present(restarted)
        line.seen.wait_for_card(CARD)


def test_a_line_that_another_program_holds_is_busy(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        with watching(reader_at(line.bus.line.path)) as other:
            other.wait_for_health("busy", "other_process")


def test_a_path_that_is_no_terminal_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no line")
    with watching(reader_at(tmp_path / "file")) as watched:
        watched.wait_for_health("failing", "io_error")
    with watching(reader_at(tmp_path / "none")) as watched:
        watched.wait_for_health("lost", "unplugged")


def test_a_wall_clock_set_back_does_not_stop_the_line(tmp_path: Path, peripheral: Peripheral) -> None:
    moved = [0.0]
    with rig(tmp_path, peripheral) as line:
        line.line._wall = lambda: time.time() + moved[0]
        line.seen.wait_for_health("ready")
        mark = line.seen.mark
        moved[0] = -3600.0
        line.seen.wait_for_health("lost", "clock_set_back", after=mark)
        line.seen.wait_for_health("ready", after=mark)
        present(peripheral)
        line.seen.wait_for_card(CARD)


def test_no_number_and_no_key_reaches_the_log(
    tmp_path: Path, peripheral: Peripheral, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        present(peripheral)
        line.seen.wait_for_card(CARD)
    said = caplog.text + "".join(capfd.readouterr())
    assert "libosdp: Online; With SC" in said
    for secret in (CARD_DATA.hex(), repr(CARD_DATA), KEY.hex(), CARD.hex()):
        assert secret not in said


def test_many_presentations_leave_no_thread_and_no_descriptor(tmp_path: Path) -> None:
    strange = StrangeReader(1, KEY)
    with rig(tmp_path, strange) as line:
        line.seen.wait_for_health("ready")
        threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
        numbers = [number.to_bytes(4, "big") for number in range(1, 21)]
        strange.secret_replies.extend(b"\x50\x00\x01\x20\x00" + number for number in numbers)
        line.seen.wait_for(lambda o: isinstance(o, CardSeen) and o.identifier.endswith(numbers[-1]), seconds=30)
        assert len(line.cards) == len(numbers)
        assert (threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))) == (threads, descriptors)
