"""Tells again of alarms that nobody acknowledged in time."""

import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.access.escalate_alarms import escalate_alarms
from gateway.periodic import run_periodically
from store.tx import Store

LOOK_SECONDS = 10.0


class AlarmWatch:
    """Looks for them; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, committed: Callable[[], None]) -> None:
        self._store = store
        self._now = now
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="overdue alarms")

    def look(self) -> int:
        """Tell again of those that are overdue now; gives how many."""
        with self._store.transaction(self._now()) as tx:
            told = escalate_alarms(tx)
        if told:
            self._committed()
        return told
