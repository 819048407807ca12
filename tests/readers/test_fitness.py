"""What a release must show to be kept."""

import threading
from pathlib import Path

import pytest

from readers.drivers.port import Health, ReaderHealth
from readers.events import Event
from readers.fitness import Fitness
from readers.updates.birth import BirthMark, watch_birth


def fitness(
    *, readers: int = 2, lives: bool = True, records: bool = True, policy: int = 3, heard: bool = False
) -> Fitness:
    return Fitness(
        [f"r-{number}" for number in range(readers)],
        lives=lambda: lives,
        records=lambda: records,
        policy_version=lambda: policy,
        is_heard=lambda: heard,
    )


def tell(fit: Fitness, *health: Health) -> list[Event]:
    passed: list[Event] = []
    report = fit.listen(passed.append)
    for number, each in enumerate(health):
        report(ReaderHealth(f"r-{number}", each, ""))
    return passed


@pytest.mark.parametrize(
    ("heard", "health", "lacking"),
    [
        (False, ("ready", "ready"), ()),
        (False, ("ready", "lost"), ("readers",)),
        (True, ("ready", "lost"), ()),
        (True, ("busy", "failing"), ("readers",)),
        (True, (), ("readers",)),
    ],
)
def test_readers_and_the_centre(heard: bool, health: tuple[Health, ...], lacking: tuple[str, ...]) -> None:
    fit = fitness(heard=heard)
    assert len(tell(fit, *health)) == len(health)
    assert fit.lacking() == lacking


def test_a_reader_that_was_ready_and_went_is_not_ready() -> None:
    fit = fitness(readers=1)
    tell(fit, "ready")
    tell(fit, "lost")
    assert fit.lacking() == ("readers",)


def test_what_else_is_asked() -> None:
    fit = fitness(lives=False, records=False, policy=0, heard=True)
    tell(fit, "ready")
    assert fit.lacking() == ("decisions", "journal", "policy")


def test_the_mark_says_what_is_lacking_until_nothing_is(tmp_path: Path) -> None:
    mark = BirthMark(tmp_path / "born", "a" * 32, "0.2.0 #2 b", "")
    assert BirthMark.from_environment(mark.environment()) == mark
    assert BirthMark.from_environment({}) is None
    assert mark.read() is None
    answers = [("policy", "readers"), ("readers",), ()]
    seen: list[tuple[str, ...] | None] = []

    def lacking() -> tuple[str, ...]:
        seen.append(mark.read())
        return answers.pop(0)

    watch_birth(mark, lacking, threading.Event()).join(20)
    assert [*seen, mark.read()] == [None, ("policy", "readers"), ("readers",), ()]
    assert BirthMark(mark.file, "b" * 32).read() is None


def test_a_mark_that_cannot_be_written_is_no_birth(tmp_path: Path) -> None:
    mark, stop = BirthMark(tmp_path / "gone" / "born", "a" * 32), threading.Event()
    watching = watch_birth(mark, tuple, stop)
    stop.set()
    watching.join(20)
    assert mark.read() is None
