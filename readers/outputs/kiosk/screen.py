"""What one access point's screens are told: each open page is a listener with a short queue of its own."""

import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from readers.outputs.kiosk.words import ALARMS, ENDS
from readers.words import Words

LISTENERS_MAX = 8
_WAITING_MAX = 32

Told = Mapping[str, object]


class TooManyListenersError(Exception):
    """More pages of one access point are open than there can be screens."""


class Listener:
    """One open page."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_WAITING_MAX)

    def tell(self, told: Told | None) -> None:
        """Queue an event, None for the end; a page that does not read loses the oldest."""
        line = None if told is None else json.dumps(told, ensure_ascii=False).encode()
        while True:
            try:
                self._waiting.put_nowait(line)
            except queue.Full:
                self._drop_oldest()
            else:
                return

    def hear(self, seconds: float) -> bytes | None:
        """Give the next event as JSON; None at the end.

        Raises:
            TimeoutError: there was none within ``seconds``.
        """
        try:
            return self._waiting.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None

    def _drop_oldest(self) -> None:
        try:
            self._waiting.get_nowait()
        except queue.Empty:
            return


class Screen:
    """An access point's pages, and the alarms of its door that still hold."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._alarm_until_mono: dict[str, float] = {}
        self._changed = threading.Lock()

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Hear what is told from now on, beginning with the alarms that hold.

        Raises:
            TooManyListenersError: ``LISTENERS_MAX`` pages are open.
        """
        listener = Listener()
        with self._changed:
            if len(self._listeners) >= LISTENERS_MAX:
                raise TooManyListenersError
            self._listeners.append(listener)
            now = time.monotonic()
            for alarm, until in self._alarm_until_mono.items():
                if until > now:
                    listener.tell(_alarm(alarm, until - now))
        try:
            yield listener
        finally:
            with self._changed:
                self._listeners.remove(listener)

    def show(self, state: str, words: Words | None = None) -> None:
        """Let the pages show a state, with the words a tap brought."""
        self._tell({"show": state} | ({"ja": words.ja, "en": words.en} if words else {}))

    def alarm(self, alarm: str) -> None:
        """Let the pages show a door's alarm, or its end; other alarms are not for them."""
        if alarm in ALARMS:
            seconds = ALARMS[alarm].seconds
            with self._changed:
                self._alarm_until_mono[alarm] = time.monotonic() + seconds
            self._tell(_alarm(alarm, seconds))
        for over in ENDS.get(alarm, ()):
            with self._changed:
                self._alarm_until_mono.pop(over, None)
            self._tell({"calm": over})

    def close(self) -> None:
        """End every listener's stream."""
        self._tell(None)

    def _tell(self, told: Told | None) -> None:
        with self._changed:
            for listener in self._listeners:
                listener.tell(told)


def _alarm(alarm: str, seconds: float) -> Told:
    words = ALARMS[alarm].words
    return {"alarm": alarm, "ja": words.ja, "en": words.en, "seconds": round(seconds, 1)}
