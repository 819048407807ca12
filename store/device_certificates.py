"""Devices' certificates and revocations: which were asked for and issued, and which count no longer."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.ids import DeviceId
from store.certificate_tables import device_certificate, device_revocation
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class DeviceCertificate:
    """One certificate, or the request for one; fields as the columns of ``device_certificate`` describe them."""

    id: str
    device_id: str
    asked_at: datetime
    request: str | None = None
    certificate: str | None = None
    serial: str | None = None
    expires_at: datetime | None = None
    issued_at: datetime | None = None
    issued_by: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeviceRevocation:
    """Who revoked a device, why, and since when the broker keeps it out."""

    id: str
    device_id: str
    revoked_at: datetime
    revoked_by: str
    reason: str
    parted_at: datetime | None = None


def insert_device_certificates(tx: Tx, certificates: Collection[DeviceCertificate]) -> None:
    """Keep certificates or requests; those of an id that is known already are left as they are."""
    if certificates:
        insert = postgresql.insert if tx.is_postgresql else sqlite.insert
        rows = [asdict(each) for each in certificates]
        tx.connection.execute(insert(device_certificate).values(rows).on_conflict_do_nothing())


def save_issued(tx: Tx, certificate_id: str, *, certificate: str, serial: str, expires_at: datetime, by: str) -> None:
    """Keep the certificate that was signed for a request, at ``tx.now``."""
    values = {"certificate": certificate, "serial": serial, "expires_at": expires_at, "issued_at": tx.now}
    tx.connection.execute(
        update(device_certificate).where(device_certificate.c.id == certificate_id).values(values | {"issued_by": by})
    )


def load_device_certificate(tx: Tx, certificate_id: str, *, lock: bool = False) -> DeviceCertificate | None:
    """Give one by its id, or None; with ``lock`` nobody else decides about it until the commit."""
    found = _list(tx, device_certificate.c.id == certificate_id, lock=lock)
    return found[0] if found else None


def list_device_certificates(tx: Tx, device_id: DeviceId) -> list[DeviceCertificate]:
    """Give a device's certificates and open requests that are not revoked, the newest first."""
    return _list(tx, (device_certificate.c.device_id == device_id) & device_certificate.c.revoked_at.is_(None))


def list_open_requests(tx: Tx) -> list[DeviceCertificate]:
    """Give the requests that another authority is to sign, the newest first."""
    return _list(tx, device_certificate.c.certificate.is_(None) & device_certificate.c.revoked_at.is_(None))


def list_revoked_certificates(tx: Tx) -> list[DeviceCertificate]:
    """Give the revoked certificates that would still be valid by their dates, the newest first."""
    standing = device_certificate.c.expires_at > tx.now
    return _list(tx, device_certificate.c.revoked_at.is_not(None) & device_certificate.c.serial.is_not(None) & standing)


def has_certificate(tx: Tx, device_id: DeviceId) -> bool:
    """Tell whether any certificate of the device is known, also one that counts no longer."""
    mine = (device_certificate.c.device_id == device_id) & device_certificate.c.serial.is_not(None)
    return tx.connection.execute(select(device_certificate.c.id).where(mine).limit(1)).first() is not None


def is_revoked(tx: Tx, serial: str) -> bool:
    """Tell whether a certificate of this serial number counts no longer."""
    mine = (device_certificate.c.serial == serial) & device_certificate.c.revoked_at.is_not(None)
    return tx.connection.execute(select(device_certificate.c.id).where(mine).limit(1)).first() is not None


def revoke_certificates(tx: Tx, device_id: DeviceId) -> None:
    """Let none of the device's certificates and open requests count from ``tx.now`` on."""
    mine = (device_certificate.c.device_id == device_id) & device_certificate.c.revoked_at.is_(None)
    tx.connection.execute(update(device_certificate).where(mine).values(revoked_at=tx.now))


def insert_device_revocation(tx: Tx, revocation: DeviceRevocation) -> None:
    """Keep who revoked a device and why."""
    tx.connection.execute(device_revocation.insert().values(asdict(revocation)))


def list_device_revocations(tx: Tx) -> list[DeviceRevocation]:
    """Give all revocations, the newest first."""
    rows = tx.connection.execute(select(device_revocation).order_by(device_revocation.c.revoked_at.desc()))
    return [DeviceRevocation(**row._asdict()) for row in rows]


def save_parted(tx: Tx, revocation_id: str) -> None:
    """Note that the device's session is over and cannot begin again, at ``tx.now``."""
    tx.connection.execute(
        update(device_revocation).where(device_revocation.c.id == revocation_id).values(parted_at=tx.now)
    )


def _list(tx: Tx, which: ColumnElement[bool], *, lock: bool = False) -> list[DeviceCertificate]:
    query = select(device_certificate).where(which).order_by(device_certificate.c.asked_at.desc())
    rows: Any = tx.connection.execute(query.with_for_update() if lock else query)
    return [DeviceCertificate(**row._asdict()) for row in rows]
