"""F11: the kernel takes the process for its memory, or gives it no more: nothing partial, and a quick new life."""

import os
import resource
import signal
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from domain.access.policy import Credential, PolicySnapshot
from domain.ids import CredentialToken, LevelId, PersonId
from tests.readers.cases import policy_now
from tests.readers.centre import until
from tests.readers.faults.strained import Strained

pytestmark = pytest.mark.real
CROWD = 20_000


def crowded(version: int) -> PolicySnapshot:
    """The usual policy with many more cards."""
    snapshot = policy_now(version)
    rights = (LevelId("staff"),)
    crowd = {CredentialToken(f"{n:032x}"): Credential(PersonId(f"c{n}"), rights) for n in range(CROWD)}
    return replace(snapshot, credentials={**crowd, **snapshot.credentials})


def test_f11_killed_for_its_memory_it_is_back_with_everything(strained: Strained) -> None:
    strained.provision()
    with strained.box.running() as process:
        for _ in range(20):
            strained.box.tap()
        until(lambda: strained.answered >= 1)
        os.kill(process.pid, signal.SIGKILL)  # as the kernel's out-of-memory killer does
        process.wait(10)
    assert strained.opens_whole()
    with strained.box.running():
        told = strained.answered
        strained.box.tap()
        until(lambda: strained.answered > told)
    assert strained.answered <= strained.recorded()


def test_f11_without_more_memory_it_decides_on_or_ends_and_loses_nothing(strained: Strained) -> None:
    strained.provision()
    box, centre = strained.box, strained.centre
    births = len(centre.births)
    with box.running() as process:
        until(lambda: len(centre.births) > births + 1)
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[0])
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_AS)
        resource.prlimit(process.pid, resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE"), hard))
        centre.publish(crowded(4))
        for _ in range(100):
            if process.poll() is not None:
                break
            with suppress(OSError):  # it may have ended just now
                box.tap()
            time.sleep(0.05)
    assert strained.answered > 0
    assert strained.opens_whole()
    assert strained.answered <= strained.recorded()
    with box.running():
        until(lambda: centre.births[-1].policy_version == 4, 90)
