"""Ends what the clock ends of reservations: holds that ran out, uses that are over, rooms that nobody came to."""

import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.facilities.end_reservations import end_reservations
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
        """End all that are over now, in several commits where they are many; gives how many."""
        total = 0
        while True:
            with self._store.transaction(self._now()) as tx:
                ended = len(end_reservations(tx))
            if not ended:
                return total
            total += ended
            self._committed()
