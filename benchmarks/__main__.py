"""``python -m benchmarks [name …]``: run benchmarks, write each one's figures to build/bench/<name>.json."""

import json
import sys
from importlib import import_module
from pathlib import Path

NAMES = ("edge", "many_cards", "tap", "presentations", "lockdown", "latency", "ingest", "radius", "sim")


def main() -> None:
    """Run the named benchmarks, or all of them."""
    folder = Path(__file__).resolve().parent.parent / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or NAMES:
        figures = import_module(f"benchmarks.{name}").run()
        (folder / f"{name}.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
