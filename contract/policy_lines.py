"""The lines of a policy, whole or as a change, as the border checks them: a header, then one thing a line."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contract.cabinet_records import COPIES_MAX, POSITIONS_MAX, Position, TargetName
from contract.fields import Id, Instant, Seq, Token
from domain.access.policy import AttendanceMeaning, CredentialStatus, JournalFailureRule, PassbackMode, StaleRule
from domain.access.threat import SHELTER_TIME_MAX, ThreatLevel
from domain.verdict import Reason

MINUTES_MAX = 366 * 24 * 60
"""A year: longer than any rule lasts, and short enough to reckon with from any instant."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SnapshotHeader(_Line):
    """The first line of a snapshot."""

    kind: Literal["policy.snapshot"] = "policy.snapshot"
    version: Literal[1] = 1
    policy_version: Seq
    issued_at: Instant


class ChangeHeader(_Line):
    """The first line of a change: it leads from one version to a later one.

    With ``structure`` the lines of everything but cards follow, all of them, in place of those that were; without it
    they stay.
    """

    kind: Literal["policy.change"] = "policy.change"
    version: Literal[1] = 1
    from_version: Seq
    policy_version: Seq
    issued_at: Instant
    structure: bool


class AreaLine(_Line):
    """An area."""

    kind: Literal["area"] = "area"
    id: Id
    offline_minutes_max: Annotated[int, Field(ge=0, le=MINUTES_MAX)]
    on_journal_failure: JournalFailureRule
    on_stale: StaleRule = StaleRule.deny
    passback: PassbackMode = PassbackMode.off
    passback_minutes: Annotated[int, Field(ge=1, le=MINUTES_MAX)] | None = None
    occupancy_max: Annotated[int, Field(ge=1)] | None = None
    two_person: bool = False


class PointLine(_Line):
    """An access point."""

    kind: Literal["point"] = "point"
    id: Id
    door: Id
    area_from: Id
    area_to: Id
    minimum_assurance: Annotated[int, Field(ge=0, le=3)]
    egress: bool
    attendance: AttendanceMeaning
    pin: Id | None = None


class DoorLine(_Line):
    """The hours of a door that stands unlocked for everybody."""

    kind: Literal["door"] = "door"
    door: Id
    unlocked: Id
    first_card: bool = False


class ShelterLine(_Line):
    """A door that stands unlocked while the threat level is ``shelter``."""

    kind: Literal["shelter"] = "shelter"
    door: Id


class HookLine(_Line):
    """What is at home on a hook, within a cabinet's line; ``tag`` is a name as a card's token is."""

    position: Position
    target: TargetName
    copies: Annotated[tuple[Id, ...], Field(min_length=1, max_length=COPIES_MAX)]
    tag: Token | None = None
    two_person: bool = False


class CabinetLine(_Line):
    """A key cabinet; ``shelter``: it stands open while the threat level is ``shelter``."""

    kind: Literal["cabinet"] = "cabinet"
    id: Id
    offline_minutes_max: Annotated[int, Field(ge=0, le=MINUTES_MAX)]
    minimum_assurance: Annotated[int, Field(ge=0, le=3)] = 1
    shelter: bool = False
    hooks: Annotated[tuple[HookLine, ...], Field(max_length=POSITIONS_MAX)] = ()


class ScheduleLine(_Line):
    """A schedule's windows: pairs of instants, in order."""

    kind: Literal["schedule"] = "schedule"
    id: Id
    windows: tuple[tuple[Instant, Instant], ...]


class LevelLine(_Line):
    """A level: schedule id by access point id; ``declares_minutes``: entering by it opens a shelter for so long."""

    kind: Literal["level"] = "level"
    id: Id
    points: dict[Id, Id]
    emergency: bool = False
    during: ThreatLevel | None = None
    declares_minutes: Annotated[int, Field(ge=1, le=SHELTER_TIME_MAX // timedelta(minutes=1))] | None = None


class DatedLine(_Line):
    """A level held for a time, within a card's line."""

    level: Id
    valid_from: Instant | None = None
    valid_until: Instant | None = None


class KeyRightLine(_Line):
    """What may be taken out of a cabinet for a time, within a card's line."""

    entitlement: Id
    target: TargetName
    valid_from: Instant
    valid_until: Instant | None = None


class CredentialLine(_Line):
    """A card: its token, its holder and what the holder may."""

    kind: Literal["credential"] = "credential"
    token: Token
    person: Id
    levels: tuple[Id, ...]
    status: CredentialStatus = CredentialStatus.active
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    pin: Token | None = None
    duress_pin: Token | None = None
    escorted: bool = False
    passback_exempt: bool = False
    extended: bool = False
    dated: tuple[DatedLine, ...] = ()
    denied: tuple[Id, ...] = ()
    keys: tuple[KeyRightLine, ...] = ()


class GoneLine(_Line):
    """A card that a change takes away."""

    kind: Literal["gone"] = "gone"
    token: Token


class OutcomeLine(_Line):
    """A decision that whoever takes the policy must reproduce first (``domain.access.outcomes``)."""

    kind: Literal["outcome"] = "outcome"
    token: Token
    point: Id
    at: Instant
    confirmed_at: Instant
    assurance: Annotated[int, Field(ge=0, le=3)]
    rule: Annotated[str, Field(max_length=200)] | None = None
    reason: Reason | None = None
    soft: tuple[Reason, ...] = ()

    @model_validator(mode="after")
    def _require_one_verdict(self) -> Self:
        if (self.rule is None) is (self.reason is None):
            raise ValueError("expected either the rule of a grant or the reason of a denial")
        return self


SnapshotLine = (
    AreaLine
    | PointLine
    | DoorLine
    | ShelterLine
    | CabinetLine
    | ScheduleLine
    | LevelLine
    | CredentialLine
    | OutcomeLine
)
ChangeLine = SnapshotLine | GoneLine
