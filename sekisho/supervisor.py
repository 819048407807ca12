"""Runs the processes of one machine together: starts them, restarts what fails, ends them all by their ids."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

RESTART_SECONDS_MAX = 30.0
STEADY_SECONDS = 60.0
"""A process that ran this long starts its back-off anew."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep running: its name in the log and its argument list."""

    name: str
    arguments: Sequence[str | Path]
    start_after_seconds: float = 0.0


class Supervisor:
    """Keeps children running until it is told to stop."""

    def __init__(self, children: Sequence[Child], *, log_folder: Path) -> None:
        self._children = children
        self._log_folder = log_folder
        self._stopping = threading.Event()
        self._keepers = [threading.Thread(target=self._keep, args=(child,), name=child.name) for child in children]

    def start(self) -> None:
        """Start every child."""
        self._log_folder.mkdir(parents=True, exist_ok=True)
        for keeper in self._keepers:
            keeper.start()

    def stop(self) -> None:
        """End every child (SIGTERM, after ten seconds SIGKILL) and wait for it."""
        self._stopping.set()
        for keeper in self._keepers:
            keeper.join()

    def wait(self) -> None:
        """Block until SIGINT or SIGTERM, then stop."""

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            self._stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ask_to_stop)
        while not self._stopping.wait(0.5):
            pass
        self.stop()

    def _keep(self, child: Child) -> None:
        pause = 0.5
        self._stopping.wait(child.start_after_seconds)
        with (self._log_folder / f"{child.name}.log").open("ab") as log:
            while not self._stopping.is_set():
                began = time.monotonic()
                # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
                process = subprocess.Popen(
                    list(child.arguments),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
                if self._watch(process):
                    return
                pause = 0.5 if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, RESTART_SECONDS_MAX)
                print(
                    f"{child.name} ended with {process.returncode}; again in {pause:.0f} s (log: {log.name})",
                    file=sys.stderr,
                )
                self._stopping.wait(pause)

    def _watch(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait for the process to end (False) or end it because we stop (True)."""
        while process.poll() is None:
            if self._stopping.wait(0.2):
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                return True
        return self._stopping.is_set()
