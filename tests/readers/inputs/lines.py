"""Runs an input line in a thread for a test and keeps what it reported."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from readers.drivers.port import InputMoved, Observation, ReaderHealth
from readers.inputs.port import InputDriver

SOON = 15.0


class Watched:
    """What a line reported so far."""

    def __init__(self) -> None:
        self.reports: list[Observation] = []

    def moves(self, name: str) -> list[bool]:
        return [each.active for each in self.reports if isinstance(each, InputMoved) and each.input == name]

    def health(self, name: str) -> list[tuple[str, str]]:
        return [
            (each.health, each.cause) for each in self.reports if isinstance(each, ReaderHealth) and each.reader == name
        ]

    def wait_moves(self, name: str, *wanted: bool) -> None:
        wait(lambda: self.moves(name) == list(wanted), lambda: self.reports)


def wait(condition: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until, told()
        time.sleep(0.005)


@contextmanager
def running(driver: InputDriver) -> Iterator[Watched]:
    watched, stop = Watched(), threading.Event()
    thread = threading.Thread(target=driver.run, args=(watched.reports.append, stop))
    thread.start()
    try:
        yield watched
    finally:
        stop.set()
        thread.join(SOON)
        assert not thread.is_alive()
