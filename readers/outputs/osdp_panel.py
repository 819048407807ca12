"""The lamp, tone and words of OSDP readers: what the person at the reader sees and hears."""

import time
from collections.abc import Mapping, Sequence

from domain.ids import AccessPointId
from readers.drivers.osdp_commands import Ask, Colour, Lamp, Line, Tone
from readers.drivers.osdp_orders import OrderBox
from readers.events import Signal
from readers.words import Words

SHOWN_WITHIN_SECONDS = 1.0
"""An answer that the reader could not be told by then comes to nobody any more."""

_LIT_TENTHS = 30
_NOTICED = (Tone(),)
_COLOURS: Mapping[Signal, Colour] = {"granted": "green", "refused": "red", "unrecorded": "amber", "retry": "amber"}
_TONES: Mapping[Signal, Tone] = {
    "granted": Tone(tenths=3),
    "refused": Tone(tenths=2, times=2),
    "unrecorded": Tone(tenths=1, times=3),
    "retry": Tone(tenths=1, times=2),
}
"""One tone for yes, two for no; never colour alone."""


class OsdpPanel:
    """A :class:`~readers.outputs.port.Display` made of readers. A display of theirs has ASCII: it shows the English."""

    def __init__(self, points: Mapping[AccessPointId, Sequence[OrderBox]]) -> None:
        """Make it of the readers that each access point has."""
        self._points = points

    def notice(self, point: AccessPointId) -> None:
        """Sound one short tone: the card was seen."""
        self._show(point, _NOTICED)

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Show the verdict in light, sound and words."""
        lamp = Lamp(_COLOURS[signal], _LIT_TENTHS, blinks=signal == "retry")
        self._show(point, (lamp, _TONES[signal], Line(words.en)))

    def alarm(self, alarm: str, detail: str) -> None:
        """Do nothing: a reader at a door is nobody's desk."""

    def close(self) -> None:
        """Do nothing; the line belongs to its readers."""

    def _show(self, point: AccessPointId, asks: Sequence[Ask]) -> None:
        until = time.monotonic() + SHOWN_WITHIN_SECONDS
        for orders in self._points.get(point, ()):
            orders.show(until, asks)
