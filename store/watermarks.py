"""How far each device's journal is held (``watermark``), where it forked (``fork``), and who may extend it now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_

from domain.access.watermark import Watermark
from domain.ids import DeviceId
from store.bulk import upsert_rows
from store.devices import Device, DeviceState
from store.tables import device, fork, watermark
from store.tx import Tx

JournalKey = tuple[DeviceId, int]
"""One journal: (device, epoch)."""


@dataclass(frozen=True, slots=True)
class HeldJournal:
    """What is held of one journal.

    ``complete_through_at`` is the wall time of the last record that told one; from ``forked_from_seq`` on, where there
    is one, the journal counts for nobody's pay.
    """

    watermark: Watermark
    complete_through_at: datetime | None = None
    forked_from_seq: int | None = None


def lock_devices(tx: Tx, device_ids: Iterable[DeviceId]) -> dict[DeviceId, Device]:
    """Make every other transaction that extends a journal of these devices wait for this one; always in one order.

    Gives those that are enrolled, as they stand under the lock. Foreign keys to them do not wait. On SQLite a writing
    transaction is alone anyway.
    """
    statement = select(device).where(device.c.id.in_(sorted(set(device_ids)))).order_by(device.c.id)
    found = [
        Device(DeviceId(row.id), row.public_key, DeviceState(row.state), row.enrolled_at)
        for row in tx.connection.execute(statement.with_for_update(key_share=True))
    ]
    return {locked.id: locked for locked in found}


def load_journals(tx: Tx, keys: Collection[JournalKey]) -> dict[JournalKey, HeldJournal]:
    """Give what is held of the journals; one that is not there holds nothing."""
    return _load(tx, tuple_(watermark.c.device_id, watermark.c.epoch).in_(keys))


def list_journals(tx: Tx, device_id: DeviceId) -> dict[JournalKey, HeldJournal]:
    """Give what is held of all journals that the device ever began."""
    return _load(tx, watermark.c.device_id == device_id)


def _load(tx: Tx, wanted: ColumnElement[bool]) -> dict[JournalKey, HeldJournal]:
    same = (fork.c.device_id == watermark.c.device_id) & (fork.c.epoch == watermark.c.epoch)
    forked_from_seq = select(func.min(fork.c.from_seq)).where(same).scalar_subquery().label("forked_from_seq")
    return {
        (DeviceId(row.device_id), row.epoch): HeldJournal(
            Watermark(row.upto_seq, bytes(row.head)), row.complete_through_at, row.forked_from_seq
        )
        for row in tx.connection.execute(select(watermark, forked_from_seq).where(wanted))
    }


def save_journals(tx: Tx, journals: Mapping[JournalKey, HeldJournal]) -> None:
    """Keep how far the journals are held now."""
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
