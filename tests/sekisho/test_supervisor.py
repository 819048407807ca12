"""The supervisor restarts what fails and leaves nothing behind."""

import sys
import time
from pathlib import Path

from sekisho.supervisor import Child, Supervisor

COUNTS_ITS_LIVES = (
    "import sys, pathlib; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text() + 'x' if p.exists() else 'x')"
)


def _until(condition, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_failed_process_is_started_again(tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    supervisor = Supervisor(
        [Child("brief", [sys.executable, "-c", COUNTS_ITS_LIVES, str(lives)])], log_folder=tmp_path / "log"
    )
    supervisor.start()
    try:
        assert _until(lambda: lives.exists() and len(lives.read_text()) >= 2)
    finally:
        supervisor.stop()


def test_stop_ends_every_child(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    program = "import os, sys, time, pathlib; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    supervisor = Supervisor([Child("long", [sys.executable, "-c", program, str(mark)])], log_folder=tmp_path / "log")
    supervisor.start()
    assert _until(lambda: mark.exists() and mark.read_text() != "")
    supervisor.stop()
    assert not Path(f"/proc/{mark.read_text()}").exists()
