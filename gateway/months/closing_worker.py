"""Closes what HR asked to close, department by department, so that a page may follow it.

Each department is a transaction of its own, and the closing itself stands in the database: whoever of the centre's
processes is there goes on with it after a crash, and two of them never work on the same one.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.attendance.month_fault import RefusedMonthError
from domain.attendance.profile import InForce
from domain.civil import civil_minute
from domain.workflow.route import Organisation
from gateway.operations.attendance.close_month import Closing, close_departments
from gateway.periodic import run_periodically
from store.closing_runs import AskedRun, claim_run, end_run, release_run, save_part
from store.deciders import load_organisation
from store.tx import Store

LOOK_SECONDS = 1.0
ABANDONED = timedelta(minutes=5)
"""A worker that said nothing for so long is gone; one department takes seconds."""


class ClosingWorker:
    """Works through closings; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime], profile: InForce) -> None:
        self._store = store
        self._now = now
        self._profile = profile
        self._mine: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(lambda: self.look(stop), stop, LOOK_SECONDS, what="months to close")

    def look(self, stop: threading.Event | None = None) -> int:
        """Do the closings that wait; gives how many. With ``stop`` set, a closing rests between two departments."""
        number = 0
        while stop is None or not stop.is_set():
            with self._store.transaction(self._now()) as tx:
                run = claim_run(tx, tx.now - ABANDONED, mine=self._mine)
                organisation = load_organisation(tx, civil_minute(tx.now)[0])
            if run is None:
                break
            self._mine = run.asked.id
            self._close(run.asked, organisation, stop)
            self._mine = None
            number += 1
        return number

    def _close(self, asked: AskedRun, organisation: Organisation, stop: threading.Event | None) -> None:
        closing = Closing(asked.period, self._profile, asked.asked_by, asked.without_readers, asked.reason)
        ids = None if asked.department_id is None else [asked.department_id]
        fault = None
        try:
            for part in close_departments(
                self._store, self._now, closing, organisation=organisation, department_ids=ids
            ):
                done = {"done": part.number, "of": part.of, "closed": len(part.closed), "left": len(part.left)}
                with self._store.transaction(self._now()) as tx:
                    save_part(tx, asked.id, **done)
                    if stop is not None and stop.is_set():
                        release_run(tx, asked.id)
                        return
        except RefusedMonthError as error:  # whoever asked is of HR no more, say
            fault = error.faults[0].why
        with self._store.transaction(self._now()) as tx:
            end_run(tx, asked.id, fault)
