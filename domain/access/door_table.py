"""What the door machine is made of: the static door, the row of each mode, what is known, what happens, what is done.

How these work together is told at the head of ``domain.access.door``, which is also where to import them from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from domain.access.grants import Grants
from domain.access.overrides import DoorMode, Override, Stack
from domain.ids import DoorId


class FailureMode(StrEnum):
    """What the lock does without power; the outputs' business, the machine below is the same for both."""

    fail_safe = "fail_safe"  # free without power: held locked by current
    fail_secure = "fail_secure"  # locked without power: freed by current


@dataclass(frozen=True, slots=True)
class DoorSpec:
    """What hangs on the box and how long things may take, in seconds (ONVIF DoorTimings)."""

    id: DoorId
    release_seconds: float = 5.0  # from the grant: time to open before it locks again
    extended_release_seconds: float = 15.0  # the same for a credential with extended time (barrier-free)
    open_seconds: float = 30.0  # how long it may stand open before held_open
    extended_open_seconds: float = 60.0
    pre_alarm_seconds: float = 5.0  # held_open_prealarm comes this long before held_open; 0: never
    relock_delay_seconds: float = 0.5  # after the contact opens, until the lock secures again
    failure: FailureMode = FailureMode.fail_secure
    has_contact: bool = False
    interlock: str | None = None  # the group of which only one door may be open or free; the decision looks at it


@dataclass(frozen=True, slots=True)
class ModeRow:
    """What a mode means."""

    frees: bool  # the lock is held free
    admits: bool  # a granted card may open
    watches: bool  # an unexplained opening, or one that lasts, is an alarm


MODES: Mapping[DoorMode, ModeRow] = {
    DoorMode.locked: ModeRow(frees=False, admits=True, watches=True),
    DoorMode.unlocked: ModeRow(frees=True, admits=True, watches=False),
    DoorMode.blocked: ModeRow(frees=False, admits=False, watches=True),
    DoorMode.locked_down: ModeRow(frees=False, admits=False, watches=True),
    DoorMode.locked_open: ModeRow(frees=True, admits=True, watches=False),
}
"""Every mode that an override can ask for. ``accessed`` is one of the locking rows with a grant running."""

OpenAlarm = Literal["forced_open", "held_open_prealarm", "held_open"]
"""What is wrong with a door that stands open."""

DoorWord = Literal[
    "released",
    "relocked",
    "opened",
    "closed",
    "forced_open",
    "held_open_prealarm",
    "held_open",
    "restored",
    "mode_changed",
    "request_to_exit",
    "fire_release",
    "fire_cleared",
    "tampered",
    "tamper_cleared",
    "taken",
    "not_taken",
]
"""What is worth a record; the row of each stands in ``domain.access.door_words``."""


@dataclass(frozen=True, slots=True)
class DoorState:
    """All that is known of a door between two events; everything else about it follows from this.

    ``overrides`` is who wants which mode, ``grants`` who may open in spite of a lock, ``is_open`` what the contact said
    last (None: it has not spoken). ``alarm`` stands until the door closes or its mode stops watching; the two dues are
    when the next alarms of a door left open come, in monotonic seconds.
    """

    overrides: Stack = ()
    grants: Grants = ()
    is_open: bool | None = None
    alarm: OpenAlarm | None = None
    prealarm_due_mono: float | None = None
    held_due_mono: float | None = None
    fire_input: bool = False
    tampered: bool = False

    @property
    def standing_mode(self) -> DoorMode:
        """Give the mode of the highest override, locked without one; releases do not change it."""
        return self.overrides[-1].mode if self.overrides else DoorMode.locked

    @property
    def source(self) -> str:
        """Give who asked for the standing mode; empty when nobody did and the door is locked."""
        return self.overrides[-1].source if self.overrides else ""

    @property
    def mode(self) -> DoorMode:
        """Give the mode in force: the standing one, or accessed while a release runs on a door which that one locks."""
        return DoorMode.accessed if self.grants and not self.row.frees else self.standing_mode

    @property
    def row(self) -> ModeRow:
        """Give what the standing mode means."""
        return MODES[self.standing_mode]

    @property
    def is_free(self) -> bool:
        """Tell whether the lock is free now."""
        return self.row.frees or bool(self.grants)

    @property
    def is_releasing(self) -> bool:
        """Tell whether a grant or a request to exit still has its time, whatever the mode."""
        return bool(self.grants)

    @property
    def release_ends_mono(self) -> float:
        """When the last grant ends, in monotonic seconds; minus infinity without one."""
        return max((grant.until_mono for grant in self.grants), default=float("-inf"))

    @property
    def next_due_mono(self) -> float | None:
        """When TimePassed is due next, in monotonic seconds; None while nothing runs."""
        dues = [override.until_mono for override in self.overrides]
        dues += [self.prealarm_due_mono, self.held_due_mono, self.release_ends_mono if self.grants else None]
        return min((due for due in dues if due is not None), default=None)


@dataclass(frozen=True, slots=True)
class Accessed:
    """A card was granted, or the door is opened once from afar.

    ``cause`` is a number of the caller's, given once; 0 asks for no taken or not_taken and gives a door that stands
    open no further time. ``egress`` is a way to safety.
    """

    cause: int
    extended: bool = False
    egress: bool = False


@dataclass(frozen=True, slots=True)
class ContactMoved:
    """The door contact speaks; its first word finds the door as it is."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class ExitRequested:
    """The button, bar or detector on the safe side asks for a way out."""


@dataclass(frozen=True, slots=True)
class TamperMoved:
    """A housing was opened or closed."""

    active: bool


@dataclass(frozen=True, slots=True)
class FireMoved:
    """The fire panel's input changed."""

    active: bool


@dataclass(frozen=True, slots=True)
class OverrideSet:
    """A source asks for a mode."""

    override: Override


@dataclass(frozen=True, slots=True)
class OverrideCleared:
    """A source takes back what it asked for; for ``fire`` that is a named person, after the fire."""

    source: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """It is ``next_due_mono`` or later."""


DoorEvent = (
    Accessed | ContactMoved | ExitRequested | TamperMoved | FireMoved | OverrideSet | OverrideCleared | TimePassed
)


@dataclass(frozen=True, slots=True)
class FreeLock:
    """Free the lock for so long from now, in place of what runs; SecureLock follows, and hardware ends it by itself."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HoldLock:
    """Free the lock until SecureLock or FreeLock."""


@dataclass(frozen=True, slots=True)
class SecureLock:
    """Lock."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Something changed that belongs in the record; ``cause`` is the Accessed behind it, 0 without one."""

    word: DoorWord
    cause: int = 0


DoorEffect = FreeLock | HoldLock | SecureLock | Reported
