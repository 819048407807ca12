"""A day's backlog through the real processes: everything arrives, and no lock moves."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.records import TapObserved, encode_record
from contract.tokens import credential_token
from domain.ids import DeviceId
from emulation.simulated import send_simulated
from readers.journal import Journal
from tests.processes.installation import Installation
from tests.processes.test_kills import centre_rows

CARD = bytes([1, 0])
TAPS = 600
EPOCH = 77


def write_backlog(installation: Installation, device: str) -> None:
    """Let the box have taken down a day of granted taps that nobody fetched."""
    site_key = bytes.fromhex((installation.rendered.root / "gateway" / "site.key").read_text())
    path = installation.rendered.state / "edge" / device / "journal.db"
    journal, now = Journal.open(path, DeviceId(device), new_epoch=EPOCH), datetime.now(UTC)
    for number in range(TAPS):
        at = now - timedelta(days=1) * (TAPS - number) / TAPS
        tap = TapObserved(
            at=at,
            mono_ms=number,
            boot="yesterday",
            clock="synced",
            reader=device,
            access_point=device,
            credential=credential_token(site_key, "simulated", CARD),
            technology="simulated",
            assurance=1,
            granted=True,
            reason="granted",
            rule="staff/always",
            policy_version=1,
            policy_confirmed_at=at,
        )
        journal.append([encode_record(tap)], at)
    journal.close()


@pytest.mark.real
def test_a_days_backlog_moves_no_lock(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "site", database_url=None, cards=[CARD], devices=1)
    (device,) = installation.devices
    log = tmp_path / "site" / "processes.log"
    try:
        write_backlog(installation, device)
        for name in ("broker", "gateway", device):
            installation.start(name)
        deadline = time.monotonic() + 60
        while len(centre_rows(installation.database_url)[0]) < TAPS:
            assert time.monotonic() < deadline, "the backlog did not arrive"
            time.sleep(0.2)
        time.sleep(2)  # whatever an answer to it might move would have moved by now
        assert log.read_text().count("released") == 0
        send_simulated(installation.socket_path(device), CARD)  # and the door does work
        while "released" not in log.read_text():
            assert time.monotonic() < deadline, "a live tap opens"
            time.sleep(0.1)
    finally:
        installation.stop_all()
    assert log.read_text().count("released for") == 1
