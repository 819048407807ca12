"""The lab, laid once for all tests here; without the right to make namespaces they are skipped, in CI they fail."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.netlab.lab import NetLab
from tests.netlab.wires import NoNamespacesError, laid_wires

VLANS = (10, 20, 29, 30, 39)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetLab]:
    root: Path = tmp_path_factory.mktemp("netlab")
    try:
        with laid_wires(VLANS) as wires:
            made = NetLab(wires, root)
            made.set_up()
            with made.zone_servers():
                yield made
            made.store.close()
    except NoNamespacesError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"network namespaces cannot be made here: {error}")
