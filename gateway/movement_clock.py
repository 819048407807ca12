"""Lets requests to move information lapse whose time is over."""

import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.zones.lapse_movements import lapse_movements
from gateway.periodic import run_periodically
from store.tx import Store

LOOK_SECONDS = 60.0


class MovementClock:
    """Looks for them; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="movements of information whose time is over")

    def look(self) -> int:
        """Lapse all whose time is over now; gives how many."""
        with self._store.transaction(self._now()) as tx:
            return lapse_movements(tx)
