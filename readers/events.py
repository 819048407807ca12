"""What the controller hears and what it asks for. Everything crosses here as frozen values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contract.commands import Command, DoorCommand
from contract.record_body import Clock
from contract.records import Body
from domain.access.door import Override, Reported
from domain.access.policy import AttendanceMeaning
from domain.access.threat import NOTHING_DECLARED, Declaration
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, PersonId
from domain.keys.cabinet import Asked
from domain.verdict import Verdict
from readers.drivers.port import Observation
from readers.scene import Scene
from readers.words import Words

Signal = Literal["granted", "refused", "unrecorded", "retry"]
"""Lamp and tone: ``granted`` and ``refused`` say that the tap is recorded; ``unrecorded`` that it is not; ``retry``
that the card should be held to the reader again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is handled: wall clock and its quality, monotonic seconds, and the boot they count from."""

    at: datetime
    mono: float
    boot: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class DecidedTap:
    """A tap whose record is on its way to the disk; carries what is to be done once it is there, or cannot be.

    ``people`` would go into ``area`` together; ``person`` is who tapped, None for a card nobody has. ``egress_moves``
    are the words of a door that was freed before the record, and ``passage`` its number there.
    """

    point: AccessPointId
    door: DoorId | None
    credential: CredentialToken
    verdict: Verdict
    egress: bool
    opens_unrecorded: bool
    attendance: AttendanceMeaning
    at: datetime
    seen_mono: float
    person: PersonId | None = None
    people: tuple[PersonId, ...] = ()
    area: AreaId | None = None
    extended: bool = False
    escorted: bool = False
    duress: bool = False
    passage: int = 0
    egress_moves: tuple[Reported, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedCabinet:
    """A key cabinet's answer whose record is on its way to the disk; what it frees comes free once it is there."""

    cabinet: str
    asked: Asked
    seen_mono: float


@dataclass(frozen=True, slots=True)
class Append:
    """Write these bodies to the journal, then say Recorded or Unrecorded with this very effect.

    At most one of ``tap``, ``command`` and ``cabinet`` hangs on it.
    """

    bodies: tuple[Body, ...]
    tap: DecidedTap | None = None
    command: DoorCommand | None = None
    cabinet: AskedCabinet | None = None


@dataclass(frozen=True, slots=True)
class KeepStanding:
    """Write down which overrides stand and which threat level was declared, before they take effect.

    A restart must find them.
    """

    overrides: tuple[tuple[DoorId, Override], ...]
    threat: Declaration = NOTHING_DECLARED


@dataclass(frozen=True, slots=True)
class Release:
    """Free a door's lock for ``seconds``; Relock follows, and an output may end it by itself at that time too."""

    door: DoorId
    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Free a door's lock until Relock: the door is unlocked for everybody."""

    door: DoorId


@dataclass(frozen=True, slots=True)
class Relock:
    """Lock a door again."""

    door: DoorId


@dataclass(frozen=True, slots=True)
class Notice:
    """A short tone: the card was seen."""

    point: AccessPointId


@dataclass(frozen=True, slots=True)
class Present:
    """Lamp, tone and words at an access point."""

    point: AccessPointId
    signal: Signal
    words: Words


@dataclass(frozen=True, slots=True)
class Alarm:
    """Tell a person on the spot and in the log; what the journal can take is in it as well."""

    alarm: str
    detail: str


Effect = Append | KeepStanding | Release | Hold | Relock | Notice | Present | Alarm


@dataclass(frozen=True, slots=True)
class Started:
    """The agent begins. ``set_aside`` says why older storage was put away, ``previous_epoch`` which it was."""

    software: str
    previous_epoch: int | None = None
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The append is durable; its last record is ``last_seq``."""

    append: Append
    last_seq: int


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """The append failed; nothing of it counts as recorded."""

    append: Append
    cause: str


@dataclass(frozen=True, slots=True)
class PolicyTook:
    """A policy took effect: from here on ``step`` is given it."""

    version: int
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyConfirmed:
    """The centre stood by the policy in force at ``confirmed_at``, by a signed pointer."""

    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class CommandCame:
    """The centre asks something of this device; signature and addressee were checked."""

    command: Command


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the journal and the standing file still know at start."""

    scene: Scene
    overrides: tuple[tuple[DoorId, Override], ...] = ()
    threat: Declaration = NOTHING_DECLARED


@dataclass(frozen=True, slots=True)
class AlarmFound:
    """Another part of the agent found what a person must look at."""

    alarm: str
    detail: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The process did not run for ``gap_seconds``."""

    gap_seconds: float


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look whether a release is over."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The agent ends: doors go to their safe state."""


Event = (
    Observation
    | Started
    | Recorded
    | Unrecorded
    | PolicyTook
    | PolicyConfirmed
    | CommandCame
    | Recalled
    | AlarmFound
    | Resumed
    | TimePassed
    | Stopping
)
