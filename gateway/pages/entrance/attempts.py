"""How often one address may try to sign in: a fixed window in the memory of this process, bounded in size."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

ATTEMPTS_MAX = 30
WINDOW = timedelta(minutes=1)
KEYS_MAX = 10_000


class Attempts:
    """Counts attempts by key (an address, a login). At the cap of keys the longest unseen one is forgotten."""

    def __init__(self, attempts_max: int = ATTEMPTS_MAX, window: timedelta = WINDOW) -> None:
        self._max = attempts_max
        self._window = window
        self._begun: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, key: str, now: datetime) -> bool:
        """Count one attempt; False when the key has had all that its window allows."""
        with self._lock:
            begun_at, count = self._begun.pop(key, (now, 0))
            if now - begun_at >= self._window:
                begun_at, count = now, 0
            self._begun[key] = (begun_at, count + 1)
            if len(self._begun) > KEYS_MAX:
                self._begun.popitem(last=False)
            return count < self._max
