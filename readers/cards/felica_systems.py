"""The systems of FeliCa cards, and in which order a reader that polls them one by one does so."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from readers.cards.port import CardChannel, CardReading, CardTechnology

COMMON_AREA = 0xFE00
"""Where the FCF format of staff and student cards lives. Polling the wildcard instead would let each make of card pick
another system, and with it another IDm; and a wallet's transit card would answer into the staff card's answer."""

LITE_S = 0x88B4
NDEF = 0x12FC

_FIRST = (COMMON_AREA, LITE_S)


@runtime_checkable
class FelicaTechnology(Protocol):
    """A card technology that says on which systems it knows its cards."""

    @property
    def systems(self) -> tuple[int, ...]:
        """The system codes, each 0 to FFFF."""

    def read(self, channel: CardChannel) -> CardReading | None:
        """Read and prove a card; see :class:`~readers.cards.port.CardTechnology`."""


def polled_systems(technologies: Iterable[CardTechnology]) -> tuple[int, ...]:
    """Give every system that these technologies need, always in one order: FE00, 88B4, then by their codes."""
    wanted = {code for each in technologies if isinstance(each, FelicaTechnology) for code in each.systems}
    return tuple(sorted(wanted, key=lambda code: (_FIRST.index(code) if code in _FIRST else len(_FIRST), code)))
