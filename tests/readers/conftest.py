"""A box's policy cache that holds the third version."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from readers.policy_cache import PolicyCache
from tests.readers.offered import V3, again, give, offer_whole


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[PolicyCache]:
    opened = again(tmp_path)
    give(opened, offer_whole(V3))
    yield opened
    opened.drop()
