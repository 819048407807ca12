"""Has the letters written that no act brings about: what is to be used tomorrow is called to mind today."""

import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.facilities.remind_reservees import remind_reservees
from gateway.periodic import run_periodically
from store.tx import Store

LOOK_SECONDS = 60.0


class LetterClock:
    """Looks for uses of the coming day; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="reminders of reserved rooms")

    def look(self) -> int:
        """Write every reminder that is due now; gives how many."""
        with self._store.transaction(self._now()) as tx:
            return remind_reservees(tx)
