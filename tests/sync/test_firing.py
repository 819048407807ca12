"""Timed jobs: each firing once whoever looks, late ones within their grace, failures told and survived."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from store.alarms import list_open_alarms
from store.job_runs import list_job_runs
from store.tx import Store
from sync.firing import run_firing
from sync.jobs.table import JOBS, Job
from sync.main import run_sync
from sync.schedule import Clock, list_fire_times
from sync.settings import SyncSettings
from tests.sync.desks import DECEMBER, desk, put_city, settings

DAILY = "0 3 * * *"  # 18:00 UTC of the day before


def counting(times: list[date], fail: type[Exception] | None = None) -> Callable[..., str]:
    def run(_: Store, __: SyncSettings, on: date, ___: datetime) -> str:
        times.append(on)
        if fail is not None:
            raise fail("萩 太郎")
        return "counted"

    return run


def outcomes(store: Store, name: str) -> list[str | None]:
    with store.reading(DECEMBER) as tx:
        return [run.outcome for run in list_job_runs(tx, name, since=DECEMBER - timedelta(days=30))]


def test_a_firing_runs_once_with_the_civil_date_it_was_due(store: Store, tmp_path: Path) -> None:
    times: list[date] = []
    job = Job(DAILY, timedelta(days=1), counting(times))
    due = datetime(2025, 12, 2, 18, tzinfo=UTC)
    assert run_firing(desk(store, tmp_path), "count", job, due) == "done: counted"
    assert run_firing(desk(store, tmp_path), "count", job, due) is None
    assert times == [date(2025, 12, 3)]
    assert outcomes(store, "count") == ["done: counted"]


def test_two_schedulers_that_race_do_each_firing_once(store: Store, tmp_path: Path) -> None:
    times: list[date] = []
    jobs = {"count": Job(DAILY, timedelta(days=5), counting(times))}
    other = Store(store.url)
    clocks = [Clock(desk(each, tmp_path), jobs) for each in (store, other)]
    start = threading.Barrier(2)

    def look(clock: Clock) -> None:
        start.wait()
        clock.look("count")

    threads = [threading.Thread(target=look, args=(clock,)) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert sorted(times) == [date(2025, 11, 29) + timedelta(days=n) for n in range(5)]
    assert outcomes(store, "count") == ["done: counted"] * 5


def test_a_firing_beyond_its_grace_is_recorded_as_skipped(store: Store, tmp_path: Path) -> None:
    times: list[date] = []
    job = Job(DAILY, timedelta(minutes=10), counting(times))
    assert run_firing(desk(store, tmp_path), "count", job, DECEMBER - timedelta(minutes=11)) == "skipped"
    assert (times, outcomes(store, "count")) == ([], ["skipped"])
    with store.reading(DECEMBER) as tx:
        assert list_job_runs(tx, "count", since=DECEMBER - timedelta(days=1))[0].finished_at == DECEMBER


def test_after_a_stop_the_clock_catches_up_within_grace_and_records_the_rest(store: Store, tmp_path: Path) -> None:
    times: list[date] = []
    jobs = {"count": Job("0 * * * *", timedelta(hours=2, minutes=1), counting(times))}
    hour = datetime(2025, 12, 2, 0, tzinfo=UTC)
    Clock(desk(store, tmp_path, hour), jobs).look("count")
    assert len(times) == 3, "a job that never ran here begins with its grace"
    Clock(desk(store, tmp_path, hour + timedelta(hours=8)), jobs).look("count")
    assert len(times) == 6
    assert outcomes(store, "count") == ["done: counted"] * 3 + ["skipped"] * 5 + ["done: counted"] * 3


def test_a_failure_is_told_without_its_words_and_the_next_firing_runs(store: Store, tmp_path: Path) -> None:
    times: list[date] = []
    job = Job(DAILY, timedelta(days=5), counting(times, fail=RuntimeError))
    jobs = {"count": job}
    outcome = run_firing(desk(store, tmp_path), "count", job, DECEMBER)
    assert outcome is not None
    assert outcome.startswith("failed: RuntimeError at test_firing.py:")
    with store.reading(DECEMBER) as tx:
        assert [raised.alarm.kind for raised in list_open_alarms(tx)] == ["job_failed"]
    Clock(desk(store, tmp_path, DECEMBER + timedelta(days=1)), jobs).look("count")
    assert len(times) > 1


def test_fire_times_are_read_off_the_crontab_in_jst() -> None:
    since = datetime(2025, 11, 1, tzinfo=UTC)
    monthly = list_fire_times("0 6 3 * *", since, datetime(2026, 1, 2, 21, tzinfo=UTC))
    assert [at.isoformat() for at in monthly] == [
        "2025-11-02T21:00:00+00:00", "2025-12-02T21:00:00+00:00", "2026-01-02T21:00:00+00:00",
    ]  # fmt: skip
    exactly = datetime(2025, 11, 2, 21, tzinfo=UTC)
    assert list(list_fire_times("0 6 3 * *", exactly, exactly + timedelta(days=1))) == []


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_of_the_table_runs_on_a_given_date(store: Store, tmp_path: Path, name: str) -> None:
    put_city(store, "萩 太郎")
    given = desk(store, tmp_path)
    outcome = run_firing(given, name, JOBS[name], DECEMBER)
    assert outcome is not None
    assert outcome.startswith("done: ")


def test_the_connector_starts_catches_up_and_ends(sqlite_url: str, tmp_path: Path) -> None:
    stop = threading.Event()
    running = threading.Thread(target=run_sync, args=(settings(tmp_path, sqlite_url), stop))
    running.start()
    store = Store(sqlite_url)
    patience = threading.Event()
    try:
        for _ in range(200):
            if "done: years changed" in str(outcomes_now(store, "fill_calendar")):
                break
            patience.wait(0.05)
    finally:
        stop.set()
        running.join(30)
    assert not running.is_alive()
    assert "done: years changed" in str(outcomes_now(store, "fill_calendar"))
    store.close()


def outcomes_now(store: Store, name: str) -> list[str | None]:
    now = datetime.now(UTC)
    with store.reading(now) as tx:
        return [run.outcome for run in list_job_runs(tx, name, since=now - timedelta(days=9))]
