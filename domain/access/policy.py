"""The policy snapshot: everything a door needs to decide without asking anybody.

It is versioned and signed (``contract.policy``), the same at the edge and at the centre, and complete: schedules come
as windows already expanded for the snapshot's horizon, so that no calendar library is needed to decide.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from domain.key_boxes import KeyBox, KeyRight

ALWAYS = ScheduleId("always")
"""The schedule that holds at every instant; it needs no windows."""


class CredentialStatus(StrEnum):
    """The life of a card as the door sees it (ONVIF credential state). ``issued`` is made and not yet handed out."""

    active = "active"
    suspended = "suspended"
    lost = "lost"
    stolen = "stolen"
    revoked = "revoked"
    issued = "issued"
    damaged = "damaged"
    returned = "returned"
    expired = "expired"


class AttendanceMeaning(StrEnum):
    """What a granted tap at an access point says about working time."""

    none = "none"
    clock_in = "in"
    clock_out = "out"
    presence = "presence"  # direction-less: in and out alternate within the duty day


class PassbackMode(StrEnum):
    """What happens when somebody enters an area in which they already are (BACnet passback mode)."""

    off = "off"
    soft = "soft"  # granted, and noted
    hard = "hard"  # refused


class StaleRule(StrEnum):
    """What a door of the area does when the policy is older than the area allows. Egress is always free."""

    deny = "deny"
    emergency = "emergency"  # only levels marked for emergencies still open


class JournalFailureRule(StrEnum):
    """What a door of the area does when a tap cannot be recorded (disk full, sync failed). Egress is always free."""

    deny = "deny"
    open = "open"


@dataclass(frozen=True, slots=True)
class Area:
    """A zone of the building and how long its doors may decide without hearing from the centre.

    ``passback_fades`` is the time after which an entry no longer counts against the next one; None never fades.
    ``occupancy_max`` None is no limit. With ``two_person`` the first two enter together.
    """

    id: AreaId
    offline_age_max: timedelta
    on_journal_failure: JournalFailureRule = JournalFailureRule.deny
    on_stale: StaleRule = StaleRule.deny
    passback: PassbackMode = PassbackMode.off
    passback_fades: timedelta | None = None
    occupancy_max: int | None = None
    two_person: bool = False


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One side of a door: a reader from which a person goes from one area to another."""

    id: AccessPointId
    door: DoorId
    area_from: AreaId
    area_to: AreaId
    minimum_assurance: int = 1
    egress: bool = False  # leads to safety: the lock frees whatever the verdict says
    attendance: AttendanceMeaning = AttendanceMeaning.none
    pin: ScheduleId | None = None  # while it holds, the card alone is not enough


@dataclass(frozen=True, slots=True)
class DoorHours:
    """When a door stands unlocked for everybody; with ``first_card`` only from the first granted tap of each window."""

    door: DoorId
    unlocked: ScheduleId
    first_card: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """Disjoint windows in order: ``opens_at[i]`` is inside, ``closes_at[i]`` no longer is."""

    id: ScheduleId
    opens_at: tuple[datetime, ...]
    closes_at: tuple[datetime, ...]

    def holds(self, at: datetime) -> bool:
        """Tell whether the instant lies inside a window."""
        index = bisect_right(self.opens_at, at) - 1
        return index >= 0 and at < self.closes_at[index]


@dataclass(frozen=True, slots=True)
class Level:
    """What one grant gives: access points, each with its schedule. ``emergency``: it opens by a stale policy, too.

    With ``during`` it gives something only while that threat level holds: a shelter's staff, say. Whoever enters by a
    level with ``declares_shelter`` opens a shelter there for so long.
    """

    id: LevelId
    points: Mapping[AccessPointId, ScheduleId]
    emergency: bool = False
    during: ThreatLevel | None = None
    declares_shelter: timedelta | None = None


@dataclass(frozen=True, slots=True)
class DatedLevel:
    """A level held for a time: ``valid_from`` is inside, ``valid_until`` no longer is; None is no bound."""

    level: LevelId
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether the level is held at the instant."""
        begun = self.valid_from is None or at >= self.valid_from
        return begun and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class Credential:
    """A card's rights. ``valid_from`` is inside, ``valid_until`` no longer is; None is no bound.

    ``pin`` and ``duress_pin`` are verifiers (``contract.tokens.pin_verifier``), None where there is none. ``escorted``
    enters only behind somebody who is not; ``passback_exempt`` is never counted; ``extended`` gets the door's longer
    time. ``dated`` are levels held for a time only. ``denied`` names levels that are taken instead of given: where and
    when one holds, no other opens. ``keys`` is what may be taken out of key cabinets.
    """

    person: PersonId
    levels: tuple[LevelId, ...]
    status: CredentialStatus = CredentialStatus.active
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    pin: str | None = None
    duress_pin: str | None = None
    escorted: bool = False
    passback_exempt: bool = False
    extended: bool = False
    dated: tuple[DatedLevel, ...] = ()
    denied: tuple[LevelId, ...] = ()
    keys: tuple[KeyRight, ...] = ()

    def levels_at(self, at: datetime) -> Iterator[LevelId]:
        """Yield the levels held at an instant."""
        yield from self.levels
        for dated in self.dated:
            if dated.holds(at):
                yield dated.level


@dataclass(frozen=True, slots=True)
class PolicySnapshot:
    """All that a decision may look at besides the tap. ``version`` only ever grows.

    ``shelter_doors`` stand unlocked while the threat level is ``shelter``. ``cabinets`` is what hangs
    where, by cabinet.
    """

    version: int
    issued_at: datetime
    areas: Mapping[AreaId, Area] = field(default_factory=dict)
    points: Mapping[AccessPointId, AccessPoint] = field(default_factory=dict)
    schedules: Mapping[ScheduleId, Schedule] = field(default_factory=dict)
    levels: Mapping[LevelId, Level] = field(default_factory=dict)
    credentials: Mapping[CredentialToken, Credential] = field(default_factory=dict)
    doors: Mapping[DoorId, DoorHours] = field(default_factory=dict)
    shelter_doors: frozenset[DoorId] = frozenset()
    cabinets: Mapping[str, KeyBox] = field(default_factory=dict)

    def holds(self, schedule: ScheduleId, at: datetime) -> bool:
        """Tell whether a schedule holds at an instant; ``always`` needs no windows."""
        return schedule == ALWAYS or self.schedules[schedule].holds(at)
