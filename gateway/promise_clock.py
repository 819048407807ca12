"""Looks again and again whether every booking has the keys, doors and codes that it promises, and sees to it.

Only one of several gateways looks at a time: whoever claims the turn. Each booking is repaired in a commit of its own,
held against every other act on it, so that a repair and an act at one moment leave what the reservation then promises.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.facilities.promises import PromiseKind
from gateway.bookings.unkept_promises import find_unkept
from gateway.operations.facilities.repair_promises import repair_promises, tell_unkept
from gateway.periodic import run_periodically
from gateway.site.booked_areas import list_booked_areas
from gateway.site.description import Site
from store.job_runs import claim_job, forget_job_runs
from store.party_passes import DrawnCode, count_free_codes, forget_codes, insert_drawn_codes
from store.site_areas import save_site_areas
from store.tx import Store, Tx

LOOK_SECONDS = 20.0
"""What lacks is given so much later at most."""

CODES_READY = 200
"""So many codes are drawn before anybody needs them; more permissions within a turn have theirs by the next one."""

JOB = "keep_promises"
"""The turns' name in ``job_run``."""

_DAY = timedelta(days=1)


class PromiseClock:
    """Compares and repairs; ``run`` blocks until stopped.

    Args:
        store: where bookings and what they give stand.
        now: the clock.
        site: gives the description that holds now.
        draw: draws a code (``gateway.people.party_code``).
        committed: called after a commit with something to tell.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        *,
        site: Callable[[], Site],
        draw: Callable[[], DrawnCode],
        committed: Callable[[], None],
    ) -> None:
        self._store = store
        self._now = now
        self._site = site
        self._draw = draw
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="what bookings promise")

    def look(self) -> int:
        """Take a turn, unless another gateway has it; gives how many bookings were repaired."""
        store, now = self._store, self._now
        with store.transaction(now()) as tx:
            if not claim_job(tx, JOB, _find_turn(tx.now)):
                return 0
            self._make_ready(tx)
        with store.reading(now()) as tx:
            seen = find_unkept(tx)
        if codes := sum(PromiseKind.code in each.lacks for each in seen):
            with store.transaction(now()) as tx:
                insert_drawn_codes(tx, [self._draw() for _ in range(codes)])
        repaired = sum(self._repair(each.reservation_id) for each in seen)
        with store.reading(now()) as tx:
            still = find_unkept(tx) if seen else []
        with store.transaction(now()) as tx:
            told = tell_unkept(tx, seen, still)
        if repaired or told:
            self._committed()
        return repaired

    def _make_ready(self, tx: Tx) -> None:
        """Write down what the description says, and draw the codes that permissions take."""
        save_site_areas(tx, list_booked_areas(self._site()))
        lacking = CODES_READY - count_free_codes(tx)
        if lacking > 0:
            insert_drawn_codes(tx, [self._draw() for _ in range(lacking)])
        forget_codes(tx, tx.now - _DAY)
        forget_job_runs(tx, JOB, tx.now - _DAY)

    def _repair(self, reservation_id: str) -> bool:
        with self._store.transaction(self._now()) as tx:
            return repair_promises(tx, reservation_id)


def _find_turn(now: datetime) -> datetime:
    """Give the beginning of the turn that an instant lies in."""
    seconds = int(now.timestamp() // LOOK_SECONDS * LOOK_SECONDS)
    return datetime.fromtimestamp(seconds, now.tzinfo)
