"""What other threads ask of a reader on an OSDP line: put down at once; of each kind the line takes the latest."""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from readers.drivers.osdp_commands import Ask
from readers.drivers.port import Observation

LOCKED = None
"""The wish for a locked relay; a free one is wished until a monotonic second, infinite for held."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Where observations go, and under which reader's id; ``news`` is None when nobody listens any more."""

    reader: str
    news: queue.Queue[Observation] | None


@dataclass(frozen=True, slots=True)
class Wiring:
    """A relay somebody takes charge of: free by current or without, and who hears in a word what cannot be done."""

    frees_by_on: bool
    trouble: Callable[[str], None]


@dataclass(slots=True)
class Orders:
    """What was put down since the last look; one of a kind, so it cannot grow."""

    listener: Listener | None = None
    wired: dict[int, Wiring] = field(default_factory=dict)
    relays: dict[int, float | None] = field(default_factory=dict)
    shown: tuple[float, Sequence[Ask]] | None = None


class OrderBox:
    """Orders between threads; putting one down takes microseconds."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """Make it; ``wake`` wakes the line's thread."""
        self._wake = wake
        self._lock = threading.Lock()
        self._orders = Orders()

    def listen(self, listener: Listener) -> None:
        """Say where observations go."""
        with self._lock:
            self._orders.listener = listener
        self._wake()

    def wire(self, number: int, wiring: Wiring) -> None:
        """Take charge of a relay."""
        with self._lock:
            self._orders.wired[number] = wiring
        self._wake()

    def move(self, number: int, free_until_mono: float | None) -> None:
        """Lock a relay, or free it until then."""
        with self._lock:
            self._orders.relays[number] = free_until_mono
        self._wake()

    def show(self, until_mono: float, asks: Sequence[Ask]) -> None:
        """Show lamp, tone and words, unless it is past ``until_mono``; replaces what was to be shown before."""
        with self._lock:
            self._orders.shown = (until_mono, asks)
        self._wake()

    def take(self) -> Orders:
        """Give what was put down since the last call."""
        with self._lock:
            orders, self._orders = self._orders, Orders()
        return orders
