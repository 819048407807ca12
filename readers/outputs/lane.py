"""One part's calls in a thread of its own, so that a slow or broken part delays nobody else."""

import logging
import threading
from collections import deque
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Lane:
    """Runs what it is given, in order. When more than ``waiting_max`` wait, the oldest falls away."""

    def __init__(self, name: str, waiting_max: int) -> None:
        self._name = name
        self._waiting: deque[Callable[[], None]] = deque(maxlen=waiting_max)
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def call(self, act: Callable[[], None]) -> None:
        """Let this run soon; returns at once."""
        with self._changed:
            self._waiting.append(act)
            self._changed.notify()

    def close(self) -> None:
        """Let the thread end when nothing waits any more."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def join(self, seconds: float) -> None:
        """Wait for the thread's end, no longer than this: a part that hangs is left behind."""
        self._thread.join(max(0.0, seconds))

    def _run(self) -> None:
        while (act := self._next()) is not None:
            try:
                act()
            except Exception:  # noqa: BLE001 (a part promises not to raise; should it do so, it alone is concerned)
                _log.exception("%s failed", self._name)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._waiting:
                if self._closing:
                    return None
                self._changed.wait()
            return self._waiting.popleft()
