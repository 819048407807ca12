"""A desk's reader: the same drivers as at the doors, their technology being the desk's own work on the card.

So a card counts once as long as it lies there, a disturbed exchange is tried again, and a reader that is unplugged is
opened again when it comes back. The work runs in the reader's thread; what it brings comes out as *news*, in order. A
stop lets the card that is being worked on be finished.
"""

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Generic, TypeAlias, TypeVar

from readers.cards.felica_frames import ANY_SYSTEM
from readers.cards.felica_over_pcsc import FelicaDialect
from readers.cards.port import (
    CardChannel,
    CardLeftError,
    CardReading,
    CardTechnology,
    GarbledAnswerError,
    RefusedCardError,
)
from readers.drivers.faults import ReaderError
from readers.drivers.port import Driver, Observation, ReaderHealth, ReadTrouble
from sekisho.card_refusals import NotDoneError
from sekisho.card_words import health_words, trouble_words

T = TypeVar("T")
Work: TypeAlias = Callable[[CardChannel], T]
"""What is done with a card. Raises CardLeftError and GarbledAnswerError if the card was torn away: it is done again."""

News: TypeAlias = T | ReadTrouble | ReaderHealth
"""What the work gave; a card that gave nothing (torn, several at once, random number); the reader's health."""

OpenReader = Callable[[tuple[CardTechnology, ...]], Driver]

AWAKE_SECONDS = 0.5
"""An interrupt that came just before a wait began wakes nobody; so long later it is seen."""

STOP_SECONDS = 10.0
"""How long a card that is being worked on may take to be finished at a stop."""


def open_reader(path: str, cards: Sequence[CardTechnology], felica_dialect: FelicaDialect = "none") -> Driver:
    """Make the driver of a desk's reader; nothing is opened until it runs.

    Args:
        path: ``pcsc:`` and how its PC/SC name begins, or ``nfc:`` and nfcpy's path.
        cards: the technologies it knows.
        felica_dialect: how a PC/SC reader passes FeliCa frames on.

    Raises:
        ValueError: the path is malformed; says what was expected.
    """
    kind, _, place = path.partition(":")
    if kind == "pcsc":
        from readers.drivers.pcsc import pcsc_reader

        return pcsc_reader("desk", place, cards=cards, felica_dialect=felica_dialect)
    if kind == "nfc":
        from readers.drivers.nfc import nfc_reader

        return nfc_reader("desk", place, cards=cards)
    raise ValueError(f"reader {path[:40]!r}: pcsc:名前 か nfc:usb を / expected pcsc:NAME or nfc:usb")


def do_one(reader: OpenReader, work: Work[T], seconds: float, say: Callable[[str], None]) -> T:
    """Do work with the next card and give what it gave; news of the reader go to ``say`` meanwhile.

    Raises:
        NotDoneError: nothing came of any card for ``seconds``.
        Exception: what the work raised.
    """
    with watch_desk(reader, work, seconds) as news:
        for item in news:
            if isinstance(item, ReadTrouble):
                say(trouble_words(item))
            elif isinstance(item, ReaderHealth):
                say(health_words(item))
            else:
                return item
    raise NotDoneError("カードが置かれませんでした / no card was done: none lay there, or none long enough")


@contextmanager
def watch_desk(reader: OpenReader, work: Work[T], quiet_seconds: float | None = None) -> Iterator[Iterator[News[T]]]:
    """Do work with every card that is laid on a reader, and give the news as they come.

    Args:
        reader: makes the driver from the technologies.
        work: is called in the reader's thread, for one card at a time. What it raises besides the card's own leaving
            comes out of the iterator.
        quiet_seconds: the iterator ends when there were no news for so long; None: it does not end.
    """
    news: queue.SimpleQueue[News[T] | Exception] = queue.SimpleQueue()
    driver = reader((_FelicaWork(work, news.put), _OtherWork(work, news.put)))
    stop = threading.Event()

    def report(seen: Observation) -> None:
        if isinstance(seen, ReadTrouble | ReaderHealth):
            news.put(seen)

    thread = threading.Thread(target=driver.run, args=(report, stop), name="desk", daemon=True)
    thread.start()
    try:
        yield _unpacked(news, quiet_seconds)
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def _unpacked(news: "queue.SimpleQueue[News[T] | Exception]", quiet_seconds: float | None) -> Iterator[News[T]]:
    while (item := _wait(news, quiet_seconds)) is not None:
        if isinstance(item, Exception):
            raise item
        yield item


def _wait(news: "queue.SimpleQueue[News[T] | Exception]", seconds: float | None) -> News[T] | Exception | None:
    """Give the next item; None when none came for so long."""
    until_mono = math.inf if seconds is None else time.monotonic() + seconds
    while (left := until_mono - time.monotonic()) > 0:
        with suppress(queue.Empty):
            return news.get(timeout=min(left, AWAKE_SECONDS))
    return None


class _OtherWork(Generic[T]):
    """The work as a card technology that takes whatever card comes."""

    def __init__(self, work: Work[T], tell: Callable[[T | Exception], None]) -> None:
        self._work = work
        self._tell = tell

    def read(self, channel: CardChannel) -> CardReading:
        """Do the work; see :class:`~readers.cards.port.CardTechnology`."""
        try:
            self._tell(self._work(channel))
        except (CardLeftError, GarbledAnswerError, RefusedCardError, ReaderError):
            raise
        except Exception as error:  # noqa: BLE001 (comes out of the iterator, in the thread of whoever waits there)
            self._tell(error)
        return CardReading("simulated", b"", 0)


class _FelicaWork(_OtherWork[T]):
    """The same for readers that poll FeliCa by system: any."""

    systems = (ANY_SYSTEM,)
