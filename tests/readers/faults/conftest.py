"""A box, a centre and the wire between them, for faults that real tools make in the real process."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.readers.box import Box
from tests.readers.centre import Centre, https_centre
from tests.readers.faults.strained import Strained
from tests.readers.test_edge_process import policy_now


@pytest.fixture
def strained() -> Iterator[Strained]:
    """A box with a centre that it can reach."""
    # A socket's path must be short, and tmp_path is not.
    folder = Path(tempfile.mkdtemp(prefix="sekisho-box-"))
    box, centre = Box(folder), Centre(snapshots={3: policy_now()})
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        box.write_settings(https_port=port)
        yield Strained(box, centre)
    shutil.rmtree(folder)
