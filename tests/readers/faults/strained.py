"""The edge's real process under faults of its machine, and what is left of it.

``strace -D`` leaves the process our own child, so that signals and exit codes are its own; ``-P`` strikes only calls on
the journal's log, which counts them alike whatever else the process does.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contract.records import TapObserved
from readers.journal import Journal
from tests.readers.box import READERS, Box
from tests.readers.cases import DEVICE
from tests.readers.centre import Centre, until

TAPS_MAX = 400
START_SECONDS = 60


@dataclass
class Strained:
    """One box and its centre."""

    box: Box
    centre: Centre

    @property
    def wal(self) -> Path:
        """The journal's log: every record is written and synced here first."""
        return self.box.folder / "state" / "journal.db-wal"

    @property
    def trace(self) -> Path:
        """What strace saw."""
        return self.box.folder / "trace"

    def provision(self) -> None:
        """Let the box fetch its policy and come to rest."""
        with self.box.running():
            until(lambda: self.centre.births and self.centre.births[-1].policy_version == 3, START_SECONDS)

    @contextmanager
    def injected(self, call: str, fault: str) -> Iterator["subprocess.Popen[str]"]:
        """Run the process while strace does this to its calls on the journal's log; it may end at any time."""
        rules = ["-P", self.wal, "-e", f"trace={call}", "-e", f"inject={call}:{fault}"]
        for reader in READERS:
            (self.box.folder / reader).unlink(missing_ok=True)
        edge = [sys.executable, "-m", "sekisho", "edge", "run", "--config", self.box.folder / "edge.toml"]
        with (self.box.folder / "log").open("a") as log:
            process = subprocess.Popen(
                ["strace", "-D", "-f", "-o", self.trace, *rules, *edge],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        hearing = threading.Thread(target=self.box._read, args=(process,), daemon=True)
        hearing.start()
        sockets = [self.box.folder / reader for reader in READERS]
        try:
            until(lambda: process.poll() is not None or all(each.exists() for each in sockets), START_SECONDS)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(30)
            hearing.join(5)
            assert process.stdout is not None
            process.stdout.close()

    def tap_until_it_ends(self, process: "subprocess.Popen[str]") -> None:
        """Hold a card up again and again until the process is gone."""
        for _ in range(TAPS_MAX):
            if process.poll() is not None:
                return
            try:
                self.box.tap()
            except OSError:
                break
            time.sleep(0.03)
        until(lambda: process.poll() is not None, 40)

    @property
    def answered(self) -> int:
        """How many people were told that their tap is recorded."""
        return self.box.said("[granted]") + self.box.said("[refused]")

    def recorded(self) -> int:
        """Run the box once more without a fault; gives how many taps the centre holds then."""
        births, records = len(self.centre.births), self._count_records()
        with self.box.running():
            until(lambda: len(self.centre.births) > births and self.centre.births[-1].pending == 0, START_SECONDS)
            until(lambda: self._count_records() > records, START_SECONDS)  # what a box tells of its start
        return sum(isinstance(body, TapObserved) for body in self.centre.bodies)

    def _count_records(self) -> int:
        return sum(len(held) for held in self.centre.records.values())

    def opens_whole(self) -> bool:
        """Tell whether the journal, opened by the product itself, is whole and was not set aside."""
        journal = Journal.open(self.box.folder / "state" / "journal.db", DEVICE, new_epoch=77)
        whole = journal.set_aside == "" and journal.epoch != 77
        journal.close()
        return whole
