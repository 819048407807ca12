"""Tells again of alarms that nobody acknowledged in time."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.access.escalate_alarms import escalate_alarms
from store.failures import is_passing
from store.tx import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0


class AlarmWatch:
    """Looks for them; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, committed: Callable[[], None]) -> None:
        self._store = store
        self._now = now
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        while not stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("alarms cannot be looked at now (%s)", type(error).__name__)

    def look(self) -> int:
        """Tell again of those that are overdue now; gives how many."""
        with self._store.transaction(self._now()) as tx:
            told = escalate_alarms(tx)
        if told:
            self._committed()
        return told
