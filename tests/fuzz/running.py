"""Running libFuzzer over one target in a process of its own."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.seeds import seeds_of

ROOT = Path(__file__).resolve().parents[2]
INPUT_BYTES_MAX = 8192
LONGEST_INPUT_SECONDS = 20
MEMORY_MEGABYTES_MAX = 2048
_EXECUTED = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it: libFuzzer's exit code (0: no finding), how many inputs it ran, and all that it said."""

    exit_code: int
    executed: int
    said: str


def fuzz(target: str, corpus: Path, *arguments: str) -> Run:
    """Fuzz a target from its seeds and ``corpus``; ``arguments`` are libFuzzer's and say when it ends."""
    with TemporaryDirectory(prefix="sekisho-fuzz-") as folder:
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number, seed in enumerate(seeds_of(target)):
            (seeds / f"{number:03}").write_bytes(seed)
        command = [sys.executable, "-m", "tests.fuzz.one_target", target, str(corpus), str(seeds)]
        command += [f"-artifact_prefix={corpus}/", f"-max_len={INPUT_BYTES_MAX}", f"-timeout={LONGEST_INPUT_SECONDS}"]
        command += [f"-rss_limit_mb={MEMORY_MEGABYTES_MAX}", "-print_final_stats=1", *arguments]
        environment = os.environ | {"TMPDIR": folder, "PYTHONHASHSEED": "0"}
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    said = (ended.stdout + ended.stderr).decode(errors="replace")
    executed = _EXECUTED.search(said)
    return Run(ended.returncode, int(executed[1]) if executed else 0, said)
