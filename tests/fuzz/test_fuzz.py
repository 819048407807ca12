"""Every parser of card, OSDP and QR bytes under libFuzzer: a fixed number of inputs here, hours by hand.

``python -m tests.fuzz NAME --seconds N`` is the long run. Here the seed and the number of inputs are fixed, so that a
busy machine takes longer and finds the same.
"""

import warnings
from pathlib import Path

import pytest

from tests.fuzz.running import fuzz
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS

INPUTS = 2_000


@pytest.mark.parametrize("target", TARGETS)
def test_its_seeds_raise_nothing_but_what_is_named(target: str) -> None:
    seeds = seeds_of(target)
    assert len(seeds) > 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in seeds:
            TARGETS[target](seed)


@pytest.mark.parametrize("target", TARGETS)
def test_the_fuzzer_finds_nothing(target: str, tmp_path: Path) -> None:
    run = fuzz(target, tmp_path, "-seed=1", f"-runs={INPUTS}")
    assert run.exit_code == 0, run.said[-6000:]
    assert run.executed >= INPUTS
