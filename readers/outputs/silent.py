"""Outputs of a box that only reads: an attendance clock without door or display."""

from domain.ids import AccessPointId, DoorId
from readers.events import Signal
from readers.words import Words


class SilentOutputs:
    """Moves and shows nothing."""

    def release(self, door: DoorId, seconds: float) -> None:
        """Do nothing."""

    def hold(self, door: DoorId) -> None:
        """Do nothing."""

    def relock(self, door: DoorId) -> None:
        """Do nothing."""

    def notice(self, point: AccessPointId) -> None:
        """Do nothing."""

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Do nothing."""

    def alarm(self, alarm: str, detail: str) -> None:
        """Do nothing; the log and the journal have it."""
