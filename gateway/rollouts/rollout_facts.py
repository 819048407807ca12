"""What the database knows of the devices of a roll-out: do they hold it, are they in health, whom do they refuse."""

from collections.abc import Mapping
from datetime import timedelta

from domain.access.rollout import Counts, DeviceFacts, Rollout
from domain.ids import DeviceId
from gateway.site.description import Site
from store.devices import DeviceState, list_device_statuses, list_devices
from store.door_states import list_reader_facts
from store.rollouts import count_taps, list_revisions_of
from store.tx import Tx

COMPARED_WITH = timedelta(hours=1)
"""Refusals are held against those of so long before the stage began."""

COUNTED_MAX = timedelta(minutes=15)
"""Of a long stage so many of the last minutes count."""

UNFIT = frozenset(("lost", "failing"))


def load_rollout_facts(tx: Tx, rollout: Rollout, revision_id: str, site: Site) -> Mapping[DeviceId, DeviceFacts]:
    """Give what is known of every device that ever spoke.

    Args:
        tx: a transaction; its ``now`` is the end of what is counted.
        rollout: it is running.
        revision_id: the description that goes out.
        site: the same as a site; its readers count for health.
    """
    began_at = rollout.began_at or tx.now
    statuses = list_device_statuses(tx)
    revoked = {device.id for device in list_devices(tx) if device.state is DeviceState.revoked}
    revisions = list_revisions_of(tx, {status.policy_version for status in statuses})
    now = count_taps(tx, since=max(began_at, tx.now - COUNTED_MAX), until=tx.now)
    before = count_taps(tx, since=began_at - COMPARED_WITH, until=began_at)
    known = {reader.id for reader in site.readers}
    lost = {
        reader.device_id
        for reader in list_reader_facts(tx)
        if reader.reader_id in known and reader.health in UNFIT and reader.changed_at >= began_at
    }
    return {
        status.device_id: DeviceFacts(
            holds=revisions.get(status.policy_version) == revision_id,
            there=status.online and status.device_id not in revoked,
            silent_since=None if status.device_id in revoked else status.changed_at,
            fit=status.device_id not in lost,
            now=now.get(status.device_id, Counts()),
            before=before.get(status.device_id, Counts()),
        )
        for status in statuses
    }
