"""120 hours of a busy entrance without the centre: every record is kept, found again and handed over in order.

IEC 60839-11-1 asks grades 3 and 4 to keep events for 120 h. Peak load here is a tap every five seconds around the
clock, each with what its door did; in memory, for this is about keeping and not about the disk's speed.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.chain import chain_start, chain_step
from readers.journal import Journal
from tests.readers.cases import DEVICE

TAPS = 120 * 3600 // 5
AT = datetime(2026, 11, 22, tzinfo=UTC)
MIB = 2**20


@pytest.fixture
def memory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sekisho-", dir="/dev/shm") as name:
        yield Path(name)


def test_five_days_are_kept(memory: Path) -> None:
    journal = Journal.open(memory / "journal.db", DEVICE, new_epoch=7)
    for number in range(TAPS):
        journal.append([b'{"tap":%d,"of":"%s"}' % (number, b"x" * 700), *[b'{"door":"%s"}' % (b"y" * 220)] * 3], AT)
        if number % 250 == 0:
            journal.checkpoint()
    journal.close()
    assert sum(file.stat().st_size for file in memory.iterdir()) < 200 * MIB
    journal = Journal.open(memory / "journal.db", DEVICE, new_epoch=8)
    assert (journal.epoch, journal.set_aside, journal.next_seq) == (7, "", 4 * TAPS + 1)
    head, seq = chain_start(DEVICE, 7), 0
    while rows := journal.pending(seq, 1000, MIB):
        for _, line in rows:
            head = chain_step(head, line)
        seq = rows[-1][0]
    assert (seq, head) == (4 * TAPS, journal.head_at(4 * TAPS))
    journal.close()
