"""Private services live side by side, and what cannot start says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulation.pcscd import Pcscd, PcscdError

LIST_READERS = (
    "from smartcard import scard\n"
    "_, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)\n"
    "print(';'.join(scard.SCardListReaders(context, [])[1]))\n"
)


def readers_of(service: Pcscd) -> list[str]:
    environment = {**os.environ, **service.environment}
    done = subprocess.run(
        [sys.executable, "-c", LIST_READERS], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split(";")


@pytest.mark.real
def test_two_services_run_side_by_side_each_with_its_readers(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with Pcscd(folders[0], ["Hall"]) as one, Pcscd(folders[1], ["West", "East"]) as two:
        assert readers_of(one) == ["Hall 00 00", "Hall 00 01"]
        assert readers_of(two) == ["West 00 00", "West 00 01", "East 00 00", "East 00 01"]
        one.kill()
        assert len(readers_of(two)) == 4
        one.start()
        assert readers_of(one) == ["Hall 00 00", "Hall 00 01"]


@pytest.mark.real
def test_a_service_runs_once_and_a_frozen_one_can_be_stopped(tmp_path: Path) -> None:
    with Pcscd(tmp_path, ["Hall"]) as service:
        with pytest.raises(PcscdError, match="already"):
            service.start()
        service.freeze()
    assert not service.is_running


@pytest.mark.real
def test_a_service_that_does_not_start_says_why(tmp_path: Path) -> None:
    service = Pcscd(tmp_path, ["Hall"])
    (tmp_path / "libifdvpcd0.so").write_text("no library")
    with pytest.raises(PcscdError, match="did not start"):
        service.start(seconds=0.5)
    assert not service.is_running
