"""The machine's clocks, read at one place."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from contract.record_body import Clock as ClockQuality
from readers.events import Moment

_UNSET_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
"""A box without a battery clock wakes in 1970 or at its image's date; nothing of ours ran before this."""

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_CHECK_SECONDS = 10.0


class Clock(Protocol):
    """Whatever tells the time: the machine, or a test."""

    def now(self) -> Moment:
        """Read the clocks."""


class SystemClock:
    """Gives Moments. The wall clock's quality comes from the kernel's own NTP state, looked up every few seconds."""

    def __init__(self) -> None:
        self._boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        self._adjtimex = ctypes.CDLL(None).adjtimex
        self._synced = False
        self._checked_mono = float("-inf")

    def now(self) -> Moment:
        """Read the clocks."""
        mono = time.monotonic()
        if mono - self._checked_mono >= _CHECK_SECONDS:
            # An all-zero struct timex changes nothing and asks for the state; 512 bytes hold it on every machine.
            self._synced = self._adjtimex(ctypes.create_string_buffer(512)) not in {-1, _TIME_ERROR}
            self._checked_mono = mono
        at = datetime.now(UTC)
        return Moment(at, mono, self._boot, self._quality(at))

    def _quality(self, at: datetime) -> ClockQuality:
        if at < _UNSET_BEFORE:
            return "unset"
        return "synced" if self._synced else "free"
