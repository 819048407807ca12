"""Hop 7 inside the centre: after a commit, the outbox goes to the open pages, in order, and survives restarts."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.live import Broadcast, Update
from store.failures import is_passing
from store.outbox import Notice, delete_sent, list_unsent, save_sent
from store.tx import Store

log = logging.getLogger(__name__)

AT_ONCE = 500
LOOK_SECONDS = 1.0
"""Other processes write notices too and cannot wake us."""

KEPT = timedelta(hours=1)
PRUNE_EVERY = timedelta(minutes=5)


class Relay:
    """Hands notices over at least once; ``run`` blocks until stopped.

    Args:
        store: where the outbox is.
        live: the open pages.
        now: the clock.
        committed: set by whoever committed something; wakes the relay.
        hear: who hears each notice before the pages do (``gateway.orders.command_post``).
    """

    def __init__(
        self,
        store: Store,
        live: Broadcast,
        now: Callable[[], datetime],
        *,
        committed: threading.Event | None = None,
        hear: Callable[[Notice], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._live = live
        self._now = now
        self._hear = hear
        self._woken = committed or threading.Event()
        self._pruned_at: datetime | None = None

    def wake(self) -> None:
        """Say that something was committed; callable from any thread."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Relay until ``stop`` is set and the relay is woken; a database that is away is waited for."""
        while not stop.is_set():
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            try:
                while self.relay() == AT_ONCE:
                    pass
                self._prune()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the outbox cannot be read now (%s)", type(error).__name__)
                stop.wait(LOOK_SECONDS)

    def relay(self) -> int:
        """Hand over the oldest notices that wait, at most AT_ONCE; gives how many."""
        with self._store.reading(self._now()) as tx:
            waiting = list_unsent(tx, limit=AT_ONCE)
        if waiting:
            for unsent in waiting:
                self._hear(unsent.notice)
            for unsent in waiting:
                self._live.publish(Update(*unsent.notice))
            with self._store.transaction(self._now()) as tx:
                save_sent(tx, [unsent.id for unsent in waiting])
        return len(waiting)

    def _prune(self) -> None:
        now = self._now()
        if self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY:
            self._pruned_at = now
            with self._store.transaction(now) as tx:
                delete_sent(tx, now - KEPT)
