"""MQTT topics. A device's name is its certificate's name, its client id and the segment here, so an ACL can hold it.

=====================================  =========  ===  ========  ==========================================
topic                                  direction  QoS  retained  payload
=====================================  =========  ===  ========  ==========================================
``sekisho/1/journal/<shard>/<device>``  up         1    no        :mod:`contract.batch`
``sekisho/1/receipt/<device>``          down       1    no        :mod:`contract.receipts`
``sekisho/1/status/<device>``           up         1    yes       :mod:`contract.status`
``sekisho/1/policy/<device>``           down       1    yes       :class:`contract.policy.PolicyPointer`
``sekisho/1/command/<device>``          down       1    no        :mod:`contract.commands`
``sekisho/1/centre``                    down       1    yes       :class:`contract.status.CentreStatus`
=====================================  =========  ===  ========  ==========================================
"""

from zlib import crc32

from domain.ids import DeviceId, is_id

SHARDS = 16
"""Static shards keep the order per device on any MQTT 5 broker; one consumer owns a shard at a time."""

CENTRE = "sekisho/1/centre"


def shard_of(device: DeviceId) -> int:
    """Give the device's shard, 0–15; fixed for its life."""
    return crc32(device.encode()) % SHARDS


def journal(device: DeviceId) -> str:
    """Give the topic on which the device publishes its journal."""
    return f"sekisho/1/journal/{shard_of(device)}/{device}"


def journal_filter(shard: int) -> str:
    """Give the subscription of the consumer that owns ``shard``."""
    return f"sekisho/1/journal/{shard}/+"


def receipt(device: DeviceId) -> str:
    """Give the topic of the device's receipts and rejections."""
    return f"sekisho/1/receipt/{device}"


def status(device: DeviceId) -> str:
    """Give the topic of the device's birth and will."""
    return f"sekisho/1/status/{device}"


STATUS_FILTER = "sekisho/1/status/+"


def policy(device: DeviceId) -> str:
    """Give the topic of the device's retained policy pointer."""
    return f"sekisho/1/policy/{device}"


def command(device: DeviceId) -> str:
    """Give the topic of what the centre asks of the device; never retained, for a command is for now."""
    return f"sekisho/1/command/{device}"


def device_of(topic: str) -> DeviceId | None:
    """Give the device that a topic names, or None when the topic is none of ours."""
    name = topic.rpartition("/")[2]
    if is_id(name):
        device = DeviceId(name)
        if topic in {journal(device), receipt(device), status(device), policy(device), command(device)}:
            return device
    return None
