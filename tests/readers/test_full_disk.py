"""The real agent on a disk that is truly full: no "recorded" tone, alarms, and an end that asks for a restart."""

import os
import time
from pathlib import Path

import pytest

from contract.records import TapObserved, decode_record
from readers.journal import Journal
from readers.loss_count import LossCount
from tests.readers.box import Box
from tests.readers.cases import DEVICE, policy_now
from tests.readers.centre import Centre, https_centre, until

DISK_KIB = 6 * 1024
TAPS_MAX = 6000

# The state folder is a small tmpfs of a mount namespace of its own; what lies there in the end is carried out of it.
LAUNCHER = """
mount -t tmpfs -o size=%dk tmpfs "$1" || exit 99
state=$1 out=$2; shift 2
"$@" & child=$!
trap 'kill $child' TERM
wait $child; code=$?
cp -a "$state/." "$out"
exit $code
"""


def on_a_small_disk(box: Box, out: Path) -> list[str | Path]:
    (box.folder / "state").mkdir(mode=0o700)
    out.mkdir()
    own_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", "--mount", *own_user, "sh", "-c", LAUNCHER % DISK_KIB, "sh", box.folder / "state", out]


@pytest.mark.real
def test_a_full_disk(tmp_path: Path) -> None:
    box, centre, out = Box(tmp_path), Centre(snapshots={3: policy_now()}), tmp_path / "out"
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        box.write_settings(https_port=port)
        with box.running(*on_a_small_disk(box, out)) as process:
            until(lambda: centre.births and centre.births[-1].policy_version == 3)
            for _ in range(TAPS_MAX):
                if process.poll() is not None or box.said("[unrecorded]"):
                    break
                box.tap()
                time.sleep(0.002)
            until(lambda: process.poll() is not None)
            assert process.returncode == 70, (tmp_path / "log").read_text()
    assert box.said("[unrecorded] 記録できません") >= 1
    assert box.said("ALARM journal_failed") >= 1
    journal = Journal.open(out / "journal.db", DEVICE, new_epoch=1)
    bodies = [decode_record(line) for _, line in journal.pending(0, 10**6, 10**9)]
    taken_down = sum(isinstance(body, TapObserved) for body in bodies)
    assert 100 < box.said("[granted]") <= taken_down, "what was told as recorded is recorded"
    assert any(getattr(body, "alarm", "") == "journal_reserve_used" for body in bodies)
    journal.close()
    assert LossCount(out / "journal.lost").lost >= box.said("[unrecorded]"), "what was lost is counted, to be told"
