"""A box that cards were laid on nine hundred times holds no more threads, descriptors or memories than after a few.

The long run, with resident memory, is ``scripts/bench presentations``.
"""

import tempfile
from pathlib import Path

from tests.readers.crowd import Crowd, NfcStand, known_cards
from tests.readers.site_cards import CardMaker

READERS = 20
WARM_UP, PRESENTATIONS = 150, 750
ENTRIES_MAX = READERS
"""By reader, by point or by door: nothing that is remembered between two taps goes by card or by tap."""


def test_hundreds_of_presentations_leave_nothing_behind() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        maker = CardMaker(Path(name))
        stands = [NfcStand(f"nfc-{at}", maker, type_a=at % 2 == 0) for at in range(READERS)]
        with Crowd(Path(name), stands, known_cards(maker)) as crowd:
            crowd.present(WARM_UP)
            before = crowd.count_held()
            crowd.present(PRESENTATIONS)
            after = crowd.count_held()
        assert after.threads == before.threads
        assert after.descriptors <= before.descriptors
        assert max(after.remembered.values()) <= ENTRIES_MAX, after.remembered
        assert (after.remembered["passages"], after.remembered["deciding"]) == (0, 0)

        presented = sum(crowd.presented.values())
        noticed = sum(count for kind, count in crowd.observed.items() if not kind.startswith("reader_"))
        assert presented == WARM_UP + PRESENTATIONS
        assert {kind for kind in crowd.observed if kind.startswith("reader_")} == {"reader_ready"}
        assert 0.8 * presented < noticed < 1.2 * presented, (crowd.presented, crowd.observed)
