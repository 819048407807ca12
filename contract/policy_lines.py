"""The lines of a policy snapshot, as the border checks them: a header, then one thing a line."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.fields import Id, Instant, Seq, Token
from domain.access.policy import AttendanceMeaning, CredentialStatus, JournalFailureRule, PassbackMode, StaleRule

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


class ScheduleLine(_Line):
    """A schedule's windows: pairs of instants, in order."""

    kind: Literal["schedule"] = "schedule"
    id: Id
    windows: tuple[tuple[Instant, Instant], ...]


class LevelLine(_Line):
    """A level: schedule id by access point id."""

    kind: Literal["level"] = "level"
    id: Id
    points: dict[Id, Id]
    emergency: bool = False


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


SnapshotLine = AreaLine | PointLine | DoorLine | ScheduleLine | LevelLine | CredentialLine
