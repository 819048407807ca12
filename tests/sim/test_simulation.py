"""The promises under every fault order that 320 seeds draw, and proof that the simulation would notice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sim.plan import draw_plan, read_plan
from tests.sim.plants import FOUND_BY, PLANTS
from tests.sim.run import run_plan, run_seed, shrink_outcome

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 320
CHUNK = 20
FOUND_WITHIN = 40
SHRUNK_TO = 20
REGRESSIONS = sorted((Path(__file__).parent / "regressions").glob("*.json"))


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_holds(first: int) -> None:
    for seed in range(first, first + CHUNK):
        outcome = run_seed(seed)
        if outcome.broken:
            pytest.fail(f"{outcome.report()}\n\nshrunk to:\n{shrink_outcome(outcome).report()}")


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_planted_bug_is_found(plant: str) -> None:
    for seed in range(FOUND_WITHIN):
        broken = run_seed(seed, plant).broken
        if broken and broken == FOUND_BY.get(plant, broken):
            return
    pytest.fail(f"{plant} was not found in {FOUND_WITHIN} seeds")


def test_failing_plan_is_shrunk_to_what_matters() -> None:
    plant = "receipt_over_a_gap"
    outcome = next(found for seed in range(FOUND_WITHIN) if (found := run_seed(seed, plant)).broken)
    small = shrink_outcome(outcome, plant)
    assert small.broken == outcome.broken
    assert len(small.plan.events) <= SHRUNK_TO < len(outcome.plan.events)
    assert run_plan(read_plan(small.plan.to_json()), PLANTS[plant]).trace_hash == small.trace_hash


def test_same_seed_gives_the_same_trace() -> None:
    assert run_seed(7).trace_hash == run_seed(7).trace_hash != run_seed(8).trace_hash


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_trace_does_not_depend_on_the_process(hash_seed: str) -> None:
    program = "from tests.sim.run import run_seed; print(*[run_seed(seed).trace_hash for seed in (3, 7, 11)])"
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [run_seed(seed).trace_hash for seed in (3, 7, 11)]


def test_what_once_failed_stays_right() -> None:
    for path in REGRESSIONS:
        outcome = run_plan(read_plan(path.read_text("utf-8")))
        assert not outcome.broken, f"{path.name}: {outcome.report()}"


def test_plan_survives_being_written_down() -> None:
    plan = draw_plan(5)
    assert read_plan(plan.to_json()) == plan
