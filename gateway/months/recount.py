"""Counts months again whose facts changed since somebody confirmed or closed them, and looks through them anew."""

import threading
from collections.abc import Callable
from datetime import datetime

from domain.attendance.profile import InForce
from gateway.months.looking import look_for_divergences
from gateway.operations.attendance.find_adjustments import find_adjustments
from gateway.periodic import run_periodically
from store.tx import Store

LOOK_SECONDS = 20.0
LOOKS_A_TURN = 20
"""How many groups of persons are looked through at once, so that a new day does not keep a processor for minutes."""


class MonthRecount:
    """Works through the changed days; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime], profile: InForce) -> None:
        self._store = store
        self._now = now
        self._profile = profile

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="months that changed")

    def look(self) -> int:
        """Count what changed by now, some persons a transaction; gives how many days that were."""
        days = 0
        while True:
            with self._store.transaction(self._now()) as tx:
                recounted = find_adjustments(tx, self._profile)
            if recounted.days == 0:
                break
            days += recounted.days
        self._look_for_divergences()
        return days

    def _look_for_divergences(self) -> None:
        for _ in range(LOOKS_A_TURN):
            with self._store.transaction(self._now()) as tx:
                if look_for_divergences(tx, self._profile) == 0:
                    return
