"""The journal against a model, step by random step: append, receipts true and false, pruning, checkpoint, reopening."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contract.chain import chain_start, chain_step
from readers.journal import ReceiptDivergesError
from tests.readers.journal_cases import DEVICE, EPOCH, at, open_journal, receipt_for

KEEP = timedelta(hours=24)


class JournalLedger(RuleBasedStateMachine):
    """``lines`` is what was ever appended, ``receipts`` (received minute, upto) what was ever confirmed."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.path = self.folder / "journal.db"
        self.lines: list[bytes] = []
        self.heads = [chain_start(DEVICE, EPOCH)]
        self.minute = 0
        self.receipts: list[tuple[int, int]] = []
        self.upto = 0
        self.pruned = 0
        self.journal = open_journal(self.path)

    @rule(lines=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5))
    def append(self, lines: list[bytes]) -> None:
        assert self.journal.append(lines, at(self.minute)) == len(self.lines) + len(lines)
        for each in lines:
            self.lines.append(each)
            self.heads.append(chain_step(self.heads[-1], each))

    @rule(minutes=st.integers(1, 3000))
    def wait(self, minutes: int) -> None:
        self.minute += minutes

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        upto = data.draw(st.integers(self.upto, len(self.lines)))
        self.journal.record_receipt(receipt_for(self.journal, upto, issued=at(self.minute)), at(self.minute))
        self.receipts.append((self.minute, upto))
        self.upto = upto

    @precondition(lambda self: self.upto > self.pruned + 1)
    @rule(data=st.data())
    def lose_at_the_centre(self, data: st.DataObject) -> None:
        self.minute += 1
        upto = data.draw(st.integers(self.pruned, self.upto - 1))
        self.journal.record_receipt(receipt_for(self.journal, upto, issued=at(self.minute)), at(self.minute))
        self.receipts = [(minute, min(covered, upto)) for minute, covered in self.receipts]
        self.receipts.append((self.minute, upto))
        self.upto = upto

    @precondition(lambda self: len(self.lines) > self.pruned)
    @rule(data=st.data())
    def forge(self, data: st.DataObject) -> None:
        upto = data.draw(st.integers(self.pruned, len(self.lines)))
        with pytest.raises(ReceiptDivergesError):
            self.journal.record_receipt(receipt_for(self.journal, upto, head=b"\7" * 32), at(self.minute))

    @rule()
    def prune(self) -> None:
        before = self.journal.first_seq
        count = self.journal.prune(at(self.minute), KEEP)
        self.pruned += count
        assert self.journal.first_seq == before + count
        allowed = max((upto for minute, upto in self.receipts if minute <= self.minute - 24 * 60), default=0)
        assert self.pruned <= max(allowed, before - 1), "pruned what no receipt covered for the whole keep-period"

    @rule()
    def checkpoint(self) -> None:
        self.journal._wal_pages = 10**6
        self.journal.checkpoint()

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = open_journal(self.path, new_epoch=2)
        assert self.journal.set_aside == ""
        # A receipt that was not yet written is forgotten; the centre sends it again.
        assert self.journal.receipted_upto <= max((upto for _, upto in self.receipts), default=0)
        self.upto = self.journal.receipted_upto

    @invariant()
    def holds_exactly_what_was_appended(self) -> None:
        if not hasattr(self, "journal"):
            return
        held = self.journal.pending(0, 10**6, 10**9)
        assert held == list(enumerate(self.lines, start=1))[self.pruned :]
        assert (self.journal.epoch, self.journal.next_seq) == (EPOCH, len(self.lines) + 1)
        assert self.journal.head_at(len(self.lines)) == self.heads[-1]
        assert self.journal.head_at(self.pruned) == self.heads[self.pruned]

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
            shutil.rmtree(self.folder)


JournalLedger.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_journal_ledger = JournalLedger.TestCase
