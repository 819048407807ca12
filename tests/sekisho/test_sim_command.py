"""The simulation's command: seeds by option, a wrong plant refused by name."""

import subprocess
import sys


def sim(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sekisho", "sim", *words], capture_output=True, text=True, check=False, timeout=120
    )


def test_seeds_are_lived() -> None:
    told = sim("--seeds", "2", "--first", "7")
    assert told.returncode == 0, told.stderr
    assert "2 seeds clean" in told.stdout


def test_a_planted_bug_is_shown_with_its_seed() -> None:
    told = sim("--seeds", "20", "--plant", "receipt_before_commit")
    assert told.returncode == 1
    assert "seed " in told.stdout


def test_an_unknown_plant_is_refused() -> None:
    told = sim("--plant", "weeds")
    assert told.returncode == 2
    assert "weeds" in told.stderr
