"""One person's month counted from its facts, and its caps forecast.

The month is a full one: twenty days in and out, four doors inside a day, an order on every evening. Times are the
thread's processor time; the baseline is a bare sum over a hundred thousand numbers, so that a ratio says more than a
slow machine does.
"""

import time
from datetime import date, timedelta
from typing import Any

from benchmarks.spread import MILLISECONDS, ratio, spread, time_each
from domain.attendance.facts import Direction, MonthFacts, Order, Punch
from domain.attendance.forecast import forecast_caps
from domain.attendance.month import derive_month
from domain.attendance.spans import axis_minute
from tests.profiles import HAGI

FIRST_ON, LAST_ON = date(2025, 11, 1), date(2025, 11, 30)
HOLIDAYS = frozenset({date(2025, 11, 3), date(2025, 11, 24)})
TIMES = 400


def run() -> dict[str, Any]:
    """Give the spreads in milliseconds and the ratios to the baseline."""
    facts = busy_month()
    noon = axis_minute(date(2025, 11, 14), 12 * 60)
    calls = {
        "baseline": lambda: sum(range(100_000)),
        "month": lambda: derive_month(facts),
        "forecast": lambda: forecast_caps(facts, noon),
    }
    figures: dict[str, Any] = {
        f"{name}_cpu_ms": spread(time_each([call] * TIMES, time.thread_time), MILLISECONDS, 3)
        for name, call in calls.items()
    }
    for name in ("month", "forecast"):
        figures[f"{name}_ratio"] = ratio(figures, f"{name}_cpu_ms", "baseline_cpu_ms", "p50")
    return figures


def busy_month() -> MonthFacts:
    """Give the facts of the month that is timed."""
    punches: list[Punch] = []
    orders: list[Order] = []
    days = (FIRST_ON + timedelta(days=number) for number in range(LAST_ON.day))
    for on in (on for on in days if on.isoweekday() <= 5 and on not in HOLIDAYS):
        midnight = axis_minute(on)
        ends = midnight + 17 * 60 + 15 + 10 * on.day
        punches += [Punch(midnight + 505, Direction.clock_in, ref=f"{on}/in"), Punch(ends, Direction.clock_out)]
        punches += [Punch(midnight + clock, Direction.none, interior=True) for clock in (510, 700, 790, 1030)]
        orders.append(Order(midnight + 17 * 60 + 15, ends, ref=f"{on}"))
    return MonthFacts(
        "p1", HAGI, FIRST_ON, LAST_ON, FIRST_ON, punches=tuple(punches), orders=tuple(orders), holidays=HOLIDAYS
    )
