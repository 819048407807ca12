"""Revoke a device: nothing it says counts from the commit on, and none of its certificates lets it in again."""

from dataclasses import replace
from enum import StrEnum

from domain.ids import DeviceId
from store.device_certificates import (
    DeviceRevocation,
    insert_device_revocation,
    list_device_revocations,
    revoke_certificates,
)
from store.devices import DeviceState, load_device, load_device_status, save_device_state, save_device_status
from store.outbox import Notice, insert_notices
from store.tx import Tx

REASON_LENGTH_MAX = 200


class RevokeFault(StrEnum):
    """Why a device was not revoked; nothing is changed then."""

    unknown = "unknown"
    revoked = "revoked"  # it is already
    no_reason = "no_reason"


def revoke_device(tx: Tx, revocation_id: str, device: DeviceId, *, reason: str, by: str) -> RevokeFault | None:
    """Revoke it, with who did and why; what it said before stays.

    The broker's session ends and its retained messages go right after the commit (``gateway.devices.device_gate``).

    Args:
        tx: the transaction.
        revocation_id: made by the form: the same again changes nothing and is no fault.
        device: which.
        reason: a person's words.
        by: the login.
    """
    if any(each.id == revocation_id for each in list_device_revocations(tx)):
        return None
    known = load_device(tx, device)
    if known is None:
        return RevokeFault.unknown
    if known.state is DeviceState.revoked:
        return RevokeFault.revoked
    if not reason:
        return RevokeFault.no_reason
    save_device_state(tx, device, DeviceState.revoked)
    revoke_certificates(tx, device)
    insert_device_revocation(tx, DeviceRevocation(revocation_id, device, tx.now, by, reason[:REASON_LENGTH_MAX]))
    if (status := load_device_status(tx, device)) is not None:
        save_device_status(tx, replace(status, online=False, changed_at=tx.now))
    insert_notices(tx, [Notice("device.revoked", device, "{}")])
    return None
