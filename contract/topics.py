"""MQTT topics. A device's name is its certificate's name, its client id and the segment here, so an ACL can hold it.

=====================================  =========  ===  ========  ==========================================
topic                                  direction  QoS  retained  payload
=====================================  =========  ===  ========  ==========================================
``sekisho/1/journal/<shard>/<device>``  up         1    no        :mod:`contract.batch`
``sekisho/1/receipt/<device>``          down       1    no        :mod:`contract.receipts`
``sekisho/1/status/<device>``           up         1    yes       :mod:`contract.status`
``sekisho/1/policy/<device>``           down       1    yes       :class:`contract.policy.PolicyPointer`
``sekisho/1/policy-offer/<device>``     down       1    no        :class:`contract.policy.PolicyOffer`
``sekisho/1/policy-part/<device>``      down       1    no        :class:`contract.policy.PolicyPart`
``sekisho/1/policy-wanted/<device>``    up         1    no        :class:`contract.policy.PolicyWanted`
``sekisho/1/command/<device>``          down       1    no        :mod:`contract.commands`
``sekisho/1/centre``                    down       1    yes       :class:`contract.status.CentreStatus`
=====================================  =========  ===  ========  ==========================================

Beside them the gateway writes ``sekisho/1/home-assistant/…``, which no device hears: ``gateway.home_assistant.topics``.
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


def policy_offer(device: DeviceId) -> str:
    """Give the topic on which the device is offered a policy or a change."""
    return f"sekisho/1/policy-offer/{device}"


def policy_part(device: DeviceId) -> str:
    """Give the topic that brings the device the parts it asked for."""
    return f"sekisho/1/policy-part/{device}"


def policy_wanted(device: DeviceId) -> str:
    """Give the topic on which the device asks for offers and parts."""
    return f"sekisho/1/policy-wanted/{device}"


POLICY_WANTED_FILTER = "sekisho/1/policy-wanted/+"


def command(device: DeviceId) -> str:
    """Give the topic of what the centre asks of the device; never retained, for a command is for now."""
    return f"sekisho/1/command/{device}"


_OF_A_DEVICE = (journal, receipt, status, policy, policy_offer, policy_part, policy_wanted, command)


def device_of(topic: str) -> DeviceId | None:
    """Give the device that a topic names, or None when the topic is none of ours."""
    name = topic.rpartition("/")[2]
    if is_id(name):
        device = DeviceId(name)
        if topic in {made(device) for made in _OF_A_DEVICE}:
            return device
    return None
