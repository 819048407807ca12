"""The thread that writes the journal, so that a slow disk keeps nobody waiting who wants out.

The decision thread gives it one batch at a time and goes on deciding; what came of the batch returns by the queue. What
gathers meanwhile is the next batch: one commit, however many taps.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contract.records import encode_record
from readers.events import Append, Moment
from readers.journal import Journal, JournalFailedError


@dataclass(frozen=True, slots=True)
class Batch:
    """Appends that are written by one commit; ``moment`` is when they were handed over."""

    appends: tuple[Append, ...]
    moment: Moment


@dataclass(frozen=True, slots=True)
class Written:
    """A batch is durable: its last record is ``last_seq``. Or it is not, and ``cause`` says why."""

    batch: Batch
    last_seq: int
    cause: str = ""


def write_batch(journal: Journal | None, batch: Batch) -> Written:
    """Write a batch; never raises."""
    if journal is None:
        return Written(batch, 0, "the journal could not be opened")
    lines = [encode_record(body) for append in batch.appends for body in append.bodies]
    try:
        return Written(batch, journal.append(lines, batch.moment.at))
    except JournalFailedError as error:
        return Written(batch, 0, str(error) or type(error).__name__)


class Writer:
    """Writes the batches it is given, one after the other, on a thread of its own."""

    def __init__(self, journal: Journal | None, tell: Callable[[Written], None]) -> None:
        self._journal = journal
        self._tell = tell
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, batch: Batch) -> None:
        """Take a batch; returns at once."""
        self._batches.put(batch)

    def stop(self) -> None:
        """End the thread once everything it was given is written."""
        self._batches.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (batch := self._batches.get()) is not None:
            self._tell(write_batch(self._journal, batch))


def number_appends(written: Written) -> Sequence[tuple[Append, int]]:
    """Give each append of a batch that was written, with its last record's number."""
    seq = written.last_seq - sum(len(append.bodies) for append in written.batch.appends)
    numbered: list[tuple[Append, int]] = []
    for append in written.batch.appends:
        seq += len(append.bodies)
        numbered.append((append, seq))
    return numbered
