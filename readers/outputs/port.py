"""The port that locks, lamps, tones and displays stand behind."""

from typing import Protocol

from domain.ids import AccessPointId, DoorId
from readers.events import Signal
from readers.words import Words


class Outputs(Protocol):
    """Everything a box moves or shows. Calls come from the decision thread: they return at once and never raise."""

    def release(self, door: DoorId, seconds: float) -> None:
        """Free the lock; ``relock`` follows after ``seconds``, and hardware with a timer of its own ends it then too.

        A second call during a release moves its end.
        """

    def hold(self, door: DoorId) -> None:
        """Free the lock until ``relock``: the door is unlocked for everybody."""

    def relock(self, door: DoorId) -> None:
        """Lock; also called for a door that is locked."""

    def notice(self, point: AccessPointId) -> None:
        """Say at once that a card was seen (a short tone); the verdict follows by ``present``."""

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Lamp, tone and words at an access point."""

    def alarm(self, alarm: str, detail: str) -> None:
        """Tell a person on the spot."""


class Display(Protocol):
    """What answers people at access points: a lamp, a tone, a screen. Calls return at once and never raise."""

    def notice(self, point: AccessPointId) -> None:
        """Say at once that a card was seen; nothing for a point that this display does not serve."""

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Lamp, tone and words; nothing for a point that this display does not serve."""

    def alarm(self, alarm: str, detail: str) -> None:
        """Tell a person on the spot."""

    def close(self) -> None:
        """Give its hardware back."""
