"""The process that fuzzes one target: ``python -m tests.fuzz.one_target NAME`` and libFuzzer's own arguments.

libFuzzer ends the process itself; ``tests.fuzz`` gives it a folder and takes that away again.
"""

import sys
import warnings

import atheris

with atheris.instrument_imports(include=["contract", "domain", "readers", "sync.hr"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz; gives no value back, for libFuzzer leaves the process."""
    _, name, *arguments = sys.argv
    warnings.simplefilter("error")  # as in the tests: what a library warns of is an error that somebody must name
    atheris.Setup([f"fuzz_{name}", *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
