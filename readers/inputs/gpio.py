"""Inputs on pins of the board, by gpiozero; one line a pin, so that a wrong pin concerns itself alone.

The circuit goes from the pin to ground, or with ``pull = "down"`` to 3.3 V. ``normally`` says what it is at rest: a
door contact and a tamper switch are closed, so that a cut wire reads as active; a button is open.
"""

import queue
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from readers.drivers.faults import ReaderError
from readers.inputs.port import Sample

if TYPE_CHECKING:
    from gpiozero import Factory

Pull = Literal["up", "down"]
Normally = Literal["open", "closed"]


class GpioSession:
    """One claimed pin."""

    def __init__(
        self, name: str, pin: int, *, normally: Normally, pull: Pull, pin_factory: "Factory | None" = None
    ) -> None:
        """Claim a pin (BCM number).

        Raises:
            ReaderError: it does not exist, or somebody else has it.
        """
        from gpiozero import DigitalInputDevice
        from gpiozero.exc import GPIOZeroError

        self._name = name
        self._closed_is_active = normally == "open"
        self._news: queue.SimpleQueue[Sample] = queue.SimpleQueue()
        try:
            # gpiozero's "active" is the pulled-against level, which is the closed circuit.
            self._device = DigitalInputDevice(pin, pull_up=pull == "up", pin_factory=pin_factory)
        except GPIOZeroError as error:
            raise ReaderError("failing", "pin_unusable") from error
        self._device.when_activated = lambda: self._note(closed=True)
        self._device.when_deactivated = lambda: self._note(closed=False)

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        """Give the edges there were, or the level; see :class:`~readers.inputs.port.InputSession`."""
        edges = []
        try:
            edges.append(self._news.get(timeout=within_seconds))
            while True:
                edges.append(self._news.get_nowait())
        except queue.Empty:
            # The level itself, too: an edge that was missed must not leave us wrong.
            return (*edges, self._sample(closed=self._device.is_active))

    def close(self) -> None:
        """Give the pin back."""
        self._device.close()

    def _note(self, *, closed: bool) -> None:
        self._news.put(self._sample(closed=closed))

    def _sample(self, *, closed: bool) -> Sample:
        return Sample(self._name, closed == self._closed_is_active, time.monotonic())
