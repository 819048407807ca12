"""How far each device's journal is held (``watermark``), where it forked (``fork``), and who may extend it now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_

from domain.access.watermark import Watermark
from domain.ids import DeviceId
from store.bulk import upsert_rows
from store.tables import device, fork, watermark
from store.tx import Tx

JournalKey = tuple[DeviceId, int]
"""One journal: (device, epoch)."""


@dataclass(frozen=True, slots=True)
class HeldJournal:
    """What is held of one journal; ``complete_through_at`` is the wall time of the last record that told one."""

    watermark: Watermark
    complete_through_at: datetime | None


def lock_devices(tx: Tx, device_ids: Iterable[DeviceId]) -> None:
    """Make every other transaction that extends a journal of these devices wait for this one; always in one order.

    On SQLite a writing transaction is alone anyway.
    """
    if tx.is_postgresql:
        statement = select(device.c.id).where(device.c.id.in_(sorted(set(device_ids)))).order_by(device.c.id)
        tx.connection.execute(statement.with_for_update(key_share=True)).all()


def load_journals(tx: Tx, keys: Collection[JournalKey]) -> dict[JournalKey, HeldJournal]:
    """Give what is held of the journals; one that is not there holds nothing."""
    rows = tx.connection.execute(select(watermark).where(tuple_(watermark.c.device_id, watermark.c.epoch).in_(keys)))
    return {
        (DeviceId(row.device_id), row.epoch): HeldJournal(
            Watermark(row.upto_seq, bytes(row.head)), row.complete_through_at
        )
        for row in rows
    }


def list_journals(tx: Tx, device_id: DeviceId) -> dict[int, HeldJournal]:
    """Give what is held of a device's journals, by epoch."""
    rows = tx.connection.execute(select(watermark).where(watermark.c.device_id == device_id))
    return {row.epoch: HeldJournal(Watermark(row.upto_seq, bytes(row.head)), row.complete_through_at) for row in rows}


def save_journals(tx: Tx, journals: Mapping[JournalKey, HeldJournal]) -> None:
    """Keep what is now held of the journals."""
    upsert_rows(
        tx,
        watermark,
        ("device_id", "epoch", "upto_seq", "head", "complete_through_at"),
        [
            (device_id, epoch, held.watermark.upto_seq, held.watermark.head, held.complete_through_at)
            for (device_id, epoch), held in sorted(journals.items())
        ],
    )


def insert_fork(tx: Tx, key: JournalKey, from_seq: int, payload: bytes) -> None:
    """Keep a second signed history as evidence; from ``from_seq`` on the journal counts for nobody's pay."""
    values = {"device_id": key[0], "epoch": key[1], "from_seq": from_seq, "detected_at": tx.now, "payload": payload}
    tx.connection.execute(fork.insert().values(values))


def load_fork_seqs(tx: Tx, keys: Collection[JournalKey]) -> dict[JournalKey, int]:
    """Give the first forked seq of those of the journals that have one."""
    statement = (
        select(fork.c.device_id, fork.c.epoch, func.min(fork.c.from_seq))
        .where(tuple_(fork.c.device_id, fork.c.epoch).in_(keys))
        .group_by(fork.c.device_id, fork.c.epoch)
    )
    return {(DeviceId(device_id), epoch): seq for device_id, epoch, seq in tx.connection.execute(statement)}
