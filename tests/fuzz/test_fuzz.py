"""Every parser of card, OSDP, QR and workbook bytes under libFuzzer: a fixed number of inputs here, hours by hand.

``python -m tests.fuzz NAME --seconds N`` is the long run. Here the seed and the number of inputs are fixed, so that a
busy machine takes longer and finds the same.
"""

import warnings
from pathlib import Path

import pytest

from sync.hr.excel import read_excel_lines
from tests.fuzz.running import fuzz
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS
from tests.fuzz.workbooks import PARTS, SHEET, workbook_with

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


def test_the_workbook_that_is_changed_is_an_honest_one() -> None:
    book = workbook_with(b"\0" + PARTS[SHEET].encode())
    assert read_excel_lines(book) == [(1, ["a", "b"]), (2, ["2025-12-01", "7.5"]), (3, ["1", "2025-12-03"])]
