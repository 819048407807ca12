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

    def relock(self, door: DoorId) -> None:
        """Lock; also called for a door that is locked."""

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Lamp, tone and words at an access point."""

    def alarm(self, alarm: str, detail: str) -> None:
        """Tell a person on the spot."""
