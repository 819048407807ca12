"""The supervisor against sessions that fail in every way there is."""

import errno
import threading
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.drivers.faults import ReaderError
from readers.drivers.port import CardSeen, Observation, ReaderHealth
from readers.drivers.presentation import Reading, Sight
from readers.drivers.supervise import STUCK_THREADS_MAX, Pace, SupervisedReader, back_off_seconds
from tests.readers.drivers.watching import watching

QUICK = Pace(back_off_first_seconds=0.01, back_off_max_seconds=0.02, stable_seconds=5, stall_seconds=0.3)
CARD = CardSeen("west", "felica_idm", b"12345678", 1, 0.0)

Look = Callable[[], Sequence[Sight | Observation]]


def nothing() -> Sequence[Observation]:
    threading.Event().wait(0.01)
    return ()


class Script:
    """A reader whose sessions play scripts, one after the other; the last one goes on for ever."""

    def __init__(self, *sessions: Sequence[Look]) -> None:
        self._sessions = list(sessions)
        self.opened_count = self.closed_count = 0

    def open(self) -> "ScriptedSession":
        self.opened_count += 1
        looks = self._sessions.pop(0) if self._sessions else [nothing]
        return ScriptedSession(self, list(looks))


class ScriptedSession:
    def __init__(self, script: Script, looks: list[Look]) -> None:
        self._script = script
        self._looks = looks

    def look(self) -> Sequence[Observation]:
        return (self._looks.pop(0) if self._looks else nothing)()

    def close(self) -> None:
        self._script.closed_count += 1


def raising(error: Exception) -> Look:
    def look() -> Sequence[Observation]:
        raise error

    return look


def driver_of(script: Script) -> SupervisedReader:
    return SupervisedReader("west", script.open, pace=QUICK, jitter=lambda: 0.0)


@pytest.mark.parametrize(
    ("error", "health", "cause"),
    [
        (OSError(errno.ENODEV, ""), "lost", "unplugged"),
        (OSError(errno.EBUSY, ""), "busy", "other_process"),
        (OSError(errno.EACCES, ""), "failing", "permission_denied"),
        (OSError("no errno at all"), "failing", "io_error"),
        (ReaderError("lost", "no_service"), "lost", "no_service"),
        (ZeroDivisionError(), "failing", "unexpected_error"),
    ],
)
def test_a_session_that_fails_is_closed_named_and_opened_again(error: Exception, health: str, cause: str) -> None:
    script = Script([raising(error)], [lambda: (CARD,)])
    with watching(driver_of(script)) as watched:
        watched.wait_for_card(CARD.identifier)
        assert watched.observations == [
            ReaderHealth("west", health, cause),  # type: ignore[arg-type]
            ReaderHealth("west", "ready", ""),
            CARD,
        ]
        assert (script.opened_count, script.closed_count) == (2, 1)
    assert script.closed_count == 2


def test_a_reader_that_keeps_failing_is_said_once() -> None:
    script = Script(*[[raising(OSError(errno.ENODEV, ""))]] * 5)
    with watching(driver_of(script)) as watched:
        watched.wait_for_health("ready")
        assert watched.observations == [ReaderHealth("west", "lost", "unplugged"), ReaderHealth("west", "ready", "")]
    assert script.opened_count == 6


def test_a_session_may_say_that_it_is_busy_and_then_ready_again() -> None:
    busy = ReaderHealth("west", "busy", "exclusive_use")
    with watching(driver_of(Script([nothing, lambda: (busy,), lambda: (busy,), lambda: (CARD,)]))) as watched:
        watched.wait_for_card(CARD.identifier)
        assert watched.observations == [
            ReaderHealth("west", "ready", ""),
            busy,
            ReaderHealth("west", "ready", ""),
            CARD,
        ]


def test_a_look_that_never_returns_is_abandoned_and_says_nothing_late() -> None:
    released = threading.Event()

    def hang() -> Sequence[Observation]:
        released.wait(20)
        return (CARD,)

    script = Script([nothing, hang])
    with watching(driver_of(script)) as watched:
        watched.wait_for_health("failing", "stuck")
        watched.wait_for_health("ready", after=2)
        released.set()
        for _ in range(200):
            if script.closed_count:
                break
            nothing()
        assert script.closed_count == 1, "the abandoned session is closed once its call returns"
        assert watched.cards == []


def test_what_an_abandoned_look_saw_does_not_count_as_seen() -> None:
    card = Reading("felica_idm", bytes.fromhex("0101050103b0c30b"))
    released = threading.Event()

    def hang() -> Sequence[Sight]:
        released.wait(20)
        return (card,)

    def wait_then_see() -> Sequence[Sight]:
        while not script.closed_count:
            nothing()
        return (card,)

    script = Script([hang], [nothing, wait_then_see])
    with watching(driver_of(script)) as watched:
        watched.wait_for_health("ready")
        released.set()
        watched.wait_for_card(card.identifier)


def test_stuck_threads_do_not_pile_up() -> None:
    released = threading.Event()

    def hang() -> Sequence[Observation]:
        released.wait(20)
        return ()

    script = Script(*[[hang]] * 50)
    pace = Pace(back_off_first_seconds=0.01, back_off_max_seconds=0.02, stable_seconds=5, stall_seconds=0.05)
    with watching(SupervisedReader("west", script.open, pace=pace)) as watched:
        watched.wait_for_health("failing", "stuck")
        threading.Event().wait(0.5)
        assert script.opened_count == STUCK_THREADS_MAX
        released.set()
        watched.wait_for_health("ready")


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_back_off_grows_within_its_bounds(attempt: int, jitter: float) -> None:
    pace = Pace(back_off_first_seconds=0.25, back_off_max_seconds=5)
    wait = back_off_seconds(pace, attempt, jitter)
    assert 0.125 <= wait <= 5
    assert wait <= back_off_seconds(pace, attempt + 1, jitter)
