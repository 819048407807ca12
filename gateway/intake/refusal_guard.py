"""Stops a gateway that refuses what its devices say: a bad deploy must not drain the stream into the bin."""

import threading
from collections import Counter
from datetime import datetime, timedelta

from domain.ids import DeviceId

REFUSALS_MAX = 100
WINDOW = timedelta(seconds=60)


class RefusalGuard:
    """Watches refusals, window by window; callable from any thread.

    It trips when there are too many and most of the devices heard were refused and never taken: then the fault is
    ours. A single device that talks nonsense among others trips nothing; its refusals are rows and a rejection each.
    """

    def __init__(self, *, refusals_max: int = REFUSALS_MAX, window: timedelta = WINDOW) -> None:
        self._refusals_max = refusals_max
        self._window = window
        self._since: datetime | None = None
        self._refused: Counter[DeviceId | None] = Counter()
        self._taken: set[DeviceId | None] = set()
        self._lock = threading.Lock()

    def note(self, now: datetime, device: DeviceId | None, *, refused: bool) -> None:
        """Note what became of one message of a device (None: of nobody we know)."""
        with self._lock:
            if self._since is None or now - self._since > self._window:
                self._since = now
                self._refused.clear()
                self._taken.clear()
            if refused:
                self._refused[device] += 1
            else:
                self._taken.add(device)

    def has_tripped(self) -> bool:
        """Tell whether to stop."""
        with self._lock:
            only_refused = self._refused.keys() - self._taken
            return self._refused.total() >= self._refusals_max and len(only_refused) > len(self._taken)
