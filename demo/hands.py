"""The hands that hold cards to the demo's readers, each through the stack its reader has."""

import queue
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from emulation.felica_card import FelicaCard
from emulation.felica_field import FelicaField
from emulation.pcscd import VirtualReader
from emulation.simulated import send_simulated
from emulation.virtual_card import VirtualCard, felica_pcsc_card

QUEUE_MAX = 20
"""Cards that may wait in front of one reader; more go home, as people would."""

PAUSE_SECONDS = 0.5
"""Between two cards at one reader, so that each is its own presentation."""


class Place(Protocol):
    """Where a card can be held: one reader."""

    def tap(self, card: bytes) -> None:
        """Hold the card, long enough to be read, and take it away."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """In front of a reader of nfcpy's ``udp`` driver."""

    field: FelicaField

    def tap(self, card: bytes) -> None:
        """Put the card into the field for a moment."""
        self.field.tap(FelicaCard(card))


@dataclass(frozen=True, slots=True)
class PcscPlace:
    """On a virtual PC/SC reader."""

    reader: VirtualReader

    def tap(self, card: bytes) -> None:
        """Lay the card on the reader for a moment."""
        with suppress(OSError):  # the reader's service is just being started again
            VirtualCard(felica_pcsc_card(card)).tap(self.reader.port)


@dataclass(frozen=True, slots=True)
class SocketPlace:
    """In front of a simulated reader."""

    path: str

    def tap(self, card: bytes) -> None:
        """Send the card to the reader's socket."""
        with suppress(OSError):  # the edge is just starting
            send_simulated(self.path, card)


class Hands:
    """One queue and one thread a reader: cards of one reader follow each other, readers do not wait for each other."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._queues = {reader: queue.Queue[bytes | None](QUEUE_MAX) for reader in places}
        self._threads = [
            threading.Thread(target=self._hold, args=(place, self._queues[reader]), name=f"hands-{reader}", daemon=True)
            for reader, place in places.items()
        ]
        self._closing = threading.Event()
        for thread in self._threads:
            thread.start()

    def tap(self, reader: str, card: bytes) -> None:
        """Hold ``card`` to ``reader`` as soon as the ones before it are done; returns at once."""
        with suppress(queue.Full):
            self._queues[reader].put_nowait(card)

    def close(self) -> None:
        """Stop after the cards that are being held now."""
        self._closing.set()
        for waiting in self._queues.values():
            with suppress(queue.Full):
                waiting.put_nowait(None)
        for thread in self._threads:
            thread.join(timeout=3)

    def _hold(self, place: Place, waiting: "queue.Queue[bytes | None]") -> None:
        while (card := waiting.get()) is not None and not self._closing.is_set():
            place.tap(card)
            self._closing.wait(PAUSE_SECONDS)
