"""F07: the journal's file is moved away, replaced or deleted under load: no journal is split, nobody is told a lie."""

import shutil
import time

import pytest

from contract.records import TapObserved
from readers.agent import EXIT_JOURNAL_FAILED
from tests.readers.centre import until
from tests.readers.faults.strained import Strained

TAPS = 10


@pytest.mark.real
@pytest.mark.parametrize("how", ["moved", "replaced", "deleted"])
def test_f07_a_journal_that_is_not_there_any_more_takes_nothing(strained: Strained, how: str) -> None:
    strained.provision()
    box, centre, path = strained.box, strained.centre, strained.wal.with_name("journal.db")
    with box.running() as process:
        for _ in range(TAPS):
            box.tap()
            time.sleep(0.01)
        until(lambda: sum(isinstance(body, TapObserved) for body in centre.bodies) == TAPS)
        if how == "replaced":
            shutil.copy(path, path.with_suffix(".copy"))
            path.with_suffix(".copy").rename(path)
        elif how == "moved":
            path.rename(path.with_suffix(".moved"))
        else:
            path.unlink()
        strained.tap_until_it_ends(process)
        assert process.returncode == EXIT_JOURNAL_FAILED, (box.folder / "log").read_text()
    assert box.said("[unrecorded]") >= 1
    assert strained.answered <= strained.recorded()
    assert len(centre.records) == (1 if how == "replaced" else 2), "begun anew only where the file is gone"
