"""A rendered site holds Unix sockets, whose paths Linux keeps short: so are the folders of these tests."""

from pathlib import Path

import pytest


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh folder, not named after the test."""
    return tmp_path_factory.mktemp("s")
