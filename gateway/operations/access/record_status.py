"""A device's birth, heartbeat or will: what people see of its presence, and what its journal says about losses."""

import json
from dataclasses import replace
from datetime import timedelta

from contract.chain import chain_start
from contract.status import DeviceBorn, DeviceLost
from domain.access.watermark import Watermark
from domain.ids import DeviceId
from gateway.intake.outcomes import KEY_REPLACED, REVOKED_DEVICE, UNKNOWN_DEVICE, Outcome, Refusal, Taken
from gateway.policy.heard_editions import find_held
from store.alarms import Alarm, insert_alarms
from store.devices import (
    DeviceState,
    DeviceStatus,
    load_device,
    load_device_status,
    save_device_lost,
    save_device_status,
)
from store.outbox import Notice, insert_notices
from store.tx import Tx
from store.watermarks import HeldJournal, load_journals

KEPT_EVERY = timedelta(seconds=10)
"""A birth that says nothing new is written this often: devices on HTTPS say it each second."""

OVERTAKEN_WITHIN = timedelta(seconds=5)
"""A birth says how far the journal was when it was made; records this recent may have been written since."""


def record_birth(tx: Tx, born: DeviceBorn, public_key: str) -> Outcome:
    """Keep a birth that ``public_key`` verified; gives what is held of the journal, for the receipt that answers it.

    Raises an alarm where the journal no longer begins in reach of what is held (records are gone, with their exact
    range), or would write again what is held already (its storage went back in time). Of its policy is kept which
    edition of this database it holds, 0 where it is none of them.
    """
    device = DeviceId(born.device)
    if refusal := _refuse(tx, device, public_key):
        return refusal
    found = load_journals(tx, {(device, born.epoch)}).get((device, born.epoch))
    held = found.watermark if found else Watermark(0, chain_start(device, born.epoch))
    alarms = []
    if born.first_seq > held.upto_seq + 1:
        lost = f"epoch {born.epoch}: records {held.upto_seq + 1}-{born.first_seq - 1} are gone"
        alarms.append(Alarm("journal_gap", device, lost))
    if born.next_seq <= held.upto_seq and not _is_overtaken(born, found):
        back = f"epoch {born.epoch}: would write {born.next_seq} next, {held.upto_seq} are held"
        alarms.append(Alarm("journal_rolled_back", device, back))
    insert_alarms(tx, alarms)
    _keep(tx, device, born, find_held(tx, born))
    return Taken(device, born.epoch, held)


def _is_overtaken(born: DeviceBorn, found: HeldJournal | None) -> bool:
    """Tell whether records of the same moment came before the birth: two topics keep no order between them."""
    told_at = found.complete_through_at if found else None
    return told_at is not None and told_at > born.at - OVERTAKEN_WITHIN


def _keep(tx: Tx, device: DeviceId, born: DeviceBorn, held: int) -> None:
    before = load_device_status(tx, device)
    status = DeviceStatus(
        device,
        online=True,
        session=born.session,
        epoch=born.epoch,
        pending=born.pending,
        policy_version=held,
        software=born.software,
        changed_at=tx.now,
    )
    if before is not None and before == replace(status, changed_at=before.changed_at):
        if tx.now - before.changed_at >= KEPT_EVERY:
            save_device_status(tx, status)
        return
    save_device_status(tx, status)
    if before is None or (before.online, before.policy_version) != (True, held):
        _tell(tx, device, online=True)


def record_loss(tx: Tx, lost: DeviceLost, public_key: str) -> Refusal | None:
    """Mark a session's end; the will of a session that is not the current one is nothing.

    Nor is that of a revoked device: putting it out is what made the broker say it.
    """
    device = DeviceId(lost.device)
    refusal = _refuse(tx, device, public_key)
    if refusal is REVOKED_DEVICE:
        return None
    if refusal is None and save_device_lost(tx, device, lost.session):
        _tell(tx, device, online=False)
    return refusal


def _refuse(tx: Tx, device_id: DeviceId, public_key: str) -> Refusal | None:
    device = load_device(tx, device_id)
    if device is None:
        return UNKNOWN_DEVICE
    if device.state is DeviceState.revoked:
        return REVOKED_DEVICE
    return KEY_REPLACED if device.public_key != public_key else None


def _tell(tx: Tx, device: DeviceId, *, online: bool) -> None:
    insert_notices(tx, [Notice("device.changed", device, json.dumps({"online": online}))])
