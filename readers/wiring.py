"""What hangs on this box: readers, doors, inputs. Read from the settings once; no rights and no hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.access.door import DoorSpec
from domain.ids import AccessPointId, DoorId
from domain.keys.cabinet import CabinetSpec

InputMeaning = Literal["contact", "request_to_exit", "tamper", "fire"]
"""What an input says while it is active: the door stands open, somebody wants out, a housing is open, fire."""


@dataclass(frozen=True, slots=True)
class InputWire:
    """An input and the doors it speaks of; a fire input may speak of many."""

    meaning: InputMeaning
    doors: tuple[DoorId, ...]


@dataclass(frozen=True, slots=True)
class Wiring:
    """The box.

    ``site_key`` makes a card's number the site's token, ``names_key`` that this box's own name of it
    (``contract.tokens``). ``points`` gives each reader's access point; ``doors`` what this box moves; ``egress_doors``
    the door behind each point that is wired as egress, so that it is free even while there is no policy. ``cabinets``
    are the key cabinets; ``cabinet_inputs`` says of which hook a sensor speaks, None for the cabinet's door.
    """

    site_key: bytes
    names_key: bytes
    points: Mapping[str, AccessPointId]
    doors: Mapping[DoorId, DoorSpec]
    egress_doors: Mapping[AccessPointId, DoorId] = field(default_factory=dict)
    inputs: Mapping[str, InputWire] = field(default_factory=dict)
    cabinets: Mapping[str, CabinetSpec] = field(default_factory=dict)
    cabinet_inputs: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)

    def interlocked_with(self, door: DoorId) -> tuple[DoorId, ...]:
        """Give the other doors of a door's interlock group."""
        spec = self.doors.get(door)
        if spec is None or spec.interlock is None:
            return ()
        return tuple(
            other.id for other in self.doors.values() if other.id != door and other.interlock == spec.interlock
        )
