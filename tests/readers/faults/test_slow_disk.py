"""F05: every sync takes long: nobody who wants out waits for one, and no door opens late."""

import pytest

from tests.readers.centre import until
from tests.readers.faults.strained import Strained


@pytest.mark.real
def test_f05_a_way_out_waits_for_no_sync_and_no_door_opens_late(strained: Strained) -> None:
    strained.provision()
    with strained.injected("fdatasync", "delay_enter=3500000"):
        strained.box.tap()
        strained.box.tap("stranger", "r-out")
        until(lambda: strained.box.said("door main released"))
        assert strained.answered == 0, "the door is free, and no sync has ended yet"
        until(lambda: strained.box.said("[retry]"), 30)
        until(lambda: strained.box.said("ALARM tap_too_old"))
        assert strained.box.said("door main released") == 1
    assert strained.recorded() == 2, "what nobody was let in for is recorded all the same"
