"""Devices: who may speak (``device``) and what was last heard of each (``device_status``)."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.ids import DeviceId
from store.tables import device, device_status
from store.tx import Tx


class DeviceState(StrEnum):
    """Whether a device's records count."""

    active = "active"
    quarantined = "quarantined"  # two histories were seen: nothing from the fork on counts until a person decides
    revoked = "revoked"


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device; ``public_key`` is base64 of its 32 raw Ed25519 bytes."""

    id: DeviceId
    public_key: str
    state: DeviceState
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What a device last said of itself: a hint for people; what was stored is told by the watermark alone."""

    device_id: DeviceId
    online: bool
    session: str
    epoch: int
    pending: int
    policy_version: int
    software: str
    changed_at: datetime


def load_device(tx: Tx, device_id: DeviceId) -> Device | None:
    """Give the device, or None when none of that id is enrolled."""
    return load_devices(tx, [device_id]).get(device_id)


def load_devices(tx: Tx, device_ids: Iterable[DeviceId]) -> dict[DeviceId, Device]:
    """Give those of the devices that are enrolled, by id."""
    rows = tx.connection.execute(select(device).where(device.c.id.in_(sorted(set(device_ids)))))
    return {DeviceId(row.id): _device(row) for row in rows}


def list_devices(tx: Tx) -> list[Device]:
    """Give every enrolled device in the order of ids."""
    return [_device(row) for row in tx.connection.execute(select(device).order_by(device.c.id))]


def list_revoked_ids(tx: Tx) -> set[str]:
    """Give the ids of the devices that were revoked."""
    return set(tx.connection.scalars(select(device.c.id).where(device.c.state == DeviceState.revoked)))


def insert_device(tx: Tx, device_id: DeviceId, public_key: str) -> None:
    """Enroll a device as active; an id that exists violates ``pk_device``."""
    values = {"id": device_id, "public_key": public_key, "state": DeviceState.active, "enrolled_at": tx.now}
    tx.connection.execute(device.insert().values(values))


def save_device_key(tx: Tx, device_id: DeviceId, public_key: str) -> None:
    """Replace a device's public key and make it active again: what the old key signs counts no longer."""
    values = {"public_key": public_key, "state": DeviceState.active, "enrolled_at": tx.now}
    tx.connection.execute(update(device).where(device.c.id == device_id).values(values))


def save_device_state(tx: Tx, device_id: DeviceId, state: DeviceState) -> None:
    """Set whether the device's records count."""
    tx.connection.execute(update(device).where(device.c.id == device_id).values(state=state))


def save_device_status(tx: Tx, status: DeviceStatus) -> None:
    """Keep what the device says of itself now, in place of what it said before."""
    insert = postgresql.insert if tx.is_postgresql else sqlite.insert
    columns = [column.name for column in device_status.c if not column.primary_key]
    statement = insert(device_status).values(asdict(status))
    tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=[device_status.c.device_id],
            set_={column: statement.excluded[column] for column in columns},
        )
    )


def save_device_lost(tx: Tx, device_id: DeviceId, session: str) -> bool:
    """Mark a session's end at ``tx.now``; tells whether it was the device's current one (an old will is nothing)."""
    current = and_(device_status.c.device_id == device_id, device_status.c.session == session, device_status.c.online)
    changed = tx.connection.execute(update(device_status).where(current).values(online=False, changed_at=tx.now))
    return changed.rowcount == 1


def load_device_status(tx: Tx, device_id: DeviceId) -> DeviceStatus | None:
    """Give what the device last said of itself, or None when it never did."""
    row = tx.connection.execute(select(device_status).where(device_status.c.device_id == device_id)).one_or_none()
    return None if row is None else _status(row)


def list_device_statuses(tx: Tx) -> list[DeviceStatus]:
    """Give what each device last said of itself, in the order of ids."""
    rows = tx.connection.execute(select(device_status).order_by(device_status.c.device_id))
    return [_status(row) for row in rows]


def _device(row: Row[Any]) -> Device:
    return Device(DeviceId(row.id), row.public_key, DeviceState(row.state), row.enrolled_at)


def _status(row: Row[Any]) -> DeviceStatus:
    return DeviceStatus(**row._asdict())
