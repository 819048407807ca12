"""Runs a driver in a thread and collects what it reports."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from readers.drivers.port import CardSeen, Driver, Observation, ReaderHealth
from readers.drivers.supervise import Pace

BRISK = Pace(back_off_first_seconds=0.05, back_off_max_seconds=0.2, stable_seconds=10, stall_seconds=3)


class Watched:
    """What a driver under test has reported so far."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self._news = threading.Condition()

    def report(self, observation: Observation) -> None:
        with self._news:
            self.observations.append(observation)
            self._news.notify_all()

    def wait_for(self, matches: Callable[[Observation], bool], *, after: int = 0, seconds: float = 10) -> Observation:
        """Give the first matching observation from index ``after`` on; fails with all of them if none comes."""
        until = time.monotonic() + seconds
        with self._news:
            while True:
                for observation in self.observations[after:]:
                    if matches(observation):
                        return observation
                left = until - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise AssertionError(f"nothing of that kind within {seconds} s among {self.observations}")

    def wait_for_card(self, identifier: bytes, *, after: int = 0) -> CardSeen:
        seen = self.wait_for(lambda o: isinstance(o, CardSeen) and o.identifier == identifier, after=after)
        assert isinstance(seen, CardSeen)
        return seen

    def wait_for_health(self, health: str, cause: str = "", *, after: int = 0) -> None:
        self.wait_for(lambda o: isinstance(o, ReaderHealth) and (o.health, o.cause) == (health, cause), after=after)

    @property
    def mark(self) -> int:
        """An index from which only later observations are looked at."""
        return len(self.observations)

    @property
    def cards(self) -> list[bytes]:
        return [o.identifier for o in self.observations if isinstance(o, CardSeen)]


@contextmanager
def watching(driver: Driver) -> Iterator[Watched]:
    watched, stop, errors = Watched(), threading.Event(), []

    def run() -> None:
        try:
            driver.run(watched.report, stop)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield watched
        assert thread.is_alive(), f"the driver ended by itself: {errors}"
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive(), "the driver did not end after stop"
    assert errors == []
