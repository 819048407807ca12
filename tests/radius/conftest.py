"""Where an installation is rendered: in a folder with a short name, for a box's socket lies deep in it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own; a socket's path has 107 bytes (unix(7))."""
    with TemporaryDirectory(prefix="sekisho-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
