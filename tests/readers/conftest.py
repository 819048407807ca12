"""A box's policy cache that holds the third version; a box on its own machine, and a centre that has that version."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from readers.policy_cache import PolicyCache
from tests.readers.box import Box
from tests.readers.cases import policy_now
from tests.readers.centre import Centre
from tests.readers.offered import V3, again, give, offer_whole


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[PolicyCache]:
    opened = again(tmp_path)
    give(opened, offer_whole(V3))
    yield opened
    opened.drop()


@pytest.fixture
def box() -> Iterator[Box]:
    # A socket's path must be short, and tmp_path is not.
    folder = Path(tempfile.mkdtemp(prefix="sekisho-box-"))
    yield Box(folder)
    shutil.rmtree(folder)


@pytest.fixture
def centre() -> Centre:
    return Centre(snapshots={3: policy_now()})
