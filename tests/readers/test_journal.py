"""The journal: what it keeps, what it refuses, what it puts aside."""

import os
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from contract.chain import chain_hashes, chain_start
from readers.journal import (
    PRUNE_ROWS_MAX,
    Journal,
    JournalError,
    JournalFailedError,
    JournalOwnedError,
    ReceiptDivergesError,
)
from readers.space import Reserve
from tests.readers.crash_disk import RecordingDisk
from tests.readers.journal_cases import DEVICE, EPOCH, START, at, line, open_journal, receipt_for

KEEP = timedelta(days=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def filled(path: Path, count: int) -> Journal:
    journal = open_journal(path)
    journal.append([line(number) for number in range(1, count + 1)], START)
    return journal


def damage(path: Path, sql: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(sql)
    connection.close()


def test_append_numbers_and_chains(path: Path) -> None:
    journal = open_journal(path)
    assert journal.append([line(1)], START) == 1
    assert journal.append([line(2), line(3)], START) == 3
    hashes = chain_hashes(chain_start(DEVICE, EPOCH), [line(1), line(2), line(3)])
    assert [journal.head_at(seq) for seq in (1, 2, 3)] == hashes
    assert journal.head_at(0) == chain_start(DEVICE, EPOCH)
    assert journal.pending(0, 10, 10_000) == [(1, line(1)), (2, line(2)), (3, line(3))]
    assert (journal.first_seq, journal.next_seq, journal.epoch) == (1, 4, EPOCH)


def test_reopening_continues(path: Path) -> None:
    filled(path, 5).close()
    again = open_journal(path, new_epoch=9)
    assert (again.epoch, again.next_seq, again.previous_epoch, again.set_aside) == (EPOCH, 6, None, "")
    assert again.append([line(6)], START) == 6


def test_every_append_is_synced_by_the_settings_we_rely_on(path: Path) -> None:
    journal = open_journal(path)
    pragma = journal._connection.pragma
    assert (pragma("journal_mode"), pragma("synchronous"), pragma("locking_mode")) == ("wal", 2, "exclusive")
    assert pragma("wal_autocheckpoint") == 0


def test_pending_keeps_to_its_limits_and_never_blocks_on_a_long_record(path: Path) -> None:
    journal = open_journal(path)
    journal.append([b"x" * 100, b"y" * 100, b"z" * 100], START)
    assert [seq for seq, _ in journal.pending(0, 2, 10_000)] == [1, 2]
    assert [seq for seq, _ in journal.pending(0, 10, 250)] == [1, 2]
    assert [seq for seq, _ in journal.pending(1, 10, 5)] == [2]
    assert journal.pending(3, 10, 10_000) == []


def test_second_opener_is_refused(path: Path) -> None:
    journal = filled(path, 1)
    with pytest.raises(JournalOwnedError, match="another process"):
        open_journal(path)
    journal.close()
    open_journal(path).close()


def test_second_process_is_refused(path: Path) -> None:
    journal = filled(path, 1)
    code = (
        "import sys; from pathlib import Path; from readers.journal import Journal, JournalOwnedError\n"
        "try: Journal.open(Path(sys.argv[1]), 'west-1', new_epoch=2)\n"
        "except JournalOwnedError: sys.exit(3)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60)
    assert done.returncode == 3
    journal.close()


def test_another_devices_journal_is_refused_and_left_alone(path: Path) -> None:
    filled(path, 1).close()
    with pytest.raises(JournalError, match="belongs to device west-1"):
        Journal.open(path, "east-1", new_epoch=5)  # type: ignore[arg-type]
    assert open_journal(path).next_seq == 2


def test_newer_layout_is_refused(path: Path) -> None:
    filled(path, 1).close()
    damage(path, "PRAGMA user_version = 2")
    with pytest.raises(JournalError, match="layout 2"):
        open_journal(path)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE record SET line = x'00' WHERE seq = 2",
        "UPDATE record SET hash = x'00' WHERE seq = 3",
        "DELETE FROM record WHERE seq = 2",
        "DELETE FROM record WHERE seq = 3",
        "UPDATE state SET next_seq = 3",
        "UPDATE state SET next_seq = 9",
        "UPDATE state SET head = x'00'",
        "UPDATE state SET epoch = 5",
    ],
)
def test_a_broken_chain_is_put_aside_and_a_new_epoch_begins(path: Path, sql: str) -> None:
    filled(path, 3).close()
    damage(path, sql)
    again = open_journal(path, new_epoch=8)
    assert (again.epoch, again.next_seq) == (8, 1)
    assert again.previous_epoch == (5 if "epoch" in sql else EPOCH)
    assert "chain breaks" in again.set_aside
    assert Path(f"{path}.aside-8").exists()


def test_garbage_is_put_aside(path: Path) -> None:
    filled(path, 3).close()
    Path(f"{path}-wal").unlink()
    path.write_bytes(os.urandom(20_000))
    again = open_journal(path, new_epoch=8)
    assert (again.epoch, again.next_seq, again.previous_epoch) == (8, 1, None)
    assert "damaged" in again.set_aside
    assert Path(f"{path}.aside-8").stat().st_size == 20_000


def test_an_orphaned_wal_is_kept(path: Path) -> None:
    filled(path, 3).close()
    path.unlink()
    open_journal(path, new_epoch=8).close()
    assert Path(f"{path}.aside-8-wal").stat().st_size > 0


def test_replaced_file_stops_the_journal(path: Path) -> None:
    journal = filled(path, 1)
    path.rename(path.with_suffix(".moved"))
    with pytest.raises(JournalFailedError):
        journal.append([line(2)], START)
    with pytest.raises(JournalFailedError):
        journal.append([line(2)], START)


def test_receipts_advance_and_survive_with_the_next_append(path: Path) -> None:
    journal = filled(path, 5)
    journal.record_receipt(receipt_for(journal, 3), START)
    journal.append([line(6)], START)
    journal.close()
    assert open_journal(path).receipted_upto == 3


def test_forged_receipts_are_refused(path: Path) -> None:
    journal = filled(path, 5)
    with pytest.raises(ReceiptDivergesError, match="record 4 is not ours"):
        journal.record_receipt(receipt_for(journal, 4, head=journal.head_at(3)), START)
    with pytest.raises(ReceiptDivergesError, match="epoch"):
        journal.record_receipt(receipt_for(journal, 4).model_copy(update={"epoch": 1}), START)
    assert journal.receipted_upto == 0
    assert journal.prune(at(10**6), timedelta(0)) == 0


def test_a_receipt_beyond_our_end_means_we_were_rolled_back(path: Path) -> None:
    journal = filled(path, 5)
    with pytest.raises(ReceiptDivergesError) as raised:
        journal.record_receipt(receipt_for(journal, 9, head=b"\1" * 32), START)
    assert raised.value.rolled_back
    with pytest.raises(JournalFailedError, match="rolled back"):
        journal.append([line(6)], START)
    journal.close()
    again = open_journal(path, new_epoch=8)
    assert (again.epoch, again.previous_epoch, again.next_seq) == (8, EPOCH, 1)
    assert "rolled back" in again.set_aside


def test_pruning_needs_a_receipt_and_the_keep_period(path: Path) -> None:
    journal = filled(path, 10)
    journal.record_receipt(receipt_for(journal, 6), START)
    assert journal.prune(START + KEEP - timedelta(seconds=1), KEEP) == 0
    assert journal.prune(START + KEEP, KEEP) == 6
    assert (journal.first_seq, journal.next_seq, len(journal.pending(0, 99, 10**6))) == (7, 11, 4)
    assert journal.head_at(6) == chain_hashes(chain_start(DEVICE, EPOCH), [line(n) for n in range(1, 7)])[-1]
    journal.close()
    again = open_journal(path)
    assert (again.first_seq, again.append([line(11)], START)) == (7, 11)


def test_everything_pruned_does_not_restart_the_seq(path: Path) -> None:
    journal = filled(path, 4)
    journal.record_receipt(receipt_for(journal, 4), START)
    assert journal.prune(START + KEEP, KEEP) == 4
    journal.close()
    again = open_journal(path)
    assert (again.first_seq, again.append([line(5)], START)) == (5, 5)
    assert again.head_at(4) != chain_start(DEVICE, EPOCH)


def test_steady_receipts_do_not_postpone_pruning(path: Path) -> None:
    journal = open_journal(path)
    for hour in range(48):
        seq = journal.append([line(hour)], at(hour * 60))
        journal.record_receipt(receipt_for(journal, seq, issued=at(hour * 60)), at(hour * 60))
    pruned = journal.prune(at(47 * 60), timedelta(hours=24))
    assert 22 <= pruned <= 24
    assert journal.first_seq - 1 == pruned


def test_pruning_goes_in_small_transactions(path: Path) -> None:
    count = PRUNE_ROWS_MAX * 2 + 7
    journal = filled(path, count)
    journal.record_receipt(receipt_for(journal, count), START)
    assert journal.prune(START + KEEP, KEEP) == count


def test_a_centre_that_lost_records_makes_them_pending_again(path: Path) -> None:
    journal = filled(path, 10)
    journal.record_receipt(receipt_for(journal, 8, issued=at(1)), at(1))
    journal.record_receipt(receipt_for(journal, 5, issued=at(0)), at(2))
    assert journal.receipted_upto == 8, "an older receipt that came late changes nothing"
    journal.record_receipt(receipt_for(journal, 5, issued=at(3)), at(3))
    assert journal.receipted_upto == 5
    journal.close()
    again = open_journal(path)
    assert again.receipted_upto == 5
    assert again.prune(at(3) + KEEP, KEEP) == 5


def test_a_receipt_below_what_is_pruned_is_a_gap(path: Path) -> None:
    journal = filled(path, 10)
    journal.record_receipt(receipt_for(journal, 8), START)
    journal.prune(START + KEEP, KEEP)
    with pytest.raises(ReceiptDivergesError, match="pruned"):
        journal.record_receipt(receipt_for(journal, 3, head=b"\1" * 32), START)


def test_checkpoint_empties_the_wal_and_keeps_the_records(path: Path) -> None:
    journal = open_journal(path)
    assert not journal.checkpoint()
    for number in range(600):
        journal.append([line(number)], START)
    assert journal.checkpoint()
    size = Path(f"{path}-wal").stat().st_size
    for number in range(300):
        journal.append([line(number)], START)
    assert Path(f"{path}-wal").stat().st_size == size, "the WAL is used again from its start"
    journal.close()
    assert open_journal(path).next_seq == 901


@pytest.fixture
def disk() -> RecordingDisk:
    return RecordingDisk(f"recording-{uuid.uuid4().hex}")


def test_a_failing_sync_ends_the_journal_for_good(path: Path, disk: RecordingDisk) -> None:
    journal = open_journal(path, vfs=disk.name)
    journal.append([line(1)], START)
    disk.failing_syncs = True
    with pytest.raises(JournalFailedError):
        journal.append([line(2)], START)
    disk.failing_syncs = False
    for refused in (
        lambda: journal.append([line(2)], START),
        lambda: journal.pending(0, 1, 100),
        lambda: journal.head_at(1),
        lambda: journal.prune(START, KEEP),
    ):
        with pytest.raises(JournalFailedError):
            refused()
    journal.close()
    assert open_journal(path).next_seq in {2, 3}, "what was not acknowledged may be there or not"


def append_many(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append([line(number)], START)


def test_a_full_disk_takes_the_reserve_and_then_ends_the_journal(path: Path, disk: RecordingDisk) -> None:
    reserve = Reserve(path.with_suffix(".reserve"), 64 * 1024)
    assert reserve.ensure()
    journal = Journal.open(path, DEVICE, new_epoch=EPOCH, vfs=disk.name, reserve=reserve)
    journal.append([line(1)], START)
    disk.room = 0
    disk.room_by_deleting = (path.with_suffix(".reserve"), 64 * 1024)
    assert journal.append([line(2)], START) == 2
    assert reserve.given_up
    with pytest.raises(JournalFailedError, match="full"):
        append_many(journal, 100)
    written = journal.next_seq
    assert written > 4, "the reserve holds some last records"
    journal.close()
    disk.room = None
    again = open_journal(path)
    assert again.next_seq == written
    assert again.append([line(0)], START) == written, "with room again a new start goes on"


def test_a_full_disk_without_a_reserve_ends_the_journal(path: Path, disk: RecordingDisk) -> None:
    journal = open_journal(path, vfs=disk.name)
    disk.room = 0
    with pytest.raises(JournalFailedError, match="full"):
        journal.append([line(1)], START)
    journal.close()
    disk.room = None
    assert open_journal(path).next_seq == 1
