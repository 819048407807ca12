"""Who may say and who may hear what on the broker: one table, against which rules and brokers are held.

``firmware_configs/templates/broker/acl.j2`` says the same in mosquitto's words; a test holds both on a real broker, and
``sekisho doctor broker`` holds any other broker against this table.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from paho.mqtt.client import topic_matches_sub

from contract import topics
from domain.ids import DeviceId
from gateway.home_assistant.topics import STATES, HomeTopics
from gateway.site.consistency import HOME_ASSISTANT

Verb = Literal["say", "hear"]


@dataclass(frozen=True, slots=True)
class TopicRight:
    """A kind of topic: ``of`` gives a device's own, ``said_by`` who says it; the other side alone hears it."""

    kind: str
    of: Callable[[DeviceId], str]
    said_by: Literal["device", "centre"]


RIGHTS = (
    TopicRight("journal", topics.journal, "device"),
    TopicRight("status", topics.status, "device"),
    TopicRight("policy-wanted", topics.policy_wanted, "device"),
    TopicRight("receipt", topics.receipt, "centre"),
    TopicRight("policy", topics.policy, "centre"),
    TopicRight("policy-offer", topics.policy_offer, "centre"),
    TopicRight("policy-part", topics.policy_part, "centre"),
    TopicRight("command", topics.command, "centre"),
    TopicRight("centre", lambda _device: topics.CENTRE, "centre"),
)
"""Every kind; what is not here is nobody's."""

CENTRE_FILTERS = (
    *(topics.journal_filter(shard) for shard in range(topics.SHARDS)),
    topics.STATUS_FILTER,
    topics.POLICY_WANTED_FILTER,
)
"""What the centre subscribes: it hears devices that it does not know yet, and refuses them with a reason."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of client × topic × verb, and whether it is to be allowed."""

    client: str
    topic: str
    verb: Verb
    allowed: bool


def may_say(
    client: str, topic: str, *, centre: str, devices: Collection[DeviceId], home: HomeTopics | None = None
) -> bool:
    """Tell whether the client with that name in its certificate may publish on the topic."""
    if client == centre:
        own = {right.of(device) for right in RIGHTS if right.said_by == "centre" for device in devices}
        return topic in own or (home is not None and _matches((home.config_filter, *home.states), topic))
    if client == HOME_ASSISTANT:
        return home is not None and topic == home.birth
    device = DeviceId(client)
    return device in devices and topic in {right.of(device) for right in RIGHTS if right.said_by == "device"}


def may_hear(
    client: str, topic: str, *, centre: str, devices: Collection[DeviceId], home: HomeTopics | None = None
) -> bool:
    """Tell whether the client with that name in its certificate may be given what is published on the topic."""
    if client == centre:
        return _matches(CENTRE_FILTERS if home is None else (*CENTRE_FILTERS, home.birth, home.config_filter), topic)
    if client == HOME_ASSISTANT:
        return home is not None and _matches(home.shown, topic)
    device = DeviceId(client)
    return device in devices and topic in {right.of(device) for right in RIGHTS if right.said_by == "centre"}


def _matches(filters: Sequence[str], topic: str) -> bool:
    return any(topic_matches_sub(each, topic) for each in filters)


def list_topics(devices: Sequence[DeviceId], stranger: DeviceId, home: HomeTopics | None = None) -> list[str]:
    """Give the topics worth trying: each kind of each device and of one that does not exist, and some beside them.

    With ``home`` those of Home Assistant, too, with the ones by which other things are commanded there.
    """
    found = [topics.CENTRE, f"{topics.CENTRE}/more", "sekisho/1/other", "sekisho/2/centre", "other"]
    for device in (*devices, stranger):
        wrong_shard = (topics.shard_of(device) + 1) % topics.SHARDS
        found += [right.of(device) for right in RIGHTS if right.of(device) != topics.CENTRE]
        found += [f"sekisho/1/journal/{wrong_shard}/{device}", f"{topics.journal(device)}/more"]
    if home is not None:
        found += [home.birth, f"{home.birth}/more", f"{home.prefix}/switch/door/set", f"{STATES}/set"]
        for device in (*devices, stranger):
            door, config = home.door(device, "main"), home.config(device)
            found += [config, home.online(device), door, home.reader(device, "main")]
            found += [f"{config}/set", config.replace("/config", "/set"), f"{door}/set", f"{home.online(device)}/set"]
            found.append(config.replace(home.node, "other"))
    return found


def list_cells(
    clients: Sequence[str],
    devices: Sequence[DeviceId],
    *,
    centre: str,
    stranger: DeviceId,
    home: HomeTopics | None = None,
) -> tuple[Cell, ...]:
    """Give every cell of ``clients`` × :func:`list_topics` × verb with what it is to be."""
    return tuple(
        Cell(client, topic, verb, judge(client, topic, centre=centre, devices=devices, home=home))
        for client in clients
        for topic in list_topics(devices, stranger, home)
        for verb, judge in _JUDGES
    )


_JUDGES: tuple[tuple[Verb, Callable[..., bool]], ...] = (("say", may_say), ("hear", may_hear))
