"""A desk ends when it is told to, also when the interrupt comes just before it waits."""

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from readers.drivers.port import Observation
from sekisho.card_desk import watch_desk


class SilentReader:
    """A reader to which nobody brings a card."""

    def run(self, report: Callable[[Observation], None], stop: threading.Event) -> None:
        stop.wait()


def test_an_interrupt_that_wakes_nobody_still_ends_the_wait() -> None:
    waits = threading.Event()

    def interrupt() -> None:
        waits.wait()
        time.sleep(0.2)  # by then the wait below has begun, or will see it at once
        os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=interrupt)
    sender.start()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # another thread takes it: no wait is broken off
    try:
        with watch_desk(lambda _: SilentReader(), lambda _: "done") as news:
            waits.set()
            with pytest.raises(KeyboardInterrupt):
                next(news)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        sender.join()


def test_a_desk_without_news_ends_when_it_was_quiet_for_long_enough() -> None:
    with watch_desk(lambda _: SilentReader(), lambda _: "done", quiet_seconds=0.01) as news:
        assert list(news) == []
