"""Locks on a uhppote controller: its packets, its own timer, its modes, lost packets, a welded contact (F21)."""

import time
from collections.abc import Callable, Iterator

import pytest

from domain.ids import DoorId
from emulation.uhppote_controller import CONTROLLED, NORMALLY_OPEN, OPEN_DOOR, SET_DOOR, UhppoteController
from readers import uhppote_controller
from readers.outputs.keeping import Move
from readers.outputs.locks.relay import LockWord, RelayError
from readers.outputs.locks.uhppote import UhppoteLock
from readers.outputs.mover import Mover
from readers.uhppote_controller import UhppoteError

MAIN = DoorId("main")
SOON = 15.0


@pytest.fixture
def controller() -> Iterator[UhppoteController]:
    served = UhppoteController()
    yield served
    served.close()


@pytest.fixture
def lock(controller: UhppoteController) -> UhppoteLock:
    api = uhppote_controller.UhppoteController(controller.serial, controller.address, timeout_seconds=0.3)
    return UhppoteLock("controller", api, 2)


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_release_is_the_controllers_own_and_ends_without_us(controller: UhppoteController, lock: UhppoteLock) -> None:
    lock.lock()
    lock.free(0.7)
    assert controller.mode(2) == (CONTROLLED, 1)
    assert controller.is_free(2)
    assert not controller.is_free(1)
    assert lock.look() is None
    wait(lambda: not controller.is_free(2))
    wait(lambda: lock.look() is False)


def test_the_delay_is_only_set_where_it_changes(controller: UhppoteController, lock: UhppoteLock) -> None:
    lock.lock()
    lock.free(4.2)
    assert controller.mode(2) == (CONTROLLED, 5)
    controller.asked.clear()
    lock.free(4.8)
    assert list(controller.asked) == [OPEN_DOOR]
    lock.free(3.0)
    assert list(controller.asked) == [OPEN_DOOR, SET_DOOR, OPEN_DOOR]


def test_a_hold_is_a_mode(controller: UhppoteController, lock: UhppoteLock) -> None:
    lock.free(None)
    assert controller.mode(2)[0] == NORMALLY_OPEN
    assert lock.look() is True
    lock.lock()
    assert controller.mode(2)[0] == CONTROLLED
    assert not controller.is_free(2)
    assert lock.look() is False


def test_refused_and_silent(controller: UhppoteController, lock: UhppoteLock) -> None:
    controller.refuses = True
    with pytest.raises(RelayError, match="lock_refused"):
        lock.free(1.0)
    controller.mute = True
    with pytest.raises(RelayError, match="lock_unreachable"):
        lock.lock()
    with pytest.raises(RelayError, match="lock_unreachable"):
        lock.look()


def test_another_controller_does_not_answer_for_ours(controller: UhppoteController) -> None:
    stranger = uhppote_controller.UhppoteController(controller.serial + 1, controller.address, timeout_seconds=0.1)
    with pytest.raises(UhppoteError):
        stranger.sense()


def test_its_own_button_is_no_fault_and_a_welded_contact_is(controller: UhppoteController, lock: UhppoteLock) -> None:
    told: list[tuple[str, LockWord]] = []
    mover = Mover("controller", {MAIN: lock}, lambda door, word: told.append((door, word)))
    lock.free(1.0)  # the delay is a second from here on
    mover.want(Move(MAIN, free=False))
    wait(lambda: not controller.is_free(2))
    controller.press_button(2)
    wait(lambda: not controller.is_free(2))
    time.sleep(0.6)
    assert told == []
    controller.stick(2)
    wait(lambda: told == [("main", "lock_stuck")])
    time.sleep(1.0)
    assert told == [("main", "lock_stuck")]
    controller.stick(2, stuck=False)
    wait(lambda: told == [("main", "lock_stuck"), ("main", "lock_recovered")])
    mover.end_by(time.monotonic() + 1)
    assert mover.join(SOON)


def test_a_lost_packet_is_asked_again(controller: UhppoteController, lock: UhppoteLock) -> None:
    told: list[tuple[str, LockWord]] = []
    mover = Mover("controller", {MAIN: lock}, lambda door, word: told.append((door, word)))
    controller.loses = 1
    mover.want(Move(MAIN, free=True, until_mono=time.monotonic() + 6))
    wait(lambda: controller.is_free(2))
    assert told[0] == ("main", "lock_unreachable")
    mover.end_by(time.monotonic() + 1)
    assert mover.join(SOON)
