"""Begins what doors say has begun, and ends what the clock ends: holds that ran out, uses that are over, no-shows."""

import threading
from collections.abc import Callable
from datetime import datetime

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import Actor
from gateway.bookings.door_uses import DoorUse, find_door_uses
from gateway.operations.facilities.end_reservations import end_reservations
from gateway.operations.facilities.use_reservation import begin_reservation
from gateway.periodic import run_periodically
from store.tx import Store

LOOK_SECONDS = 20.0
"""A hold outlives its time by so much at most; nobody applies for it meanwhile."""


class BookingClock:
    """Looks for them; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, committed: Callable[[], None]) -> None:
        self._store = store
        self._now = now
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="reservations that are over")

    def look(self) -> int:
        """Begin what doors have seen, then end all that is over now, in several commits; gives how many moved."""
        total = self._begin()
        while True:
            with self._store.transaction(self._now()) as tx:
                ended = len(end_reservations(tx))
            if not ended:
                return total
            total += ended
            self._committed()

    def _begin(self) -> int:
        with self._store.reading(self._now()) as tx:
            uses = find_door_uses(tx)
        begun = sum(self._begin_one(use) for use in uses)
        if begun:
            self._committed()
        return begun

    def _begin_one(self, use: DoorUse) -> bool:
        try:
            with self._store.transaction(self._now()) as tx:
                begin_reservation(tx, use.reservation_id, actor=Actor.door, by=use.device_id)
        except BookingFaultsError:
            return False  # it went on meanwhile, or somebody else was given the room after a no-show
        return True
