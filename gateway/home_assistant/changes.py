"""What to publish so that the broker holds what is wanted: from what it holds to what it is to hold. Pure.

Home Assistant drops a component only when it is told so by name, with nothing but its platform; the message without it
follows (documentation, "Device discovery payload"). An empty retained message takes a whole device away. What goes,
goes first: a door that moves to another controller keeps its unique id.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gateway.home_assistant.announcement import Payload, encode_payload
from gateway.home_assistant.topics import STATES, HomeTopics

_OURS = re.compile(rf"{STATES}(/[a-z0-9_-]+)+")


class Publication(NamedTuple):
    """A retained message; an empty payload removes what the broker holds."""

    topic: str
    payload: bytes


def list_publications(
    topics: HomeTopics, held: Mapping[str, bytes], wanted: Mapping[str, bytes], *, again: bool = False
) -> list[Publication]:
    """Give what is to be published, in order.

    Args:
        topics: the site's.
        held: what the broker holds, as far as is known; an announcement found there counts for the states it names.
        wanted: what it is to hold.
        again: publish all that is wanted, also where the broker should hold it.
    """
    before = {
        topic: read_announcement(payload)
        for topic, payload in held.items()
        if topics.is_config(topic) and payload != wanted.get(topic)
    }
    going = [Publication(topic, b"") for topic in before if topic not in wanted]
    parting = [
        Publication(topic, encode_payload(parted))
        for topic, old in before.items()
        if topic in wanted and (parted := _part(old, json.loads(wanted[topic])))
    ]
    states = {state for old in before.values() for state in _named_states(old)} | {
        topic for topic in held if not topics.is_config(topic)
    }
    cleared = [Publication(topic, b"") for topic in sorted(states - wanted.keys())]
    touched = {publication.topic for publication in parting}
    fresh = [
        Publication(topic, payload)
        for topic, payload in wanted.items()
        if again or topic in touched or held.get(topic) != payload
    ]
    fresh.sort(key=lambda publication: topics.is_config(publication.topic))  # states wait for whoever discovers
    return [*going, *parting, *cleared, *fresh]


def read_announcement(payload: bytes) -> Payload:
    """Read an announcement that the broker kept; what is none, or damaged, is an empty one."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("components"), dict) else {}


def _part(old: Payload, new: Payload) -> Payload | None:
    """Give the new announcement with the components that are gone, each with nothing but its platform."""
    gone = {
        key: {"platform": component["platform"]}
        for key, component in old.get("components", {}).items()
        if key not in new["components"] and isinstance(component, dict) and set(component) > {"platform"}
    }
    return {**new, "components": new["components"] | gone} if gone else None


def _named_states(old: Payload) -> Iterator[str]:
    for key, value in _walk(old):
        if key.endswith("topic") and isinstance(value, str) and _OURS.fullmatch(value):
            yield value


def _walk(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)
