"""Keeps one reader alive: opens it, watches that its looks complete, opens it again when they do not.

Theory of operation. A *session* is one open reader; a *life* is one session run in a thread of its own, because a call
into a driver or into pcscd may never return. The life puts what each look saw into a queue; the supervisor, in the
caller's thread, makes presentations of it and reports them.

No look within ``stall_seconds`` means that the life is stuck: it is abandoned and another begins. Its queue is dropped,
so what it still sees is neither reported late nor counted as seen; its thread closes the session if the call returns.

Any fault ends a life. The next begins after a back-off that grows and is jittered, so that ten readers of one broken
hub do not retry in step.
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from readers.drivers.faults import ReaderError, fault_of
from readers.drivers.field_watch import FieldWatch
from readers.drivers.port import Health, Observation, ReaderHealth
from readers.drivers.presentation import Sight

log = logging.getLogger(__name__)

STUCK_THREADS_MAX = 3
"""Abandoned threads that may pile up in calls that never return; at the limit nothing new is begun."""


Look = Sequence[Sight | Observation]
"""What one look brought: sights of cards that lie in the field, of which the supervisor makes presentations, and whole
observations, which go through as they are."""


class Session(Protocol):
    """One open reader."""

    def look(self) -> Look:
        """Take one look, within about a second, and give what it brought.

        Raises:
            ReaderError: the reader cannot be used; the session ends.
            OSError: the same, its errno telling why.
        """

    def close(self) -> None:
        """Give the reader back; must not raise for a reader that is gone."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a supervisor is, in seconds. A life shorter than ``stable_seconds`` does not reset the back-off."""

    back_off_first_seconds: float = 0.25
    back_off_max_seconds: float = 5.0
    stable_seconds: float = 10.0
    stall_seconds: float = 5.0


def back_off_seconds(pace: Pace, attempt: int, jitter: float) -> float:
    """Give the wait before a further attempt (0 is the first): doubling, bounded, cut to between half and all of it.

    Args:
        pace: its first and longest wait.
        attempt: how many attempts have failed since the reader was last stable.
        jitter: a random number in [0, 1).
    """
    doubled = min(pace.back_off_first_seconds * 2.0 ** min(attempt, 16), pace.back_off_max_seconds)
    return doubled * (0.5 + jitter / 2)


class SupervisedReader:
    """A :class:`~readers.drivers.port.Driver` made from a way to open sessions."""

    def __init__(
        self,
        reader: str,
        open_session: Callable[[], Session],
        *,
        pace: Pace | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._reader = reader
        self._open_session = open_session
        self._pace = pace or Pace()
        self._jitter = jitter
        self._watch = FieldWatch(reader)
        self._said: ReaderHealth | None = None
        self._stuck: list[_Life] = []

    def run(self, report: Callable[[Observation], None], stop: threading.Event) -> None:
        """Watch the reader until ``stop`` is set; see :class:`~readers.drivers.port.Driver`."""
        attempt = 0
        while not stop.is_set():
            began = time.monotonic()
            fault = self._live(report, stop)
            if fault is None:
                return
            self._say(report, fault.health, fault.cause)
            attempt = 0 if time.monotonic() - began > self._pace.stable_seconds else attempt + 1
            stop.wait(back_off_seconds(self._pace, max(attempt - 1, 0), self._jitter()))

    def _live(self, report: Callable[[Observation], None], stop: threading.Event) -> ReaderError | None:
        """Run one life to its end; None when it ended because of ``stop``."""
        self._stuck = [life for life in self._stuck if life.is_alive]
        if len(self._stuck) >= STUCK_THREADS_MAX:
            return ReaderError("failing", "stuck")
        life = _Life(f"reader-{self._reader}", self._open_session, stop)
        while True:
            try:
                result = life.results.get(timeout=self._pace.stall_seconds)
            except queue.Empty:
                life.abandon()
                self._stuck.append(life)
                return ReaderError("failing", "stuck")
            if result is None or isinstance(result, ReaderError):
                return result
            self._hand_on(report, result)

    def _hand_on(self, report: Callable[[Observation], None], look: Look) -> None:
        observations = [seen for seen in look if isinstance(seen, Observation)]
        presented = self._watch.look([seen for seen in look if not isinstance(seen, Observation)])
        if not any(isinstance(observation, ReaderHealth) for observation in observations):
            self._say(report, "ready", "")
        for observation in (*observations, *presented):
            if isinstance(observation, ReaderHealth):
                self._say(report, observation.health, observation.cause)
            else:
                report(observation)

    def _say(self, report: Callable[[Observation], None], health: Health, cause: str) -> None:
        """Report a change of health; the same words twice in a row are no news."""
        news = ReaderHealth(self._reader, health, cause)
        if news != self._said:
            self._said = news
            report(news)


class _Life:
    """One session in its thread. ``results`` gives each look, then a fault, or None after a stop."""

    def __init__(self, name: str, open_session: Callable[[], Session], stop: threading.Event) -> None:
        self.results: queue.SimpleQueue[Look | ReaderError | None] = queue.SimpleQueue()
        self._open_session = open_session
        self._stop = stop
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Tell whether the thread still runs (or hangs in a call)."""
        return self._thread.is_alive()

    def abandon(self) -> None:
        """Let the thread end and close its session as soon as its call returns."""
        self._abandoned.set()

    def _run(self) -> None:
        try:
            with closing(self._open_session()) as session:
                while not (self._stop.is_set() or self._abandoned.is_set()):
                    self.results.put(session.look())
            self.results.put(None)
        except ReaderError as fault:
            self.results.put(fault)
        except OSError as error:
            self.results.put(fault_of(error))
        except Exception:
            log.exception("a card reader's stack failed in a way nobody foresaw; it is opened again")
            self.results.put(ReaderError("failing", "unexpected_error"))
