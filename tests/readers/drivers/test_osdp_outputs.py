"""Lamp, tone, words and relay of an OSDP reader, as the reader is told them."""

import threading
import time
from pathlib import Path

import pytest
from osdp import Command

from emulation.osdp_reader import OsdpReader as Peripheral
from emulation.osdp_stranger import StrangeReader
from readers.outputs.locks.osdp import OsdpLock
from readers.outputs.osdp_panel import OsdpPanel
from readers.words import Words
from tests.readers.drivers.osdp_rig import CARD, KEY, present, rig


@pytest.fixture
def peripheral() -> Peripheral:
    return Peripheral(1, KEY)


def test_tone_lamp_and_words_reach_the_reader(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        panel = OsdpPanel({"main-in": (line.line.orders(1),)})
        panel.notice("main-in")
        beep = peripheral.wait_for(lambda told: told["command"] == Command.Buzzer)
        assert (beep["on_count"], beep["rep_count"]) == (1, 1)
        for signal, colour, times in (("granted", 2, 1), ("refused", 1, 2), ("unrecorded", 3, 3)):
            mark = len(peripheral.told)
            panel.present("main-in", signal, Words("出勤 8:25", f"{signal} 8:25 ☂"))
            lamp = peripheral.wait_for(lambda told: told["command"] == Command.LED, after=mark)
            tone = peripheral.wait_for(lambda told: told["command"] == Command.Buzzer, after=mark)
            words = peripheral.wait_for(lambda told: told["command"] == Command.Text, after=mark)
            assert (lamp["on_color"], lamp["off_count"], tone["rep_count"]) == (colour, 0, times)
            assert words["data"] == f"{signal} 8:25 "
        mark = len(peripheral.told)
        panel.present("main-in", "retry", Words("もう一度", "Please tap again"))
        assert peripheral.wait_for(lambda told: told["command"] == Command.LED, after=mark)["off_count"] == 2
        panel.notice("no-such-point")
        panel.alarm("forced_open", "")
        panel.close()


def test_a_card_is_answered_by_a_tone_at_once(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        panel = OsdpPanel({"main-in": (line.line.orders(1),)})
        present(peripheral)
        seen = line.seen.wait_for_card(CARD)
        panel.notice("main-in")
        beep = peripheral.wait_for(lambda told: told["command"] == Command.Buzzer)
    assert beep["mono"] - seen.seen_mono < 2  # far above what it takes; figures are the benchmark's


def test_an_answer_that_nobody_waits_for_any_more_is_not_shown(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path) as line:
        line.seen.wait_for_health("lost", "not_answering")
        OsdpPanel({"main-in": (line.line.orders(1),)}).notice("main-in")
        time.sleep(1.1)
        line.bus.devices.append(peripheral)
        line.seen.wait_for_health("ready")
        present(peripheral)
        line.seen.wait_for_card(CARD)
        assert [told for told in peripheral.told if told["command"] == Command.Buzzer] == []


def test_a_lock_is_locked_first_freed_for_a_time_and_locked_at_the_end(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        troubles: list[str] = []
        lock = OsdpLock(line.line, 1, 1, frees_by_on=True, trouble=troubles.append)
        assert peripheral.wait_for_relay(1)["output_no"] == 1
        begun = time.monotonic()
        lock.release(5.0)
        assert time.monotonic() - begun < 0.1
        freed = peripheral.wait_for_relay(5)
        assert 45 <= freed["timer_count"] <= 50
        mark = len(peripheral.told)
        lock.secure()
        peripheral.wait_for_relay(1, after=mark)
        lock.release(2.0)
        peripheral.wait_for_relay(5, after=mark)
        mark = len(peripheral.told)
        lock.close()
        lock.close()
        peripheral.wait_for_relay(1, after=mark)
        assert troubles == []


def test_a_held_lock_lives_by_short_timers(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        lock = OsdpLock(line.line, 1, 0, frees_by_on=True, trouble=lambda _: None)
        peripheral.wait_for_relay(1)
        lock.hold()
        first = peripheral.wait_for_relay(5)
        again = peripheral.wait_for_relay(5, after=peripheral.told.index(first) + 1)
        assert first["timer_count"] == again["timer_count"] == 18
        lock.close()


def test_a_lock_that_is_free_without_current(tmp_path: Path, peripheral: Peripheral) -> None:
    with rig(tmp_path, peripheral) as line:
        lock = OsdpLock(line.line, 1, 0, frees_by_on=False, trouble=lambda _: None)
        peripheral.wait_for_relay(2)
        lock.release(1.0)
        peripheral.wait_for_relay(6)
        lock.close()


def test_a_release_that_could_not_be_told_in_time_never_opens(tmp_path: Path, peripheral: Peripheral) -> None:
    troubles: list[str] = []
    with rig(tmp_path) as line:
        lock = OsdpLock(line.line, 1, 0, frees_by_on=True, trouble=troubles.append)
        lock.release(1.0)
        line.seen.wait_for_health("lost", "not_answering")
        time.sleep(1.2)
        line.bus.devices.append(peripheral)
        line.seen.wait_for_health("ready")
        peripheral.wait_for_relay(1)
        lock.close()
    assert [told for told in peripheral.told if told.get("control_code") == 5] == []


def test_a_lock_out_of_reach_and_one_without_relay_say_so(tmp_path: Path) -> None:
    troubles: list[str] = []
    said = threading.Event()

    def trouble(word: str) -> None:
        troubles.append(word)
        said.set()

    with rig(tmp_path) as line:
        lock = OsdpLock(line.line, 1, 0, frees_by_on=True, trouble=trouble)
        assert said.wait(10)
        lock.close()
    bare = StrangeReader(1, KEY, capabilities=bytes((8, 1, 0, 9, 1, 0)))
    said.clear()
    (tmp_path / "bare").mkdir()
    with rig(tmp_path / "bare", bare) as line:
        lock = OsdpLock(line.line, 1, 0, frees_by_on=True, trouble=trouble)
        line.seen.wait_for_health("ready")
        assert said.wait(10)
        lock.close()
    assert troubles == ["lock_unreachable", "lock_refused"]
