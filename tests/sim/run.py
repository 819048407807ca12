"""Live a seed or a plan, and say what came of it."""

import logging
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.sim.broken import InvariantBrokenError
from tests.sim.plan import Plan, draw_plan
from tests.sim.plants import CORRECT, PLANTS, Variant
from tests.sim.shrink import shrink_plan
from tests.sim.world import World

TMPFS = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run; ``broken`` names the invariant, or is empty."""

    plan: Plan
    trace_hash: str
    broken: str
    detail: str
    virtual_seconds: float
    wall_seconds: float
    happenings: int
    records: int
    pulses: int
    trace: tuple[str, ...] = ()

    def report(self) -> str:
        """Say it for people: everything that is needed to live it again."""
        return (
            f"seed {self.plan.seed}: {self.detail or 'clean'}\n"
            f"options: {self.plan.options}\n"
            f"events ({len(self.plan.events)}):\n"
            + "\n".join(f"  {event}" for event in self.plan.events)
            + f"\ntrace {self.trace_hash}"
        )


def run_plan(plan: Plan, variant: Variant = CORRECT, *, keep_trace: bool = False) -> Outcome:
    """Live one plan in a city hall of its own."""
    quiet_before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # refusals are part of the day here
    folder = Path(tempfile.mkdtemp(prefix="sekisho-sim-", dir=TMPFS if TMPFS.is_dir() else None))
    began = time.perf_counter()
    world = World(plan, variant, folder, keep_trace=keep_trace)
    broken = detail = ""
    try:
        world.live()
    except InvariantBrokenError as error:
        broken, detail = error.number, str(error)
    finally:
        logging.disable(quiet_before)
        world.close()
        shutil.rmtree(folder)
    return Outcome(
        plan,
        world.trace.digest(),
        broken,
        detail,
        world.timeline.now / 1e6,
        time.perf_counter() - began,
        world.timeline.done,
        len(world.watch.held),
        world.watch.doors.opened,
        tuple(world.trace.lines or ()),
    )


def run_seed(seed: int, plant: str | None = None, *, keep_trace: bool = False) -> Outcome:
    """Draw and live one seed, with a planted bug or none."""
    return run_plan(draw_plan(seed), PLANTS[plant] if plant else CORRECT, keep_trace=keep_trace)


def shrink_outcome(outcome: Outcome, plant: str | None = None) -> Outcome:
    """Give the smallest failing life that can be found, which breaks the same invariant."""
    variant = PLANTS[plant] if plant else CORRECT
    plan = shrink_plan(outcome.plan, lambda fewer: run_plan(fewer, variant).broken == outcome.broken)
    return run_plan(plan, variant, keep_trace=True)
