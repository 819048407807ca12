"""How doors, readers and controllers stand, as Home Assistant is told: from the board's rows to payloads. Pure.

A binary sensor is ``ON``, ``OFF`` or, where nobody knows, null, which a template renders as the documented ``None``.
Nothing here is about a person or a card.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from domain.access.overrides import DoorMode
from gateway.home_assistant.announcement import Payload, encode_payload
from gateway.home_assistant.topics import HomeTopics
from gateway.meaning.door_book import mode_now
from gateway.site.description import Site
from store.devices import DeviceStatus
from store.door_states import DoorFacts, ReaderFacts

FREE = frozenset((DoorMode.unlocked, DoorMode.accessed, DoorMode.locked_open))
"""Modes in which the lock does not hold the door."""

FAULTY = frozenset(("lost", "busy", "failing"))
"""What a reader reports when it reads no cards."""


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What is known: doors and readers as derived from the log, and the controllers' own words."""

    doors: Sequence[DoorFacts] = ()
    readers: Sequence[ReaderFacts] = ()
    statuses: Sequence[DeviceStatus] = ()


class Place(NamedTuple):
    """A state topic and what it is about: a controller, a door or a reader, by id."""

    topic: str
    kind: Literal["device", "door", "reader"]
    id: str


def list_places(site: Site, topics: HomeTopics) -> tuple[Place, ...]:
    """Give every state topic that :func:`announce_site` names; it costs more than telling states, and lasts longer."""
    places: list[Place] = []
    for device in site.devices:
        places.append(Place(topics.online(device.id), "device", device.id))
        places += [Place(topics.door(device.id, door.id), "door", door.id) for door in site.doors_of(device.id)]
        places += [Place(topics.reader(device.id, it.id), "reader", it.id) for it in site.readers_of(device.id)]
    return tuple(places)


def tell_states(places: Iterable[Place], facts: HomeFacts) -> dict[str, bytes]:
    """Give the payload of each place, by its topic."""
    doors = {door.door_id: door for door in facts.doors}
    readers = {reader.reader_id: reader for reader in facts.readers}
    online = {status.device_id for status in facts.statuses if status.online}
    told: dict[str, bytes] = {}
    for topic, kind, known in places:
        match kind:
            case "device":
                told[topic] = b"online" if known in online else b"offline"
            case "door":
                told[topic] = encode_payload(tell_door(doors.get(known)))
            case "reader":
                told[topic] = encode_payload(tell_reader(readers.get(known)))
    return told


def tell_door(facts: DoorFacts | None) -> Payload:
    """Give how a door stands; before its controller has told anything of it, nothing is known."""
    if facts is None:
        return {"contact": None, "lock": None, "mode": None, "problem": None, "troubles": []}
    mode = mode_now(facts)
    found = {
        "forced_open": facts.alarm == "forced_open",
        "held_open": facts.alarm == "held_open",
        "tampered": facts.tampered,
        "fire_release": facts.fire,
    }
    troubles = [trouble for trouble, holds in found.items() if holds]
    return {
        "contact": _switch(facts.contact == "opened") if facts.contact else None,
        "lock": _switch(mode in FREE),
        "mode": mode.value,
        "problem": _switch(bool(troubles)),
        "troubles": troubles,
    }


def tell_reader(facts: ReaderFacts | None) -> Payload:
    """Give how a reader is; before it reported, nothing is known."""
    if facts is None:
        return {"health": None, "problem": None}
    return {"health": facts.health, "problem": _switch(facts.health in FAULTY)}


def _switch(holds: bool) -> str:  # noqa: FBT001 (it is the value)
    return "ON" if holds else "OFF"
