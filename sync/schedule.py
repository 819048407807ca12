"""The clock: APScheduler says when to look; what is due is read off the crontab and claimed in the database.

Theory of operation. At each tick a job looks back over its grace and a day more and offers every fire time that nobody
has claimed to ``run_firing``, which claims it. So looking often, from several processes or after a stop changes
nothing: what was missed while nobody ran still runs within its grace, and beyond it is recorded as skipped. A job that
never ran here begins with its grace.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from domain.civil import JST
from store.job_runs import list_job_runs, load_first_fire
from sync.firing import Desk, run_firing
from sync.jobs.table import JOBS, Job

LOOK_BACK = timedelta(days=1)


class Clock:
    """The running schedule of one process."""

    def __init__(self, desk: Desk, jobs: Mapping[str, Job] = JOBS) -> None:
        self._desk = desk
        self._jobs = jobs
        # One thread: jobs of one process never run beside each other, and SQLite has one writer anyway.
        self._scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)

    def start(self) -> None:
        """Look once for everything that was missed, then at every fire time, in a thread of its own."""
        for name, job in self._jobs.items():
            self._scheduler.add_job(
                self.look,
                CronTrigger.from_crontab(job.crontab, timezone=JST),
                args=(name,),
                id=name,
                coalesce=True,
                misfire_grace_time=None,
            )
            self._scheduler.add_job(self.look, args=(name,), misfire_grace_time=None)
        self._scheduler.start()

    def look(self, name: str) -> None:
        """Run every firing of a job that is due and that nobody has claimed."""
        job = self._jobs[name]
        now = self._desk.now()
        earliest = now - job.grace - LOOK_BACK
        with self._desk.store.reading(now) as tx:
            claimed = {run.fire_at for run in list_job_runs(tx, name, since=earliest)}
            first = load_first_fire(tx, name)
        since = now - job.grace if first is None else max(earliest, first)
        for fire_at in list_fire_times(job.crontab, since, now):
            if fire_at not in claimed:
                run_firing(self._desk, name, job, fire_at)

    def stop(self) -> None:
        """Let a running job finish and start no other."""
        self._scheduler.shutdown(wait=True)


def list_fire_times(crontab: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """Give the fire times of a crontab line in JST after ``since`` up to and including ``until``, in UTC."""
    trigger = CronTrigger.from_crontab(crontab, timezone=JST)
    fire_at = trigger.get_next_fire_time(None, since)
    while fire_at is not None and fire_at <= until:
        if fire_at > since:
            yield fire_at.astimezone(UTC)
        fire_at = trigger.get_next_fire_time(fire_at, fire_at)
