"""Keeps an eye on what tiers ask of people: who is reminded before it ends, which clearance lost its ground."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.zones.tier import TierPlan
from gateway.operations.zones.end_clearance import end_unfounded_clearances
from gateway.operations.zones.remind_lapses import remind_lapses
from gateway.periodic import run_periodically
from store.job_runs import claim_job, forget_job_runs
from store.tx import Store

LOOK_SECONDS = 20.0
"""A clearance of somebody who moved or left ends so much later at most."""

JOB = "remind_lapses"
"""The reminders' name in ``job_run``; they are looked for once an hour, by one of several gateways."""

_DAY = timedelta(days=1)


class TrainingClock:
    """Looks at clearances and trainings; ``run`` blocks until stopped.

    Args:
        store: where they stand.
        now: the clock.
        plan: gives the tiers that hold now.
        committed: called after a commit with something to tell.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        *,
        plan: Callable[[], TierPlan],
        committed: Callable[[], None],
    ) -> None:
        self._store = store
        self._now = now
        self._plan = plan
        self._committed = committed

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="clearances and trainings")

    def look(self) -> int:
        """End what lost its ground, and remind once an hour; gives how many ended or are told anew."""
        with self._store.transaction(self._now()) as tx:
            done = end_unfounded_clearances(tx)
            if claim_job(tx, JOB, tx.now.replace(minute=0, second=0, microsecond=0)):
                done += remind_lapses(tx, self._plan())
                forget_job_runs(tx, JOB, tx.now - _DAY)
        if done:
            self._committed()
        return done
