"""How fast the simulated city hall lives: virtual seconds for each second of ours, beside its bare event loop."""

import sys
import time
from random import Random
from typing import Any

DEVICES = 50
STAFF = 1000
TAPS_A_DEVICE = 200
"""A tap is three records (the tap, the lock's release and its end): some 600 records a device and day."""

RUSHES = ((30, 90, 0.4), (585, 645, 0.3), (0, 1440, 0.3))
"""Minutes from 07:30, and the part of the day's taps that falls between them: morning, evening, any time."""


def run() -> dict[str, Any]:
    """Live one day of 50 devices with faults, and one without; print and give the figures."""
    figures: dict[str, Any] = {"devices": DEVICES}
    for name, faults in (("calm_day", 0), ("day_with_faults", 100)):
        figures[name] = live_day(faults)
        sys.stdout.write(f"sim {name}: {figures[name]}\n")
    return figures


def live_day(faults: int) -> dict[str, Any]:
    """Live a day of 24 virtual hours; gives counts and rates."""
    from tests.sim.run import run_plan

    began = time.process_time()
    outcome = run_plan(draw_day(faults))
    cpu = time.process_time() - began
    if outcome.broken:
        raise RuntimeError(outcome.detail)
    bare = run_bare_loop(outcome.happenings)
    return {
        "records": outcome.records,
        "happenings": outcome.happenings,
        "wall_seconds": round(outcome.wall_seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "virtual_seconds_a_second": round(outcome.virtual_seconds / outcome.wall_seconds),
        "virtual_seconds_a_cpu_second": round(outcome.virtual_seconds / cpu),
        "records_a_second": round(outcome.records / outcome.wall_seconds),
        "bare_loop_seconds": round(bare, 2),
        "times_the_bare_loop": round(outcome.wall_seconds / bare, 1),
    }


def draw_day(faults: int) -> Any:
    """Draw the plan of a day; the same each time."""
    from tests.sim.plan import FAULTS, Event, Options, Plan

    random = Random("day")  # noqa: S311 (a plan, not a secret)
    options = Options(DEVICES, STAFF, 1440, 60, 1000, (), (0,) * DEVICES)
    events = []
    for device in range(DEVICES):
        for _ in range(TAPS_A_DEVICE):
            first, last, _ = random.choices(RUSHES, [part for _, _, part in RUSHES])[0]
            at_ms = random.randrange(first * 60_000, last * 60_000)
            events.append(Event(at_ms, "tap", device, random.randrange(STAFF), random.randrange(2)))
    events += [FAULTS[random.choice(sorted(FAULTS))][0](random, options) for _ in range(faults)]
    return Plan(1, options, tuple(sorted(events)))


def run_bare_loop(happenings: int) -> float:
    """Let the same number of empty happenings pass through the heap and the trace; gives seconds."""
    from tests.sim.timeline import Timeline, Trace

    timeline = Timeline()
    trace = Trace(timeline)
    random = Random("bare")  # noqa: S311
    began = time.perf_counter()
    left = happenings

    def happen() -> None:
        nonlocal left
        trace.note("nobody", "nothing")
        left -= 1
        if left > 0:
            timeline.after(random.randrange(1_000_000), happen)

    timeline.at(0, happen)
    timeline.run_until(1 << 62, stop=lambda: left <= 0)
    return time.perf_counter() - began
