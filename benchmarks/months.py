"""Months of a city and of a prefecture: one with its bytes, a whole month's end, everybody recounted from punches.

Everybody has a busy month of thirty-one days (``benchmarks.month``), moved by a few minutes each, so that no two are
alike. The recount goes over chunks in as many processes as there are cores, as a month's end would. The baseline is
the bare sum of ``benchmarks.month`` in the same processes.
"""

import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

from benchmarks.month import busy_month
from benchmarks.spread import MILLISECONDS, ratio, spread, time_each
from contract.month_version import hash_month, write_month
from domain.attendance.facts import MonthFacts
from domain.attendance.month import derive_month
from tests.profiles import HAGI

PEOPLE = 100_000
CHUNK = 500
CORES = 2
TIMES = 200
MEBIBYTE = 1024


def run() -> dict[str, Any]:
    """Give the seconds of everybody's recount, its peak memory, and the spread of one month, with ratios."""
    facts, month = busy_month(), derive_month(busy_month())
    calls = {
        "baseline": lambda: sum(range(100_000)),
        "month": lambda: derive_month(facts),
        "bytes": lambda: hash_month(write_month(month, "2025-11", HAGI)),
    }
    figures: dict[str, Any] = {
        f"{name}_cpu_ms": spread(time_each([call] * TIMES, time.thread_time), MILLISECONDS, 3)
        for name, call in calls.items()
    }
    figures["month_ratio"] = ratio(figures, "month_cpu_ms", "baseline_cpu_ms", "p50")
    figures["bytes_ratio"] = ratio(figures, "bytes_cpu_ms", "baseline_cpu_ms", "p50")
    return figures | _recount_everybody()


def count_chunk(first: int) -> tuple[float, int]:
    """Count ``CHUNK`` people's months from their punches; gives processor seconds and the peak of memory in KiB."""
    begun = time.process_time()
    for number in range(first, first + CHUNK):
        derive_month(_moved(number))
    return time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def sum_chunk(_: int) -> float:
    """Do the baseline as often as a chunk has people; gives processor seconds."""
    begun = time.process_time()
    for _number in range(CHUNK):
        sum(range(100_000))
    return time.process_time() - begun


def _recount_everybody() -> dict[str, Any]:
    chunks = range(0, PEOPLE, CHUNK)
    with ProcessPoolExecutor(CORES) as pool:
        bare = list(pool.map(sum_chunk, chunks[::10]))
        begun = time.perf_counter()
        counted = list(pool.map(count_chunk, chunks))
        seconds = time.perf_counter() - begun
    cpu_seconds = sum(taken for taken, _ in counted)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "people": PEOPLE,
        "cores": min(CORES, os.cpu_count() or 1),
        "recount_seconds": round(seconds, 1),
        "recount_cpu_seconds_a_core": round(cpu_seconds / CORES, 1),
        "recount_ratio": round(cpu_seconds / len(counted) / (sum(bare) / len(bare)), 2),
        "recount_mebibytes_at_most": (own + CORES * max(peak for _, peak in counted)) // MEBIBYTE,
    }


def _moved(number: int) -> MonthFacts:
    facts = _PLAIN
    by = number % 13
    punches = tuple(replace(each, minute=each.minute + by) for each in facts.punches)
    return replace(facts, person_id=f"p{number}", punches=punches, last_on=date(2025, 12, 1))


_PLAIN = busy_month()
