"""What the controller remembers between two events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.access.door import DoorState
from domain.access.threat import NOTHING_DECLARED, Declaration
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, PersonId
from domain.keys.cabinet import CabinetState
from readers.drivers.port import CardSeen
from readers.events import DecidedTap
from readers.scene import EMPTY_SCENE, Scene
from readers.wiring import Wiring

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""``confirmed_at`` while no policy was ever confirmed."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A grant whose end is not known or not written yet: who goes where, and the record that granted it (0: none).

    ``unwritten``: that record is still on its way to the disk; ``taken`` is what became of the grant meanwhile.
    """

    point: AccessPointId
    credential: CredentialToken
    people: tuple[PersonId, ...]
    area: AreaId | None
    cause_seq: int = 0
    unwritten: bool = False
    taken: bool | None = None


@dataclass(frozen=True, slots=True)
class AskedPin:
    """A card that lies waiting for its PIN: what was keyed in so far, and until when it is waited for."""

    seen: CardSeen
    keys: str
    until_mono: float


@dataclass(frozen=True, slots=True)
class ControllerState:
    """The controller.

    ``confirmed_at`` is the highest instant at which the centre is known to have stood by the policy in force;
    ``confirmed_mono`` when this process learned it. ``passages`` are known to the doors by their numbers, counted up
    from ``next_passage``; ``causes`` keeps, by door, the record of the last one that moved it. ``deciding`` are the
    granted taps whose record is still being written: the next decision must know of them. ``threat`` is the latest
    declaration heard here; once its time is over it is put in its normal form. ``cabinets`` are the key cabinets.
    """

    wiring: Wiring
    confirmed_at: datetime = NEVER
    confirmed_mono: float = 0.0
    doors: Mapping[DoorId, DoorState] = field(default_factory=dict)
    scene: Scene = EMPTY_SCENE
    passages: Mapping[int, Passage] = field(default_factory=dict)
    next_passage: int = 1
    causes: Mapping[DoorId, int] = field(default_factory=dict)
    asked: Mapping[AccessPointId, AskedPin] = field(default_factory=dict)
    deciding: tuple[DecidedTap, ...] = ()
    journal_failed: bool = False
    threat: Declaration = NOTHING_DECLARED
    cabinets: Mapping[str, CabinetState] = field(default_factory=dict)

    @property
    def next_end_mono(self) -> float | None:
        """When TimePassed is due next, in monotonic seconds; None while nothing runs."""
        dues = [door.next_due_mono for door in self.doors.values()]
        dues += [asked.until_mono for asked in self.asked.values()]
        dues += [cabinet.next_due_mono for cabinet in self.cabinets.values()]
        return min((due for due in dues if due is not None), default=None)

    @property
    def is_anybody_passing(self) -> bool:
        """Tell whether a grant still has the door to itself."""
        return any(door.is_releasing for door in self.doors.values())
