"""New controllers from the invitation to the admission: one row each, which tells who did what and when."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, or_, select, update

from store.enrolment_tables import device_enrolment
from store.tx import Tx

Decision = Literal["admitted", "refused"]


@dataclass(frozen=True, slots=True)
class DeviceEnrolment:
    """One invitation and what came of it; fields as the columns of ``device_enrolment`` describe them."""

    id: str
    token_hash: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    request: str | None = None
    device_key: str | None = None
    software: str = ""
    came_at: datetime | None = None
    came_from: str = ""
    outcome: Decision | None = None
    device_id: str | None = None
    reason: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None
    certificate: str | None = None
    fetched_at: datetime | None = None


def insert_device_enrolment(tx: Tx, enrolment: DeviceEnrolment) -> None:
    """Keep a new invitation."""
    tx.connection.execute(device_enrolment.insert().values(asdict(enrolment)))


def load_device_enrolment(tx: Tx, enrolment_id: str) -> DeviceEnrolment | None:
    """Give one by its id, or None."""
    return _one(tx, select(device_enrolment).where(device_enrolment.c.id == enrolment_id))


def claim_device_enrolment(tx: Tx, enrolment_id: str) -> DeviceEnrolment | None:
    """Give one by its id, or None; nobody else decides about it until the commit."""
    return _one(tx, select(device_enrolment).where(device_enrolment.c.id == enrolment_id).with_for_update())


def claim_invited(tx: Tx, token_hash: str) -> DeviceEnrolment | None:
    """Give the one that a secret belongs to, or None; no other box takes it until the commit."""
    return _one(tx, select(device_enrolment).where(device_enrolment.c.token_hash == token_hash).with_for_update())


def save_newcomer(tx: Tx, enrolment_id: str, *, request: str, device_key: str, software: str, address: str) -> None:
    """Note the box that came on an invitation, at ``tx.now``."""
    _change(
        tx,
        enrolment_id,
        request=request,
        device_key=device_key,
        software=software,
        came_at=tx.now,
        came_from=address,
    )


def save_admission(tx: Tx, enrolment_id: str, *, device_id: str, certificate: str | None, by: str) -> None:
    """Note that a person admitted the box as that device, at ``tx.now``; another authority may still have to sign."""
    _change(
        tx,
        enrolment_id,
        outcome="admitted",
        device_id=device_id,
        certificate=certificate,
        decided_by=by,
        decided_at=tx.now,
    )


def save_certificate(tx: Tx, enrolment_id: str, certificate: str) -> None:
    """Keep the certificate that another authority has signed for an admitted box."""
    _change(tx, enrolment_id, certificate=certificate)


def load_admitted_by_request(tx: Tx, request: str) -> DeviceEnrolment | None:
    """Give the admitted box that brought this certificate request, or None."""
    asked = (device_enrolment.c.request == request) & (device_enrolment.c.outcome == "admitted")
    return _one(tx, select(device_enrolment).where(asked).order_by(device_enrolment.c.invited_at.desc()).limit(1))


def save_refusal(tx: Tx, enrolment_id: str, *, reason: str, by: str) -> None:
    """Note that a person refused the box, at ``tx.now``."""
    _change(tx, enrolment_id, outcome="refused", reason=reason, decided_by=by, decided_at=tx.now)


def save_fetched(tx: Tx, enrolment_id: str) -> None:
    """Note that the box has taken what it was given, at ``tx.now``."""
    _change(tx, enrolment_id, fetched_at=tx.now)


def list_newcomers(tx: Tx) -> list[DeviceEnrolment]:
    """Give the boxes that came and wait for a decision, the longest waiting first."""
    waiting = device_enrolment.c.came_at.is_not(None) & device_enrolment.c.outcome.is_(None)
    return _list(tx, select(device_enrolment).where(waiting).order_by(device_enrolment.c.came_at))


def list_past_enrolments(tx: Tx, *, since: timedelta, limit: int) -> list[DeviceEnrolment]:
    """Give what was decided in that time, and invitations on which nobody came, the newest first."""
    over = or_(device_enrolment.c.outcome.is_not(None), device_enrolment.c.came_at.is_(None))
    recent = device_enrolment.c.invited_at >= tx.now - since
    newest = device_enrolment.c.invited_at.desc()
    return _list(tx, select(device_enrolment).where(over, recent).order_by(newest).limit(limit))


def _one(tx: Tx, statement: Any) -> DeviceEnrolment | None:
    row = tx.connection.execute(statement).one_or_none()
    return None if row is None else _enrolment(row)


def _list(tx: Tx, statement: Any) -> list[DeviceEnrolment]:
    return [_enrolment(row) for row in tx.connection.execute(statement)]


def _change(tx: Tx, enrolment_id: str, **values: Any) -> None:
    tx.connection.execute(update(device_enrolment).where(device_enrolment.c.id == enrolment_id).values(values))


def _enrolment(row: Row[Any]) -> DeviceEnrolment:
    return DeviceEnrolment(**row._asdict())
