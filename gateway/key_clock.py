"""Keeps an eye on keys that are out: who is to be reminded of them, and which rooms are in use because of them."""

import threading
from collections.abc import Callable
from datetime import datetime

from domain.attendance.profile import InForce
from domain.facilities.booking_fault import BookingFaultsError
from gateway.operations.keys.begin_use import begin_by_key
from gateway.operations.keys.remind_loans import remind_loans
from gateway.periodic import run_periodically
from store.key_uses import list_unbegun_with_keys
from store.tx import Store

LOOK_SECONDS = 20.0
"""A late key is told so much later at most."""


class KeyClock:
    """Looks at what is out; ``run`` blocks until stopped."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], profiles: InForce, *, committed: Callable[[], None]
    ) -> None:
        self._store = store
        self._now = now
        self._profiles = profiles
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="keys that are out")

    def look(self) -> int:
        """Begin uses whose key went out early, and remind; gives how many uses began and messages are new."""
        with self._store.reading(self._now()) as tx:
            waiting = list_unbegun_with_keys(tx)
        done = sum(self._begin(reservation_id, by) for reservation_id, by in waiting)
        with self._store.transaction(self._now()) as tx:
            done += remind_loans(tx, self._profiles)
        if done:
            self._committed()
        return done

    def _begin(self, reservation_id: str, by: str) -> bool:
        try:
            with self._store.transaction(self._now()) as tx:
                return begin_by_key(tx, reservation_id, by=by)
        except BookingFaultsError:  # a no-show whose room somebody else has by now
            return False
