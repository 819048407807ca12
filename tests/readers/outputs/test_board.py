"""The board hands each call to whom it concerns and waits for nobody."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from domain.ids import AccessPointId, DoorId
from readers.events import Signal
from readers.outputs.board import OutputBoard
from readers.words import Words

MAIN, WEST = DoorId("main"), DoorId("west")
POINT = AccessPointId("main_in")
WORDS = Words("出勤 8:25", "In 8:25")
SOON = 10.0


class Part:
    """A lock and a display in one that remembers what it was told; ``wait`` makes it slow, ``fault`` broken."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.fault: Exception | None = None

    def release(self, seconds: float) -> None:
        self._tell("release", seconds)

    def hold(self) -> None:
        self._tell("hold")

    def secure(self) -> None:
        self._tell("secure")

    def notice(self, point: AccessPointId) -> None:
        self._tell("notice", point)

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        self._tell("present", point, signal, words)

    def alarm(self, alarm: str, detail: str) -> None:
        self._tell("alarm", alarm, detail)

    def close(self) -> None:
        self._tell("close")

    def _tell(self, *what: object) -> None:
        self.go_on.wait(SOON)
        self.told.append(what)
        if self.fault is not None:
            raise self.fault


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_each_call_reaches_whom_it_concerns_in_order() -> None:
    main, west, kiosk, console = Part(), Part(), Part(), Part()
    board = OutputBoard({MAIN: main, WEST: west}, [kiosk, console])
    board.notice(POINT)
    board.release(MAIN, 5.0)
    board.present(POINT, "granted", WORDS)
    board.hold(WEST)
    board.relock(MAIN)
    board.alarm("door_held_open", "door main")
    board.close()
    assert main.told == [("release", 5.0), ("secure",), ("close",)]
    assert west.told == [("hold",), ("close",)]
    assert (
        kiosk.told
        == console.told
        == [
            ("notice", POINT),
            ("present", POINT, "granted", WORDS),
            ("alarm", "door_held_open", "door main"),
            ("close",),
        ]
    )


def test_a_slow_or_broken_part_delays_nobody() -> None:
    slow, broken, sound, shown = Part(), Part(), Part(), Part()
    slow.go_on.clear()
    broken.fault = RuntimeError("no")
    board = OutputBoard({MAIN: slow, WEST: sound}, [slow, broken, shown])
    began = time.monotonic()
    for number in range(500):
        board.notice(POINT)
        board.release(MAIN, float(number))
    board.relock(MAIN)
    board.release(WEST, 5.0)
    board.present(POINT, "granted", WORDS)
    assert time.monotonic() - began < 2
    wait(lambda: sound.told == [("release", 5.0)])
    wait(lambda: shown.told[-1:] == [("present", POINT, "granted", WORDS)])
    wait(lambda: broken.told[-1:] == [("present", POINT, "granted", WORDS)])
    slow.go_on.set()
    wait(lambda: ("secure",) in slow.told)
    assert slow.told.count(("notice", POINT)) < 500  # what nobody would look at any more fell away
    board.close()


def test_a_door_without_a_lock_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    board = OutputBoard({}, [])
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            board.release(MAIN, 5.0)
            board.relock(MAIN)
        board.hold(WEST)
    assert [record.getMessage() for record in caplog.records] == [
        "door main has no lock on this box; nothing moves there",
        "door west has no lock on this box; nothing moves there",
    ]
    board.close()
