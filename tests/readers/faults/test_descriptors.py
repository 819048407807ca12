"""F12: a policy that cannot be fetched for want of file descriptors changes nothing; the old one stays in force."""

import resource
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from contract.records import AlarmRaised, TapObserved
from tests.readers.box import Box
from tests.readers.cases import name_of, policy_now
from tests.readers.centre import Centre, https_centre, until

pytestmark = pytest.mark.real


def last_tap(centre: Centre) -> TapObserved:
    return [body for body in centre.bodies if isinstance(body, TapObserved)][-1]


def told(centre: Centre) -> set[str]:
    return {body.alarm for body in centre.bodies if isinstance(body, AlarmRaised)}


def tap_until(box: Box, said: str) -> None:
    """Tap, and again after a while as somebody at the door would."""
    for _ in range(6):
        box.tap()
        with suppress(AssertionError):
            until(lambda: box.said(said) > 0, seconds=10)
            return
    pytest.fail(f"{said} did not come: {box.lines[-20:]}")


def test_f12_the_old_policy_stays_in_force(box: Box, centre: Centre) -> None:
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        box.write_settings(https_port=port)
        with box.running() as process:
            until(lambda: centre.births and centre.births[-1].policy_version == 3)
            soft, hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
            used = max(int(entry.name) for entry in Path(f"/proc/{process.pid}/fd").iterdir()) + 1
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (used, hard))
            newer = policy_now(version=4)
            kept = {token: each for token, each in newer.credentials.items() if token != name_of("anna")}
            centre.publish(replace(newer, credentials=kept))
            births = len(centre.births)
            until(lambda: len(centre.births) > births + 2)
            tap_until(box, "[granted]")
            assert process.poll() is None
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (soft, hard))
            until(lambda: centre.births[-1].policy_version == 4, seconds=60)
            tap_until(box, "[refused]")
            until(lambda: last_tap(centre).policy_version == 4)
    assert last_tap(centre).reason == "unknown_credential"
    assert "policy_refused" in told(centre)
