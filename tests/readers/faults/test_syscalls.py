"""Real system calls that fail, dawdle or kill, under the real edge process (strace): F01, F03 and F05."""

import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from contract.records import TapObserved
from readers.agent import EXIT_JOURNAL_FAILED
from tests.readers.box import Box
from tests.readers.centre import Centre, https_centre, until

pytestmark = pytest.mark.real

STARTED = 14
"""Calls of one thread by which the start is over; strace counts by thread."""


@pytest.fixture(autouse=True)
def settings(box: Box, centre: Centre) -> Iterator[None]:
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        box.write_settings(https_port=port)
        yield


def under_strace(call: str, fault: str) -> tuple[str, ...]:
    # -D: strace watches from beside, so that the process we hold is the edge itself.
    return ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}")


def taps(centre: Centre) -> int:
    return sum(isinstance(body, TapObserved) for body in centre.bodies)


def recovered(box: Box, centre: Centre) -> None:
    """Start without faults, and let everything that was kept reach the centre."""
    births = len(centre.births)
    with box.running():
        until(lambda: len(centre.births) > births and centre.births[-1].pending == 0)


@pytest.mark.parametrize("index", [STARTED, STARTED + 1, STARTED + 4])
def test_f03_a_sync_that_fails_is_never_answered_as_recorded(box: Box, centre: Centre, index: int) -> None:
    with box.running(*under_strace("fdatasync", f"error=EIO:when={index}+")) as process:
        until(lambda: centre.births and centre.births[-1].policy_version == 3)
        for _ in range(40):
            if process.poll() is not None:
                break
            with suppress(OSError):  # it may have ended just now
                box.tap()
            time.sleep(0.05)
        until(lambda: process.poll() is not None)
        assert process.returncode == EXIT_JOURNAL_FAILED
    assert box.said("ALARM journal_failed") >= 1
    assert box.said("[unrecorded] 記録できません") >= 1
    answered = box.said("[granted]")
    recovered(box, centre)
    assert taps(centre) >= answered, "what was told as recorded is recorded"


def test_f05_a_slow_disk_delays_the_answer_and_loses_nothing(box: Box, centre: Centre) -> None:
    with box.running(*under_strace("fdatasync", f"delay_enter=300000:when={STARTED}+")) as process:
        until(lambda: centre.births and centre.births[-1].policy_version == 3)
        for number in range(1, 7):
            box.tap()
            until(lambda number=number: box.said("[granted]") + box.said("[retry]") >= number)  # type: ignore[misc]
        assert process.poll() is None
        assert box.said("[unrecorded]") == 0
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    recovered(box, centre)
    assert taps(centre) == 6


@pytest.mark.parametrize("index", [STARTED + 11, STARTED + 26, STARTED + 47])
def test_f01_killed_at_a_write_it_loses_no_tap_it_answered(box: Box, centre: Centre, index: int) -> None:
    with box.running(*under_strace("pwrite64", f"signal=KILL:when={index}")) as process:
        until(lambda: process.poll() is not None or (centre.births and centre.births[-1].policy_version == 3))
        for _ in range(60):
            if process.poll() is not None:
                break
            with suppress(OSError):
                box.tap()
            time.sleep(0.03)
        until(lambda: process.poll() is not None)
        assert process.returncode == -signal.SIGKILL
    answered = box.said("[granted]")
    recovered(box, centre)
    assert taps(centre) >= answered
    assert len(centre.records) == 1, "one epoch: the journal was never begun anew"
