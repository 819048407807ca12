"""``python -m tests.fuzz NAME --seconds N [--corpus DIR]`` fuzzes one target; ``--list`` names them.

Without ``--corpus`` nothing is kept. With it, inputs that reached something new stay in the folder and are where the
next run begins. An input that failed is written to the folder too, as ``crash-…``, ``timeout-…`` or ``oom-…``.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.running import fuzz
from tests.fuzz.targets import TARGETS

SECONDS = 30


def main() -> int:
    """Run the command; gives libFuzzer's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("name", nargs="?", choices=sorted(TARGETS), metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--corpus", type=Path, help="keep what is found here")
    asked = parser.parse_args()
    if asked.list:
        sys.stdout.write("".join(f"{name}\n" for name in TARGETS))
        return 0
    if asked.name is None:
        parser.error("expected NAME or --list")
    with TemporaryDirectory(prefix="sekisho-fuzz-") as folder:
        corpus = asked.corpus or Path(folder)
        corpus.mkdir(parents=True, exist_ok=True)
        run = fuzz(asked.name, corpus, f"-seed={asked.seed}", f"-max_total_time={asked.seconds}")
    sys.stderr.write(run.said)
    sys.stdout.write(f"{asked.name}: {run.executed} inputs, exit code {run.exit_code}\n")
    return run.exit_code


if __name__ == "__main__":
    sys.exit(main())
