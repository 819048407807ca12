"""How long a receipt has been held, on a box whose clock cannot be trusted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.readers.journal_cases import START, at, line, open_journal, receipt_for

KEEP = timedelta(days=30)
A_DAY = 24 * 60


def test_clock_that_was_a_year_ahead_does_not_stop_pruning(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.db")
    for day in range(62):
        ahead = 365 * A_DAY if day == 1 else 0
        now = at(day * A_DAY + ahead)
        seq = journal.append([line(day)], now)
        journal.record_receipt(receipt_for(journal, seq, issued=at(day * A_DAY)), now)
        if not ahead:
            journal.prune(now, KEEP)
    assert journal.first_seq >= 30


def test_receipt_that_came_in_1970_is_not_old(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.db")
    never_set = datetime(1970, 1, 1, tzinfo=UTC)
    seq = journal.append([line(1)], never_set)
    journal.record_receipt(receipt_for(journal, seq, issued=START), never_set)
    assert journal.prune(at(1), KEEP) == 0
    assert journal.prune(START + KEEP, KEEP) == 1


def test_repeated_receipt_costs_the_storage_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.db")
    seq = journal.append([line(1)], START)
    journal.record_receipt(receipt_for(journal, seq, issued=at(1)), at(1))
    journal.prune(at(1), KEEP)
    before = journal._connection.total_changes()
    for minute in range(2, 10):  # each birth is answered by the receipt that stands
        journal.record_receipt(receipt_for(journal, seq, issued=at(minute)), at(minute))
        journal.prune(at(minute), KEEP)
    assert journal._connection.total_changes() == before
