"""What the journal's tests share: a device, a clock, lines, and receipts as the centre would write them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from contract.receipts import Receipt
from domain.ids import DeviceId
from readers.journal import Journal

DEVICE = DeviceId("west-1")
START = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
EPOCH = 7001


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def line(number: int) -> bytes:
    return b'{"kind":"alarm.raised","number":%d}' % number


def open_journal(path: Path, *, new_epoch: int = EPOCH, vfs: str | None = None) -> Journal:
    return Journal.open(path, DEVICE, new_epoch=new_epoch, vfs=vfs)


def receipt_for(journal: Journal, upto: int, *, issued: datetime = START, head: bytes | None = None) -> Receipt:
    found = journal.head_at(upto) if head is None else head
    return Receipt(device=DEVICE, epoch=journal.epoch, upto_seq=upto, head=found.hex(), issued_at=issued)
