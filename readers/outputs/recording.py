"""Outputs that remember what they were told, in order: for tests and simulation."""

from collections.abc import Callable

from domain.ids import AccessPointId, DoorId
from readers.events import Alarm, Hold, Notice, Present, Release, Relock, Signal
from readers.words import Words

Told = Release | Hold | Relock | Notice | Present | Alarm


class RecordingOutputs:
    """Keeps each call in ``told`` and gives it to ``listen``."""

    def __init__(self, listen: Callable[[Told], None] = lambda _: None) -> None:
        self.told: list[Told] = []
        self._listen = listen

    def release(self, door: DoorId, seconds: float) -> None:
        """Remember a release."""
        self._keep(Release(door, seconds))

    def hold(self, door: DoorId) -> None:
        """Remember that a door was unlocked."""
        self._keep(Hold(door))

    def relock(self, door: DoorId) -> None:
        """Remember a relock."""
        self._keep(Relock(door))

    def notice(self, point: AccessPointId) -> None:
        """Remember that a card was noticed."""
        self._keep(Notice(point))

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Remember what was shown."""
        self._keep(Present(point, signal, words))

    def alarm(self, alarm: str, detail: str) -> None:
        """Remember an alarm."""
        self._keep(Alarm(alarm, detail))

    def _keep(self, told: Told) -> None:
        self.told.append(told)
        self._listen(told)
