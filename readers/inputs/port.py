"""The ports of wired inputs: a line of them as a driver, and the sessions that a line is made of.

A line reports :class:`~readers.drivers.port.InputMoved` under each input's id: once when it is first looked at, again
after each interruption, and whenever it moves. ``active`` means that the circuit is not at rest: a contact's door is
open, a button is pressed, a housing is open, the fire alarm calls. How an input is, it says by
:class:`~readers.drivers.port.ReaderHealth` under the same id; besides the words of readers there are ``flapping`` (it
moves more than a contact in order could) and ``stuck`` (a button that has been pressed for a minute).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from readers.drivers.port import Driver

Meaning = Literal["contact", "request_to_exit", "tamper", "fire"]

InputDriver = Driver
"""A line of inputs, run and watched like a reader."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What an input's circuit said, at rest or ``active``, at ``mono`` (monotonic seconds)."""

    input: str
    active: bool
    mono: float


class InputSession(Protocol):
    """One opened line."""

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        """Wait no longer than this for news and give it, in order; the first call gives every input's state.

        Raises:
            ReaderError: the line cannot be used; the session ends.
            OSError: the same, its errno telling why.
        """

    def close(self) -> None:
        """Give the line back; must not raise for one that is gone."""
