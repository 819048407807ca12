"""A hung decision thread ends the process; a slow turn and a pause do not."""

import subprocess
import sys
import threading

from readers.heartbeat import Heartbeat
from readers.watchdog import EXIT_HUNG, start_watchdog


class Beats(Heartbeat):
    """A heartbeat that says what the test wants, look after look."""

    def __init__(self, *looks: bool) -> None:
        super().__init__()
        self.looks = list(looks)
        self.all_seen = threading.Event()

    def lives(self) -> bool:
        if len(self.looks) == 1:
            self.all_seen.set()
        return self.looks.pop(0) if self.looks else True


def ended_after(*looks: bool) -> list[int]:
    ended: list[int] = []
    stop, beats = threading.Event(), Beats(*looks)
    thread = start_watchdog(beats, stop, look_seconds=0.001, end=ended.append)
    assert beats.all_seen.wait(10)
    thread.join(0.05)
    stop.set()
    thread.join()
    return ended


def test_one_stale_look_is_a_pause() -> None:
    assert ended_after(True, False, True, False, True) == []


def test_two_stale_looks_are_the_end() -> None:
    assert ended_after(True, False, False) == [EXIT_HUNG]


def test_a_process_that_hangs_ends() -> None:
    program = (
        "import threading, time\n"
        "import readers.heartbeat as h\n"
        "from readers.watchdog import start_watchdog\n"
        "h.SILENT_SECONDS = 0.2\n"
        "start_watchdog(h.Heartbeat(), threading.Event(), look_seconds=0.1)\n"
        "threading.Lock().acquire()\n"
        "time.sleep(60)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == EXIT_HUNG
    assert "this process ends" in done.stderr
