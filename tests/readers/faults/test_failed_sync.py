"""F03: a sync that failed is never tried again on that file: what the kernel dropped would then count as written."""

import pytest

from readers.agent import EXIT_JOURNAL_FAILED
from tests.readers.faults.strained import Strained


@pytest.mark.real
@pytest.mark.parametrize("number", [2, 6])
def test_f03_no_sync_follows_the_one_that_failed(strained: Strained, number: int) -> None:
    strained.provision()
    with strained.injected("fdatasync", f"error=EIO:when={number}") as process:  # every later one would succeed
        strained.tap_until_it_ends(process)
        assert process.returncode == EXIT_JOURNAL_FAILED, (strained.box.folder / "log").read_text()
    _, failed, after = strained.trace.read_text().partition("(INJECTED)")
    assert failed
    assert "fdatasync(" not in after
    assert strained.answered <= strained.recorded()
    assert len(strained.centre.records) == 1
