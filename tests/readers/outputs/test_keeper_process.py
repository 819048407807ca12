"""The keeper and its agent as real processes, killed and stopped; the locks write down their moves (I19, F01, F19)."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

AGENT = Path(__file__).with_name("agent_process.py")
SOON = 15.0
SILENCE = 2.0
SLACK = 1.5
"""What a busy machine may add to a time that is promised."""


class Stage:
    """An agent process with its keeper, and the book its locks write."""

    def __init__(self, book: Path, *doors: str) -> None:
        self._book = book
        self.agent = subprocess.Popen([sys.executable, str(AGENT), str(book), *doors], stdin=subprocess.PIPE, text=True)
        self.wait(lambda: len(self.moves()) >= len(doors))

    def say(self, line: str) -> float:
        """Tell the agent something; gives when."""
        assert self.agent.stdin is not None
        now = time.monotonic()
        self.agent.stdin.write(line + "\n")
        self.agent.stdin.flush()
        return now

    def moves(self, door: str | None = None) -> list[tuple[float, str]]:
        """Give what a door's lock did (every door's), in order."""
        if not self._book.exists():
            return []
        lines = [json.loads(line) for line in self._book.read_text().splitlines()]
        return [(line["mono"], line["action"]) for line in lines if door in {None, line["door"]}]

    def told(self) -> list[str]:
        """Give what the agent was told of its locks."""
        return self._book.with_name(self._book.name + ".told").read_text().splitlines()

    def is_free(self, door: str) -> bool:
        return self.moves(door)[-1][1] == "freed"

    def wait(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + SOON
        while not condition():
            assert time.monotonic() < until, self.moves()
            time.sleep(0.01)

    def keeper(self) -> int:
        """Give the keeper's process id."""
        return next(
            int(path.name)
            for path in Path("/proc").iterdir()
            if path.name.isdecimal() and parent_of(path) == self.agent.pid
        )

    def close(self) -> None:
        assert self.agent.stdin is not None
        if self.agent.poll() is None:
            self.agent.send_signal(signal.SIGCONT)
            self.agent.stdin.close()
            self.agent.wait(SOON)
        else:
            self.agent.stdin.close()


def parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(") ")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def staged(folder: Path, *doors: str) -> Iterator[Stage]:
    stage = Stage(folder / "locks.jsonl", *doors)
    try:
        yield stage
    finally:
        stage.close()


def test_a_pulse_and_a_hold(tmp_path: Path) -> None:
    with staged(tmp_path, "main", "west") as stage:
        stage.say("hold west")
        asked = stage.say("release main 0.8")
        stage.wait(lambda: len(stage.moves("main")) == 3)
        (_, first), (freed, second), (locked, third) = stage.moves("main")
        assert (first, second, third) == ("locked", "freed", "locked")
        assert freed - asked < SLACK
        assert 0.8 <= locked - asked < 0.8 + SLACK
        assert stage.is_free("west")
        stage.say("secure west")
        stage.wait(lambda: not stage.is_free("west"))
    assert stage.moves()[-1][1] == "locked"


def test_the_agents_end_ends_the_keeper(tmp_path: Path) -> None:
    with staged(tmp_path, "main") as stage:
        stage.say("hold main")
        stage.wait(lambda: stage.is_free("main"))
        keeper = stage.keeper()
    assert not stage.is_free("main")
    assert not is_alive(keeper)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_agent_locks_at_once(tmp_path: Path, how: signal.Signals) -> None:
    with staged(tmp_path, "main", "west") as stage:
        stage.say("hold main")
        stage.say("release west 30")
        stage.wait(lambda: stage.is_free("main") and stage.is_free("west"))
        keeper = stage.keeper()
        killed = time.monotonic()
        stage.agent.send_signal(how)
        stage.wait(lambda: not stage.is_free("main") and not stage.is_free("west"))
        assert max(mono for mono, _ in stage.moves()) - killed < SLACK
        stage.wait(lambda: not is_alive(keeper))


def test_a_stopped_agent_locks_after_two_seconds_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with staged(tmp_path, "main", "west") as stage:
        stage.say("hold main")
        stage.say("release west 30")
        stage.wait(lambda: stage.is_free("main") and stage.is_free("west"))
        stopped = time.monotonic()
        stage.agent.send_signal(signal.SIGSTOP)
        stage.wait(lambda: not stage.is_free("main") and not stage.is_free("west"))
        for door in ("main", "west"):
            assert SILENCE - 0.6 < stage.moves(door)[-1][0] - stopped < SILENCE + SLACK
        stage.agent.send_signal(signal.SIGCONT)
        stage.wait(lambda: stage.is_free("main") and stage.is_free("west"))
        assert stage.told() == ["- keeper_secured"]


def test_an_agent_that_decides_no_more_locks_and_is_not_obeyed_until_it_lives(tmp_path: Path) -> None:
    with staged(tmp_path, "main") as stage:
        stage.say("hold main")
        stage.wait(lambda: stage.is_free("main"))
        stage.say("hang")
        stage.wait(lambda: not stage.is_free("main"))
        time.sleep(1.2)
        assert not stage.is_free("main")
        stage.say("live")
        stage.wait(lambda: stage.is_free("main"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_keeper_is_replaced_and_told_what_should_be(tmp_path: Path, how: signal.Signals) -> None:
    with staged(tmp_path, "main", "west", "staff") as stage:
        stage.say("hold main")
        asked = stage.say("release west 6")
        stage.wait(lambda: stage.is_free("main") and stage.is_free("west"))
        before = stage.keeper()
        killed = time.monotonic()
        os.kill(before, how)
        stage.wait(lambda: not is_alive(before) and len(stage.moves("staff")) >= 2)
        stage.wait(lambda: stage.is_free("main") and stage.moves("main")[-1][0] > killed)
        assert stage.keeper() != before
        assert stage.told() == ["- keeper_lost"]
        # The new keeper begins by locking all. Of a door only the latest word counts: one told to be free again before
        # its relay was reached need not be locked first.
        assert [action for _, action in stage.moves("staff")][-1] == "locked"
        stage.wait(lambda: time.monotonic() > asked + 6 and not stage.is_free("west"))
        assert stage.moves("west")[-1][0] - asked < 6 + SLACK


def test_a_stopped_keeper_is_replaced(tmp_path: Path) -> None:
    with staged(tmp_path, "main") as stage:
        asked = stage.say("release main 1")
        stage.wait(lambda: stage.is_free("main"))
        before = stage.keeper()
        os.kill(before, signal.SIGSTOP)
        stage.wait(lambda: not stage.is_free("main"))
        assert stage.moves("main")[-1][0] - asked < 10
        assert not is_alive(before)
        assert stage.told() == ["- keeper_lost"]


def test_kills_at_random_never_leave_a_pulse_free(tmp_path: Path) -> None:
    """Kill the agent at many instants around an order; whatever happened, the lock is locked within its time."""
    for wait_ms in (0, 3, 10, 40, 150):
        folder = tmp_path / str(wait_ms)
        folder.mkdir()
        with staged(folder, "main") as stage:
            stage.say("release main 20")
            time.sleep(wait_ms / 1000)
            stage.agent.kill()
            killed = time.monotonic()
            keepers_end = stage.agent.wait(SOON)
            assert keepers_end == -signal.SIGKILL
            stage.wait(lambda stage=stage: not stage.is_free("main"))  # type: ignore[misc]
            time.sleep(0.2)
            assert not stage.is_free("main")
            assert stage.moves("main")[-1][0] - killed < SLACK
