"""Power cuts: 20,000 disks that the real journal's real work may leave behind, reopened by the real journal.

Every append that returned must be there, the chain whole. The same harness must find the loss when syncs are weakened:
a check that cannot fail proves nothing.
"""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from readers import journal as journal_module
from readers.journal import Journal
from tests.readers.crash_disk import Acked, Image, Operation, RecordingDisk, draw_images
from tests.readers.journal_cases import EPOCH, at, line, open_journal, receipt_for

IMAGES = 20_000
CHUNKS = 20
Workload = Callable[[Journal, random.Random, Callable[[int], None]], None]


def taps(journal: Journal, rng: random.Random, ack: Callable[[int], None]) -> None:
    """One record an append, as people tap."""
    for number in range(40):
        ack(journal.append([line(number)], at(number)))


def rush(journal: Journal, rng: random.Random, ack: Callable[[int], None]) -> None:
    """Several records of different lengths an append, with checkpoints between."""
    for number in range(25):
        lines = [line(number) + b" " * rng.randint(0, 900) for _ in range(rng.randint(1, 9))]
        ack(journal.append(lines, at(number)))
        if rng.random() < 0.3:
            journal._wal_pages = journal_module.CHECKPOINT_PAGES
            journal.checkpoint()


def year(journal: Journal, rng: random.Random, ack: Callable[[int], None]) -> None:
    """Appends, receipts, pruning and checkpoints in any order: the WAL starts over, pages are freed and used again."""
    for number in range(60):
        ack(journal.append([line(number) + b" " * rng.randint(0, 400)] * rng.randint(1, 3), at(number)))
        if rng.random() < 0.4:
            upto = rng.randint(journal.receipted_upto, journal.next_seq - 1)
            journal.record_receipt(receipt_for(journal, upto, issued=at(number)), at(number))
        if rng.random() < 0.2:
            journal.prune(at(number), timedelta(minutes=5))
            ack(journal.next_seq - 1)
        if rng.random() < 0.2:
            journal._wal_pages = journal_module.CHECKPOINT_PAGES
            journal.checkpoint()


WORKLOADS: tuple[Workload, ...] = (taps, rush, year)


def record(folder: Path, workload: Workload, rng: random.Random, *, weaken: str = "") -> list[Operation]:
    """Run the workload on the real journal over the recording disk; gives what the disk saw."""
    disk = RecordingDisk(f"recording-{uuid.uuid4().hex}")
    journal = open_journal(folder / "journal.db", vfs=disk.name)
    if weaken:
        journal._connection.execute(f"PRAGMA synchronous={weaken}")
    workload(journal, rng, lambda seq: disk.log.append(Acked(seq, journal.first_seq - 1)))
    journal.close()
    return disk.log


def lost(image: Image, folder: Path, vfs: str) -> str:
    """Reopen one image with the real journal; gives what is wrong with it, or nothing."""
    path = folder / "journal.db"
    for name in ("journal.db", "journal.db-wal", "journal.db-journal"):
        content = image.files.get(name)
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_bytes(content)
    journal = open_journal(path, new_epoch=2, vfs=vfs)
    try:
        if journal.set_aside:
            return f"the storage had to be put aside: {journal.set_aside}"
        if image.acked and journal.epoch != EPOCH:
            return "the journal began anew"
        if journal.next_seq <= image.acked:
            return f"{image.acked} was acknowledged, the journal ends at {journal.next_seq - 1}"
        if journal.first_seq - 1 > journal.receipted_upto:
            return "pruned beyond the receipt"
        held = [seq for seq, _ in journal.pending(journal.first_seq - 1, 10**6, 10**9)]
        if held != list(range(journal.first_seq, journal.next_seq)):
            return "records are missing between the first and the last"
    finally:
        journal.close()
    return ""


def count_lost(tmp_path: Path, workload: Workload, rng: random.Random, images: int, *, weaken: str = "") -> list[str]:
    (tmp_path / "live").mkdir()
    (tmp_path / "image").mkdir()
    log = record(tmp_path / "live", workload, rng, weaken=weaken)
    reopening = RecordingDisk(f"reopening-{uuid.uuid4().hex}")
    images_drawn = draw_images(log, images, rng)
    return [found for image in images_drawn if (found := lost(image, tmp_path / "image", reopening.name))]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_acknowledged_record_is_lost(tmp_path: Path, chunk: int) -> None:
    rng = random.Random(f"crash images {chunk}")
    assert count_lost(tmp_path, WORKLOADS[chunk % len(WORKLOADS)], rng, IMAGES // CHUNKS) == []


@pytest.mark.parametrize("weaken", ["NORMAL", "OFF"])
@pytest.mark.parametrize("workload", WORKLOADS)
def test_weaker_syncs_are_found(tmp_path: Path, workload: Workload, weaken: str) -> None:
    rng = random.Random(f"planted {weaken}")
    assert count_lost(tmp_path, workload, rng, 200, weaken=weaken)
