"""One firing of a timed job: claimed in the database before it runs, noted when it ended."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.civil import civil_minute
from store.alarms import Alarm, insert_alarms
from store.job_runs import SKIPPED, claim_job, save_job_outcome
from store.tx import Store
from sync.jobs.table import Job
from sync.settings import SyncSettings

logger = logging.getLogger(__name__)

OUTCOME_MAX = 500


@dataclass(frozen=True, slots=True)
class Desk:
    """What every firing needs: the database, the settings, the clock."""

    store: Store
    settings: SyncSettings
    now: Callable[[], datetime]


def run_firing(desk: Desk, name: str, job: Job, fire_at: datetime) -> str | None:
    """Run a job for the time it was due, unless someone has claimed that firing.

    A firing later than the job's grace is recorded as skipped and not run. A job that fails is recorded with an alarm
    and raises nothing: the next firing is its next chance.

    Returns:
        The outcome (``done: …``, ``failed: …``, ``skipped``); None when the firing is someone else's.
    """
    claimed_at = desk.now()
    is_late = claimed_at - fire_at > job.grace
    with desk.store.transaction(claimed_at) as tx:
        if not claim_job(tx, name, fire_at):
            return None
        if is_late:
            save_job_outcome(tx, name, fire_at, SKIPPED)
    if is_late:
        logger.warning("%s of %s skipped: more than %s late", name, fire_at.isoformat(), job.grace)
        return SKIPPED
    outcome = _run(desk, name, job, fire_at)
    with desk.store.transaction(desk.now()) as tx:
        save_job_outcome(tx, name, fire_at, outcome)
        if outcome.startswith("failed"):
            insert_alarms(tx, [Alarm("job_failed", name, outcome)])
    return outcome


def _run(desk: Desk, name: str, job: Job, fire_at: datetime) -> str:
    try:
        told = job.run(desk.store, desk.settings, civil_minute(fire_at)[0], desk.now())
    except Exception as error:  # noqa: BLE001 (whatever went wrong must not end the clock)
        # Its words may name people: the log and the table get its kind and its place alone.
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        logger.error("%s of %s failed: %s at %s", name, fire_at.isoformat(), type(error).__name__, place)  # noqa: TRY400
        return f"failed: {type(error).__name__} at {place}"
    logger.info("%s of %s done: %s", name, fire_at.isoformat(), told)
    return f"done: {told}"[:OUTCOME_MAX]
