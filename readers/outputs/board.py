"""The outputs of a real box: a lock a door, any number of displays, each with a thread of its own."""

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial

from domain.ids import AccessPointId, DoorId
from readers.events import Signal
from readers.outputs.lane import Lane
from readers.outputs.locks.port import Lock
from readers.outputs.port import Display
from readers.words import Words

CLOSE_SECONDS = 10.0
_LOCK_WAITING_MAX = 8
"""Each order says what the lock shall be, so one that a newer one overtook is not missed."""

_DISPLAY_WAITING_MAX = 64
_log = logging.getLogger(__name__)


class OutputBoard:
    """The :class:`~readers.outputs.port.Outputs` of a box: hands each call to those it concerns and returns."""

    def __init__(self, locks: Mapping[DoorId, Lock], displays: Sequence[Display]) -> None:
        """Take the locks and displays over; :meth:`close` closes them."""
        self._locks = {door: (lock, Lane(f"lock {door}", _LOCK_WAITING_MAX)) for door, lock in locks.items()}
        self._displays = [
            (display, Lane(f"display {type(display).__name__}", _DISPLAY_WAITING_MAX)) for display in displays
        ]
        self._said_missing: set[DoorId] = set()

    def release(self, door: DoorId, seconds: float) -> None:
        """Free a door's lock for ``seconds``."""
        if found := self._find(door):
            lock, lane = found
            lane.call(partial(lock.release, seconds))

    def hold(self, door: DoorId) -> None:
        """Free a door's lock until :meth:`relock`."""
        if found := self._find(door):
            lock, lane = found
            lane.call(lock.hold)

    def relock(self, door: DoorId) -> None:
        """Lock a door."""
        if found := self._find(door):
            lock, lane = found
            lane.call(lock.secure)

    def notice(self, point: AccessPointId) -> None:
        """Let every display say that a card was seen."""
        for display, lane in self._displays:
            lane.call(partial(display.notice, point))

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Let every display answer."""
        for display, lane in self._displays:
            lane.call(partial(display.present, point, signal, words))

    def alarm(self, alarm: str, detail: str) -> None:
        """Let every display tell people on the spot."""
        for display, lane in self._displays:
            lane.call(partial(display.alarm, alarm, detail))

    def close(self) -> None:
        """Lock every door, give all hardware back; what hangs is left behind after ``CLOSE_SECONDS``."""
        for lock, lane in self._locks.values():
            lane.call(lock.close)
        for display, lane in self._displays:
            lane.call(display.close)
        until = time.monotonic() + CLOSE_SECONDS
        lanes = [lane for _, lane in (*self._locks.values(), *self._displays)]
        for lane in lanes:
            lane.close()
        for lane in lanes:
            lane.join(until - time.monotonic())

    def _find(self, door: DoorId) -> tuple[Lock, Lane] | None:
        found = self._locks.get(door)
        if found is None and door not in self._said_missing:
            self._said_missing.add(door)
            _log.warning("door %s has no lock on this box; nothing moves there", door)
        return found
