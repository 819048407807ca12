"""The real agent under the starter: what it takes to be kept, and what the centre hears of one that was taken back."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.records import AlarmRaised
from readers.updates.slots import Slots
from readers.updates.switch import Phase, Release
from readers.updates.trial import Applied, Cleared, Unpacked
from readers.updates.unpacking import unpack_release
from tests.readers.box import Box
from tests.readers.centre import Centre, https_centre, until
from tests.readers.updates.maker import now, pack
from tests.servers import free_port

pytestmark = pytest.mark.real

AGENT = '#!/bin/sh\nexec "$@"\n'
IDLE = "#!/bin/sh\nexec sleep 600\n"


@pytest.fixture
def slots(box: Box) -> Slots:
    slots = Slots(box.folder / "updates")
    slots.ensure()
    return slots


@pytest.fixture
def https_port(box: Box, centre: Centre) -> Iterator[int]:
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        box.write_settings(https_port=port)
        yield port


def put_on_trial(slots: Slots, serial: int, program: str) -> None:
    archive = pack(slots.folder / "release.tar.gz", {"bin/sekisho": program})
    unpack_release(archive, slots.path(slots.load().free), 1000)
    slots.change(Cleared(), now())
    slots.change(Unpacked(Release(f"0.{serial}", serial)), now())
    slots.change(Applied(), now())


def starter(slots: Slots, trial_seconds: float = 60) -> list[str | Path]:
    console = [sys.executable, "-m", "sekisho", "update", "start", "--slots", slots.folder]
    return [*console, "--trial-seconds", str(trial_seconds), "--"]


def phase(slots: Slots) -> Phase:
    return slots.load().phase


def test_with_a_policy_and_the_centre_it_is_kept_and_says_what_it_is(
    box: Box, centre: Centre, slots: Slots, https_port: int
) -> None:
    put_on_trial(slots, 2, AGENT)
    with box.running(*starter(slots)):
        until(lambda: phase(slots) is Phase.kept)
    assert centre.births[-1].software.endswith("(0.2 #2 a)")


def test_with_neither_network_nor_centre_its_readers_and_its_policy_are_enough(
    box: Box, slots: Slots, centre: Centre, https_port: int
) -> None:
    with box.running():
        until(lambda: centre.births and centre.births[-1].policy_version == 3)
    box.write_settings(https_port=free_port())
    put_on_trial(slots, 2, AGENT)
    with box.running(*starter(slots)):
        until(lambda: phase(slots) is Phase.kept)


def test_without_a_policy_it_is_not(box: Box, slots: Slots, centre: Centre, https_port: int) -> None:
    centre.snapshots.clear()
    put_on_trial(slots, 2, AGENT)
    with box.running(*starter(slots, trial_seconds=4)):
        until(lambda: phase(slots) is Phase.returned)
    failure = slots.load().failure
    assert failure is not None
    assert failure.cause == "not_born policy"


def test_the_centre_hears_of_the_one_that_was_taken_back(
    box: Box, centre: Centre, slots: Slots, https_port: int
) -> None:
    put_on_trial(slots, 1, AGENT)
    with box.running(*starter(slots)):
        until(lambda: phase(slots) is Phase.kept)
    put_on_trial(slots, 2, IDLE)
    with box.running(*starter(slots, trial_seconds=1)):
        until(lambda: (failure := slots.load().failure) is not None and failure.told)
        until(lambda: "update_returned" in told(centre))
    assert told(centre)["update_returned"] == "0.2 #2: not_born"
    assert slots.load().proven == Release("0.1", 1)


def told(centre: Centre) -> dict[str, str]:
    return {body.alarm: body.detail for body in centre.bodies if isinstance(body, AlarmRaised)}
