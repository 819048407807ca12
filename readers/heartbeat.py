"""Proof that decisions are still made: the decision thread beats, whoever guards the doors looks (F19)."""

import time

SILENT_SECONDS = 5.0
"""Longer than any wait of the decision thread between two turns, and than a slow sync; then it hangs."""


class Heartbeat:
    """One thread beats, any other may ask."""

    def __init__(self) -> None:
        self._beat_mono = time.monotonic()

    def beat(self) -> None:
        """Say that a turn was made."""
        self._beat_mono = time.monotonic()

    def lives(self) -> bool:
        """Tell whether a turn was made lately."""
        return time.monotonic() - self._beat_mono < SILENT_SECONDS
