"""How doors and readers stand after what their controllers tell, folded record by record. No database here.

A controller that starts knows nothing: its doors are locked, their contacts have not spoken, nothing is wrong. That a
contact has spoken in this life of its controller is also how one knows that a door has one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from contract.records import DoorModeChanged, DoorMoved
from domain.access.door import DoorMode
from store.door_states import DoorFacts, LastTap, ReaderFacts


class Stood(NamedTuple):
    """Where in the log something is told, and when it was."""

    device: str
    epoch: int
    seq: int
    at: datetime


class DoorBook:
    """The doors of the devices at hand, the readers and last taps that a transaction's records tell of."""

    def __init__(self, known: Iterable[DoorFacts] = ()) -> None:
        self._doors = {facts.door_id: facts for facts in known}
        self._readers: dict[str, ReaderFacts] = {}
        self._taps: dict[str, LastTap] = {}
        self._changed: set[str] = set()

    def has_contact(self, door_id: str) -> bool:
        """Tell whether the door says when it is opened."""
        facts = self._doors.get(door_id)
        return facts is not None and bool(facts.contact)

    def start_device(self, stood: Stood) -> None:
        """Forget how the doors of a device stood: it begins a life."""
        for facts in [facts for facts in self._doors.values() if facts.device_id == stood.device]:
            self._take(facts.door_id, stood, fresh=True)

    def move_door(self, stood: Stood, told: DoorMoved | DoorModeChanged) -> None:
        """Take in what a door did."""
        facts = self._take(told.door, stood)
        if facts is not None:
            self._doors[told.door] = follow_door(facts, told)

    def report_reader(self, stood: Stood, reader_id: str, health: str, cause: str) -> None:
        """Take in how a reader is."""
        told = ReaderFacts(reader_id, *stood, health, cause)
        held = self._readers.get(reader_id)
        if held is None or _is_newer(stood, Stood(*held[1:5])):
            self._readers[reader_id] = told

    def note_tap(self, stood: Stood, access_point_id: str) -> None:
        """Take in where a tap stands."""
        held = self._taps.get(access_point_id)
        if held is None or _is_newer(stood, Stood(*held[1:5])):
            self._taps[access_point_id] = LastTap(access_point_id, *stood)

    def doors(self) -> list[DoorFacts]:
        """Give the doors that changed."""
        return [self._doors[door_id] for door_id in self._changed]

    def readers(self) -> list[ReaderFacts]:
        """Give the readers that reported."""
        return list(self._readers.values())

    def taps(self) -> list[LastTap]:
        """Give the last tap of each access point."""
        return list(self._taps.values())

    def _take(self, door_id: str, stood: Stood, *, fresh: bool = False) -> DoorFacts | None:
        """Put the door's row forward to where it is told of; None when it is told of by a newer record already."""
        facts = self._doors.get(door_id)
        if facts is not None and not _is_newer(stood, Stood(*facts[1:5])):
            return None
        same_life = facts is not None and facts[1:3] == stood[:2] and not fresh
        if facts is not None and same_life:
            facts = facts._replace(seq=stood.seq, changed_at=stood.at)
        else:
            facts = DoorFacts(door_id, *stood)
        self._doors[door_id] = facts
        self._changed.add(door_id)
        return facts


def follow_door(facts: DoorFacts, told: DoorMoved | DoorModeChanged) -> DoorFacts:
    """Give how a door stands after one word of its controller."""
    if isinstance(told, DoorModeChanged):
        return facts._replace(mode=told.mode.value, mode_source=told.source)
    match told.state:
        case "released" | "relocked":
            return facts._replace(lock=told.state)
        case "opened":
            return facts._replace(contact="opened")
        case "closed":
            return facts._replace(contact="closed", alarm="")
        case "forced_open" | "held_open" | "held_open_prealarm":
            return facts._replace(contact="opened", alarm=told.state)
        case "restored":
            return facts._replace(alarm="")
        case "tampered" | "tamper_cleared":
            return facts._replace(tampered=told.state == "tampered")
        case "fire_release" | "fire_cleared":
            return facts._replace(fire=told.state == "fire_release")
        case "request_to_exit":
            return facts


def mode_now(facts: DoorFacts) -> DoorMode:
    """Give the mode in force: the standing one, or accessed while a release runs on a door which that one locks."""
    mode = DoorMode(facts.mode)
    free = mode in {DoorMode.unlocked, DoorMode.locked_open}
    return DoorMode.accessed if facts.lock == "released" and not free else mode


def _is_newer(stood: Stood, held: Stood) -> bool:
    if stood[:2] == held[:2]:
        return stood.seq > held.seq
    return stood.at > held.at
