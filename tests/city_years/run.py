"""Let a city live for some months, prove every one of them, and say in figures what happened."""

import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from domain.civil import month_end
from store.migrate import migrate
from store.tx import Store
from tests.city_years.city import City, found_city
from tests.city_years.month import LAYOUT, LivedMonth, ask_month, close_month, live_days, pay_month, put_right
from tests.city_years.proofs import prove_closed, prove_paid, prove_stands
from tests.city_years.staff import draw_staff

FIRST_ON = date(2024, 4, 1)
TMPFS = Path("/dev/shm")


@dataclass
class Figures:
    """What happened so far: months that were closed and proven, counts, minutes of presence by what they are."""

    months: int = 0
    person_months: int = 0
    pay_lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    minutes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    mebibytes: int = 0

    def report(self) -> str:
        """Say it for people."""
        measured = f"{self.seconds:.0f} s ({self.cpu_seconds:.0f} s CPU), {self.mebibytes} MiB"
        lines = [
            f"{self.months} か月 / months, {self.person_months} 人月 / person-months, {measured}",
            "在庁の分 / minutes of presence: " + ", ".join(f"{name} {m}" for name, m in sorted(self.minutes.items())),
            "できごと / what happened: " + ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items())),
        ]
        return "\n".join(lines)


def live_years(store: Store, *, staff: int, months: int, seed: int) -> Iterator[Figures]:
    """Let a city live; yields after every month that was closed, put right, paid and proven.

    Raises:
        AssertionError: something that must hold of a month does not; it says of whom and when.
    """
    random = Random(seed)
    city = found_city(store, draw_staff(random, staff), random, FIRST_ON)
    figures = Figures(counts=city.counts)
    begun, cpu_begun = time.perf_counter(), time.process_time()
    ends: dict[str, int] = {}
    before: LivedMonth | None = None
    for period in (*_periods(months), None):
        month = None if period is None else ask_month(city, period)  # people ask before the last month is closed
        if before is not None:
            _end(city, before, figures)
            figures.seconds = time.perf_counter() - begun
            figures.cpu_seconds = time.process_time() - cpu_begun
            figures.mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            yield figures
        if month is not None:
            live_days(city, month, ends)
        before = month


@contextmanager
def lent_store() -> Iterator[Store]:
    """Lend a fresh database in memory where there is room for one."""
    folder = Path(tempfile.mkdtemp(prefix="sekisho-years-", dir=TMPFS if TMPFS.is_dir() else None))
    url = f"sqlite:///{folder / 'city.db'}"
    migrate(url)
    store = Store(url)
    try:
        yield store
    finally:
        store.close()
        shutil.rmtree(folder)


def _end(city: City, month: LivedMonth, figures: Figures) -> None:
    close_month(city, month)
    figures.minutes += city.look(lambda tx: prove_closed(tx, month.period, month.people))
    pay_month(city, month.period)
    put_right(city, month)
    pay_month(city, month.period)
    city.look(lambda tx: prove_stands(tx, month.period, month.people))
    figures.pay_lines += city.look(lambda tx: prove_paid(tx, LAYOUT, month.period))
    figures.months += 1
    figures.person_months += len(month.people)


def _periods(months: int) -> Iterator[str]:
    for number in range(months):
        yield f"{month_end(FIRST_ON, months=number):%Y-%m}"
