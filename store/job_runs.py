"""Firings of timed jobs: whoever inserts the row (job, fire time) runs it, so two schedulers do it once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select, update

from store.conflicts import insert_new
from store.tables import job_run
from store.tx import Tx

SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class JobRun:
    """One firing; without ``finished_at`` it is running, or its process died."""

    job: str
    fire_at: datetime
    claimed_at: datetime
    finished_at: datetime | None
    outcome: str | None  # done … | failed: … | skipped


def claim_job(tx: Tx, job: str, fire_at: datetime) -> bool:
    """Claim a firing; True for exactly one caller ever."""
    return insert_new(tx, job_run, {"job": job, "fire_at": fire_at, "claimed_at": tx.now})


def save_job_outcome(tx: Tx, job: str, fire_at: datetime, outcome: str) -> None:
    """Note how a claimed firing ended."""
    this = and_(job_run.c.job == job, job_run.c.fire_at == fire_at)
    tx.connection.execute(update(job_run).where(this).values(finished_at=tx.now, outcome=outcome))


def forget_job_runs(tx: Tx, job: str, before: datetime) -> None:
    """Forget the firings of a job before an instant, where they are many and tell nothing."""
    tx.connection.execute(delete(job_run).where((job_run.c.job == job) & (job_run.c.fire_at < before)))


def load_first_fire(tx: Tx, job: str) -> datetime | None:
    """Give the earliest fire time that was ever claimed for a job; None when it never ran here."""
    found: datetime | None = tx.connection.scalar(select(func.min(job_run.c.fire_at)).where(job_run.c.job == job))
    return found


def list_job_runs(tx: Tx, job: str, *, since: datetime) -> list[JobRun]:
    """Give a job's firings from ``since`` on, the oldest first."""
    rows = tx.connection.execute(
        select(*(job_run.c[name] for name in JobRun.__slots__))
        .where((job_run.c.job == job) & (job_run.c.fire_at >= since))
        .order_by(job_run.c.fire_at)
    )
    return [JobRun(*row) for row in rows]
