"""The locks of a box as the weakest hardware has them: pulses end by themselves, a lock held free stays so.

Nothing here dies with the process: it is for the next life to lock what this one left free.
"""

from domain.ids import DoorId
from tests.sim.timeline import Timeline, to_micros

SECURE = 0
HELD = 2**62


class Locks:
    """What is free, and until when, by true time."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._free_until: dict[DoorId, int] = {}

    def release(self, door: DoorId, seconds: float, ahead: int) -> None:
        """Free a lock for so long, ``ahead`` microseconds from now."""
        self._free_until[door] = self._timeline.now + ahead + to_micros(seconds)

    def hold(self, door: DoorId) -> None:
        """Free a lock until it is secured."""
        self._free_until[door] = HELD

    def secure(self, door: DoorId) -> None:
        """Lock."""
        self._free_until[door] = SECURE

    def is_free(self, door: DoorId, ahead: int = 0) -> bool:
        """Tell whether somebody could pass."""
        return self._free_until.get(door, SECURE) > self._timeline.now + ahead
