"""One thread that decides and writes: many requests that wait share one transaction, and each answer waits for it.

A commit costs what a disk costs; a switch's log-ons in the morning come together. What is answered is in the database.
What waits too long is dropped undecided, for whoever asked has gone, and what cannot be written has no answer at all:
the network server does then as the tier's policy says.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from gateway.faults import describe_fault
from gateway.operations.zones.book_session import Booked, book_decisions
from store.failures import is_passing
from store.tx import Store, Tx

log = logging.getLogger(__name__)

ROOM = 256
"""So many requests wait; more are refused at once."""

AT_ONCE = 64
"""So many share a commit."""

WAITS_SECONDS = 0.8
"""FreeRADIUS waits for one second (``firmware_configs/templates/radius``)."""

LOOK_SECONDS = 0.2

T = TypeVar("T")


class UnwrittenError(Exception):
    """A request was not decided, or its decision is not in the database: it has no answer."""


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What came of a request: the ``answer`` to give once ``booked`` is committed."""

    answer: T
    booked: Sequence[Booked] = ()


Act = Callable[[Tx], Done[T]]
"""Decides, within the transaction that will hold the decision; done again alone where it fails among others."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    act: Act[Any]
    since: float
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[Any]"


class DecisionWriter:
    """Takes requests from one event loop, and does them in a thread of its own.

    Args:
        store: the database.
        now: the clock of decisions.
        committed: called after each commit, for there may be something to tell.
        clock: counts seconds that only grow.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        *,
        committed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._now = now
        self._committed = committed
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._takes = True

    async def do(self, act: Act[T]) -> T:
        """Wait for a request's answer; it is given once everything it stands on is committed.

        Raises:
            UnwrittenError: there is none, or too many wait already, or the writer has ended.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(act, self._clock(), loop, loop.create_future())
        with self._changed:
            if not self._takes or len(self._waiting) >= ROOM:
                raise UnwrittenError
            self._waiting.append(waiting)
            self._changed.notify()
        answer: T = await waiting.answer
        return answer

    def run(self, stop: threading.Event) -> None:
        """Write until ``stop`` is set; whoever still waits then has no answer."""
        try:
            while not stop.is_set():
                with self._changed:
                    if not self._waiting:
                        self._changed.wait(LOOK_SECONDS)
                    batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                if batch:
                    self._write(batch)
        finally:
            with self._changed:
                self._takes = False
                left = list(self._waiting)
                self._waiting.clear()
            _give_up(left)

    def _write(self, batch: list[_Waiting]) -> None:
        late = self._clock() - WAITS_SECONDS
        _give_up([each for each in batch if each.since < late])
        timely = [each for each in batch if each.since >= late]
        if not timely:
            return
        try:
            done = self._commit(timely)
        except Exception as error:  # noqa: BLE001 (whatever it is, none of them was written)
            if is_passing(error) or len(timely) == 1:
                log.warning("%d decisions are not written: %s", len(timely), describe_fault(error))
                _give_up(timely)
                return
            for each in timely:  # one that cannot be written must not take the others with it
                self._write([each])
            return
        _tell(timely, lambda: _answer(timely, done))
        self._committed()

    def _commit(self, batch: Sequence[_Waiting]) -> list[Any]:
        with self._store.transaction(self._now()) as tx:
            done = [each.act(tx) for each in batch]
            book_decisions(tx, [booked for each in done for booked in each.booked])
        return [each.answer for each in done]


def _give_up(waiting: Sequence[_Waiting]) -> None:
    _tell(waiting, lambda: _refuse(waiting))


def _tell(waiting: Sequence[_Waiting], say: Callable[[], None]) -> None:
    """Have the loop of those who wait answer them all in one go; a loop that is closed has nobody left."""
    if waiting:
        with suppress(RuntimeError):
            waiting[0].loop.call_soon_threadsafe(say)


def _answer(waiting: Sequence[_Waiting], answers: Sequence[Any]) -> None:
    for each, answer in zip(waiting, answers, strict=True):
        if not each.answer.done():
            each.answer.set_result(answer)


def _refuse(waiting: Sequence[_Waiting]) -> None:
    for each in waiting:
        if not each.answer.done():
            each.answer.set_exception(UnwrittenError())
