"""A box, a centre and the wire between them, for faults that real tools make in the real process."""

from collections.abc import Iterator

import pytest

from tests.readers.box import Box
from tests.readers.centre import Centre, https_centre
from tests.readers.faults.strained import Strained


@pytest.fixture
def strained(box: Box, centre: Centre) -> Iterator[Strained]:
    """A box with a centre that it can reach."""
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        box.write_settings(https_port=port)
        yield Strained(box, centre)
