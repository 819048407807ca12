"""The starter with real programs, started through the console command as a supervisor of the machine would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readers.updates.slots import Slots
from readers.updates.switch import Failure, Phase, Release
from readers.updates.trial import STARTS_MAX, Applied, Born, Started
from tests.readers.updates.maker import Maker, fetch, now

pytestmark = pytest.mark.real

TOLD = (
    "import os, pathlib, signal, sys, time\n"
    "file, word = os.environ['SEKISHO_BORN_FILE'], os.environ['SEKISHO_BORN_WORD']\n"
)
"""What a program is told. Each writes down that it began, and with which words."""

BEGAN = (
    "with open(sys.argv[1], 'a') as log: log.write(f\"{NAME} {os.environ['SEKISHO_RELEASE']}"
    "|{os.environ['SEKISHO_RETURNED']}\\n\")\n"
)
BIRTH = "pathlib.Path(file).write_text(word)\n"
LACKS = "pathlib.Path(file).write_text(word + '\\nreaders\\npolicy')\n"
STALE = "pathlib.Path(file).write_text('0' * 32)\n"
LIVE = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nwhile True: time.sleep(0.05)\n"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(0.05)\n"
FALL = "sys.exit(3)\n"


def program(name: str, *does: str) -> dict[str, str]:
    return {"bin/sekisho": f"#!{sys.executable}\n{TOLD}NAME = {name!r}\n{BEGAN}{''.join(does)}"}


class Box:
    """A box with a maker; the programs' log says which began."""

    def __init__(self, folder: Path) -> None:
        self.maker = Maker(folder / "maker")
        self.slots = Slots(folder / "box")
        self.log = folder / "began"
        self.log.touch()

    def take(self, serial: int, files: dict[str, str]) -> None:
        self.maker.publish(serial, files)
        fetch(self.maker, self.slots)
        self.slots.change(Applied(), now())

    def prove(self, serial: int, files: dict[str, str]) -> None:
        self.take(serial, files)
        self.slots.change(Started(), now())
        self.slots.change(Born(self.slots.load().release), now())

    @property
    def began(self) -> list[str]:
        return self.log.read_text().splitlines()

    @contextmanager
    def started(self, *, trial_seconds: float = 30) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "sekisho", "update", "start", "--slots", self.slots.folder),
                *("--trial-seconds", str(trial_seconds), "--", self.log, "--more"),
            ],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(30)


def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box(tmp_path)
    box.prove(1, program("one", BIRTH, LIVE))
    return box


def test_a_release_that_proves_itself_is_kept(box: Box) -> None:
    with box.started() as process:
        until(lambda: len(box.began) == 1)
        box.take(2, program("two", BIRTH, LIVE))  # while the former one runs: the starter changes over by itself
        until(lambda: box.slots.load().phase is Phase.kept and box.slots.load().active == "b")
        assert process.poll() is None
    assert process.returncode == 0
    assert box.began == ["one 0.1 #1 a|", "two 0.2 #2 b|"]
    assert box.slots.pointed == "b"


def test_the_former_ones_birth_is_not_the_new_ones(box: Box) -> None:
    """It proves itself at the very moment in which the next one is put on trial."""
    wait = "while not pathlib.Path(sys.argv[1] + '.go').exists(): time.sleep(0.01)\n"
    box.prove(2, program("two", wait, BIRTH, LIVE))
    with box.started(trial_seconds=2):
        until(lambda: len(box.began) == 1)
        box.take(3, program("three", LIVE))
        Path(f"{box.log}.go").touch()
        until(lambda: box.slots.load().phase is Phase.returned)
    assert [line.split()[0] for line in box.began[:2]] == ["two", "three"]


def test_one_that_never_says_so_is_taken_back_and_that_is_told_once(box: Box) -> None:
    box.take(2, program("two", LACKS, DEAF))
    with box.started(trial_seconds=1):
        until(lambda: (failure := box.slots.load().failure) is not None and failure.told)
        assert box.slots.load().failure == Failure(Release("0.2", 2), "not_born readers policy", told=True)
    with box.started():
        until(lambda: len(box.began) == 3)
    assert box.began == ["two 0.2 #2 b|", "one 0.1 #1 a|0.2 #2: not_born readers policy", "one 0.1 #1 a|"]
    assert box.slots.pointed == "a"


def test_the_mark_of_another_process_is_no_birth(box: Box) -> None:
    box.take(2, program("two", STALE, LIVE))
    with box.started(trial_seconds=1):
        until(lambda: box.slots.load().phase is Phase.returned)


def test_one_that_falls_at_each_start_is_taken_back(box: Box) -> None:
    box.take(2, program("two", FALL))
    for _ in range(STARTS_MAX):
        with box.started() as process:
            assert process.wait(30) == 3  # the supervisor sees what the program said, and starts again
    with box.started():
        until(lambda: len(box.began) == STARTS_MAX + 1)
        until(lambda: (failure := box.slots.load().failure) is not None and failure.told)
    assert box.began[-1] == "one 0.1 #1 a|0.2 #2: starts_spent"


def test_one_that_cannot_be_started_is_taken_back_at_once(box: Box) -> None:
    box.take(2, {"bin/sekisho": "#!/nowhere/at/all\n"})
    with box.started():
        until(lambda: len(box.began) == 1)
    assert box.began == ["one 0.1 #1 a|0.2 #2: not_startable"]


def test_the_first_update_returns_to_the_installation(tmp_path: Path) -> None:
    box = Box(tmp_path)
    box.take(1, program("one", LIVE))
    with box.started(trial_seconds=1) as process:
        assert process.wait(30) == 2  # the installation's own console command knows no such words
    assert box.slots.load().phase is Phase.returned
    assert box.slots.pointed is None


def test_killed_on_trial_it_is_on_trial_again(box: Box) -> None:
    box.take(2, program("two", LIVE))
    with box.started(trial_seconds=60) as process:
        until(lambda: len(box.began) == 1)
        pid = _child_of(process.pid)
        process.kill()
        process.wait(10)
        os.kill(pid, signal.SIGKILL)  # what a supervisor does with the rest of the group
    assert (box.slots.load().phase, box.slots.load().starts) == (Phase.on_trial, 1)
    with box.started(trial_seconds=1):
        until(lambda: box.slots.load().phase is Phase.returned)
    assert box.began[1] == "two 0.2 #2 b|"


def test_a_state_that_cannot_be_read_starts_what_ran_last(box: Box) -> None:
    with box.started():
        until(lambda: len(box.began) == 1)
    (box.slots.folder / "switch.json").write_text("{}x")
    with box.started():
        until(lambda: len(box.began) == 2)
    assert box.began[1] == "one |"


def _child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
