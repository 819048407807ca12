"""One private pcscd for the worker's life: libpcsclite reads the service's address once a process."""

import os
from collections.abc import Iterator

import pytest

from emulation.pcscd import Pcscd


@pytest.fixture(scope="session")
def session_pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    service = Pcscd(tmp_path_factory.mktemp("pcscd"), ("Reader A", "Reader B"))
    os.environ.update(service.environment)
    yield service
    service.stop()


@pytest.fixture
def pcscd(session_pcscd: Pcscd) -> Pcscd:
    """The service, running, whatever the test before did to it."""
    if not session_pcscd.is_running:
        session_pcscd.stop()
        session_pcscd.start()
    return session_pcscd
