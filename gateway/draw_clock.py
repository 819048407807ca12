"""Draws lottery rounds when entering is over: each once, whoever of several gateways comes first."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from domain.facilities.round_fault import RoundFaultsError
from gateway.bookings.round_seed import derive_seed
from gateway.operations.facilities.draw_round import draw_round
from gateway.periodic import run_periodically
from store.lotteries import list_due_rounds
from store.tx import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"""A round is drawn so much later at most."""

DRAWER = "draw-clock"
"""Stands for a login where the clock draws."""


class DrawClock:
    """Looks for rounds that are due; ``run`` blocks until stopped.

    A round whose seed somebody else holds is left to that one, and told in the log once.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], key_file: Path, *, committed: Callable[[], None]
    ) -> None:
        self._store = store
        self._now = now
        self._key_file = key_file
        self._committed = committed
        self._left: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="rounds that are to be drawn")

    def look(self) -> int:
        """Draw every round that is due, each in a commit of its own; gives how many."""
        with self._store.reading(self._now()) as tx:
            due = list_due_rounds(tx)
        return sum(self._draw(round_id) for round_id in due if round_id not in self._left)

    def _draw(self, round_id: str) -> bool:
        now = self._now()
        try:
            with self._store.transaction(now) as tx:
                drawn = draw_round(tx, round_id, derive_seed(self._key_file, round_id), by=DRAWER)
        except RoundFaultsError as error:
            self._left.add(round_id)
            log.warning("round %s is left to whoever holds its seed (%s)", round_id, error)
            return False
        if drawn.round.drawn_at != now:
            return False  # another gateway was faster
        self._committed()
        return True
