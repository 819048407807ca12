"""A box that cards were laid on nine hundred times holds no more threads, descriptors or memories than after a few.

The long run, with resident memory, is ``scripts/bench presentations``.
"""

import pathlib
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.readers.crowd import Crowd, NfcStand, known_cards
from tests.readers.journal_cases import START, line, open_journal
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
        assert after.memory.python_blocks - before.memory.python_blocks < 2 * PRESENTATIONS  # a record kept is more
        assert max(after.remembered.values()) <= ENTRIES_MAX, after.remembered
        assert (after.remembered["passages"], after.remembered["deciding"]) == (0, 0)

        presented = sum(crowd.presented.values())
        noticed = sum(count for kind, count in crowd.observed.items() if not kind.startswith("reader_"))
        assert presented == WARM_UP + PRESENTATIONS
        assert {kind for kind in crowd.observed if kind.startswith("reader_")} == {"reader_ready"}
        assert 0.8 * presented < noticed < 1.2 * presented, (crowd.presented, crowd.observed)


def test_an_append_takes_no_path_apart(tmp_path: Path) -> None:
    """Python notes every part of every path it takes apart; a million appends would blow its table of names up."""
    journal = open_journal(tmp_path / "journal.db")
    journal.append([line(1)], START)
    called: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename == pathlib.__file__:
            called.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        journal.append([line(2)], START)
    finally:
        sys.setprofile(None)
        journal.close()
    assert "stat" in called
    assert not [name for name in called if "parse" in name]
