"""Readers on OSDP lines (IEC 60839-11-5), secure channel mandatory.

A reader's ``path`` is ``/dev/ttyUSB0?address=1``: the line's device as ``[[osdp_lines]]`` names it, and the reader's
address there. Readers of one line share it, and so do the displays and locks behind them.

What a reader tells is a number on an encrypted line, never proof of a card: technology ``line``, assurance 1.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

from readers.drivers.osdp_keys import read_line_key
from readers.drivers.osdp_line import OsdpLine, Place
from readers.drivers.osdp_orders import Listener, OrderBox
from readers.drivers.osdp_seat import NEWS_MAX, Input
from readers.drivers.osdp_settings import OsdpLineSettings
from readers.drivers.port import Observation, ReaderHealth
from readers.drivers.supervise import Pace

STUCK_SECONDS = 5.0
"""A line whose thread has not turned for so long hangs in a call."""

_LOOK_SECONDS = 0.2


class OsdpLines:
    """The lines of a box, by path."""

    def __init__(self, settings: Sequence[OsdpLineSettings], *, pace: Pace | None = None) -> None:
        """Read the keys and make the lines; nothing is opened before it is used.

        Raises:
            KeyUnavailableError: a key file is not one, or its key is the default key; the text names it.
            ValueError: two lines have the same path.
        """
        self._lines = {each.path: OsdpLine(each.path, each.baud, _places(each), pace=pace) for each in settings}
        if len(self._lines) < len(settings):
            raise ValueError("osdp_lines: 同じpathが二つあります / a path is there twice")

    def reader(self, reader: str, path: str) -> "OsdpReader":
        """Make the driver of the reader at ``path``.

        Raises:
            ValueError: no such line or address; says what was expected.
        """
        line, address = self.find(path)
        return OsdpReader(reader, line, line.orders(address))

    def find(self, path: str) -> tuple[OsdpLine, int]:
        """Give the line and the address that a reader's path names.

        Raises:
            ValueError: no such line or address; says what was expected.
        """
        device, _, query = path.partition("?")
        options = dict(parse_qsl(query))
        line = self._lines.get(device)
        if line is None or options.keys() != {"address"} or not options["address"].isdecimal():
            raise ValueError(
                f"path {path}: [[osdp_lines]] の path に ?address=番号 を付けてください"
                f" / expected the path of an [[osdp_lines]] with ?address=number"
            )
        address = int(options["address"])
        line.orders(address)
        return line, address


class OsdpReader:
    """A :class:`~readers.drivers.port.Driver` over a shared line."""

    def __init__(self, reader: str, line: OsdpLine, orders: OrderBox) -> None:
        self._reader = reader
        self._line = line
        self._orders = orders

    def run(self, report: Callable[[Observation], None], stop: threading.Event) -> None:
        """Watch the reader until ``stop`` is set; see :class:`~readers.drivers.port.Driver`."""
        news: queue.Queue[Observation] = queue.Queue(NEWS_MAX)
        is_stuck = False
        with self._line.used():
            self._orders.listen(Listener(self._reader, news))
            while not stop.is_set():
                try:
                    report(news.get(timeout=_LOOK_SECONDS))
                except queue.Empty:
                    was_stuck, is_stuck = is_stuck, time.monotonic() - self._line.beat_mono > STUCK_SECONDS
                    if is_stuck and not was_stuck:
                        report(ReaderHealth(self._reader, "failing", "stuck"))
                    elif was_stuck and not is_stuck:
                        self._orders.listen(Listener(self._reader, news))
            self._orders.listen(Listener(self._reader, None))


def _places(settings: OsdpLineSettings) -> dict[int, Place]:
    return {
        reader.address: Place(
            read_line_key(reader.key_file),
            {each.number: Input(each.id, each.active_when == "closed") for each in reader.inputs},
        )
        for reader in settings.readers
    }
