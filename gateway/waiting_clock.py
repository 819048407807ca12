"""Keeps the waiting lists going: offers follow their reservations, and what is free goes to the next who waits."""

import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.facilities.lapse_offers import lapse_offers
from gateway.operations.facilities.offer_place import offer_place
from gateway.periodic import run_periodically
from store.tx import Store

LOOK_SECONDS = 30.0
"""A place that was given back is offered so much later at most."""


class WaitingClock:
    """Looks for places that somebody waits for; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, committed: Callable[[], None]) -> None:
        self._store = store
        self._now = now
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="places that somebody waits for")

    def look(self) -> int:
        """Make every offer that can be made now, each in a commit of its own; gives how many."""
        with self._store.transaction(self._now()) as tx:
            lapse_offers(tx)
        total = 0
        while self._offer():
            total += 1
            self._committed()
        return total

    def _offer(self) -> bool:
        with self._store.transaction(self._now()) as tx:
            return offer_place(tx) is not None
