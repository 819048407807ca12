"""How measured times spread: the middle, the 99th percentile, the longest."""

import time
from collections.abc import Callable, Iterable, Sequence
from statistics import quantiles
from typing import Any

MICROSECONDS = 1e6
MILLISECONDS = 1e3

Spread = dict[str, float]


def spread(taken: Sequence[float], unit: float, digits: int = 1) -> Spread:
    """Give p50, p99 and max of seconds in another unit (so many of it a second)."""
    cuts = quantiles(taken, n=100, method="inclusive")
    return {
        name: round(value * unit, digits) for name, value in (("p50", cuts[49]), ("p99", cuts[98]), ("max", max(taken)))
    }


def ratio(figures: dict[str, Any], one: str, other: str, share: str) -> float:
    """Give how many times as long one spread's share is as another's."""
    return round(float(figures[one][share]) / float(figures[other][share]), 2)


def time_each(calls: Iterable[Callable[[], object]], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Give the seconds that each call took by a clock."""
    taken = []
    for call in calls:
        begun = clock()
        call()
        taken.append(clock() - begun)
    return taken
