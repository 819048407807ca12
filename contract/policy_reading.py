"""Reading a policy or a change line by line, checking each in full; written by ``contract.policy_snapshot``.

It is one module because a policy and a change are built from the same lines by the same hands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from contract.errors import Fault, MalformedMessageError, explain_envelope
from contract.policy_lines import (
    AreaLine,
    CabinetLine,
    ChangeHeader,
    ChangeLine,
    CredentialLine,
    DoorLine,
    GoneLine,
    LevelLine,
    OutcomeLine,
    PointLine,
    ScheduleLine,
    ShelterLine,
    SnapshotHeader,
    SnapshotLine,
)
from contract.policy_values import area_of, box_of, level_of, outcome_of, point_of, right_of
from domain.access.change import PolicyChange
from domain.access.outcomes import Outcome
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    DatedLevel,
    DoorHours,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from domain.key_boxes import KeyBox

_Header = TypeVar("_Header", bound=BaseModel)
_Line = TypeVar("_Line")
_MINUTE = timedelta(minutes=1)
_SNAPSHOT_LINE: TypeAdapter[SnapshotLine] = TypeAdapter(Annotated[SnapshotLine, Field(discriminator="kind")])
_CHANGE_LINE: TypeAdapter[ChangeLine] = TypeAdapter(Annotated[ChangeLine, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """A policy and the outcomes to reproduce before it takes effect."""

    policy: PolicySnapshot
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class ReadChange:
    """A change and the outcomes that the policy must reproduce after it."""

    change: PolicyChange
    outcomes: tuple[Outcome, ...]


def decode_snapshot(lines: Iterable[bytes]) -> PolicySnapshot:
    """Read a policy line by line (a file object will do), so that only the result stays in memory.

    Raises:
        MalformedMessageError: with the number of the line that is wrong.
    """
    return read_policy(lines).policy


def read_policy(lines: Iterable[bytes]) -> ReadPolicy:
    """Read a policy with its outcomes.

    Raises:
        MalformedMessageError: with the number of the line that is wrong.
    """
    numbered = enumerate(lines, start=1)
    header = _read_header(numbered, SnapshotHeader)
    building = _Building()
    for line in _read_lines(numbered, _SNAPSHOT_LINE):
        building.add(line)
    policy = building.policy(header.policy_version, header.issued_at)
    _require_closed(policy, policy.credentials.values())
    return ReadPolicy(policy, tuple(building.outcomes))


def read_change(lines: Iterable[bytes], before: PolicySnapshot) -> ReadChange:
    """Read a change of the policy ``before``.

    Raises:
        MalformedMessageError: with the number of the line that is wrong; or it takes levels away, or cards name levels
            that nothing defines.
    """
    numbered = enumerate(lines, start=1)
    header = _read_header(numbered, ChangeHeader)
    building = _Building()
    for line in _read_lines(numbered, _CHANGE_LINE):
        if isinstance(line, GoneLine):
            building.gone.append(CredentialToken(line.token))
        else:
            building.add(line)
    after = building.policy(header.policy_version, header.issued_at)
    structure = replace(after, credentials={})
    if not header.structure and (
        structure.areas or structure.points or structure.schedules or structure.levels or structure.cabinets
    ):
        raise MalformedMessageError(Fault.malformed, "line 1: structure lines follow where none are announced")
    _require_closed(structure if header.structure else before, after.credentials.values())
    if header.structure and (lost := before.levels.keys() - structure.levels.keys()):
        # cards that the change does not name may hold them
        raise MalformedMessageError(Fault.malformed, f"a change may not take levels away: {', '.join(sorted(lost))}")
    cards: dict[CredentialToken, Credential | None] = {**after.credentials}
    cards |= dict.fromkeys(building.gone)
    change = PolicyChange(
        header.from_version, header.policy_version, header.issued_at, structure if header.structure else None, cards
    )
    return ReadChange(change, tuple(building.outcomes))


def read_changed_cards(lines: Iterable[bytes]) -> dict[CredentialToken, Credential | None]:
    """Read which cards a change is about, without the policy that it starts from; None is a card taken away.

    Raises:
        MalformedMessageError: with the number of the line that is wrong.
    """
    numbered = enumerate(lines, start=1)
    _read_header(numbered, ChangeHeader)
    building = _Building()
    gone: dict[CredentialToken, Credential | None] = {}
    for line in _read_lines(numbered, _CHANGE_LINE):
        if isinstance(line, GoneLine):
            gone[CredentialToken(line.token)] = None
        else:
            building.add(line)
    return building.credentials | gone


def _read_header(numbered: Iterator[tuple[int, bytes]], model: type[_Header]) -> _Header:
    try:
        return model.model_validate_json(next(numbered)[1], strict=True)
    except StopIteration:
        raise MalformedMessageError(Fault.malformed, "line 1: no policy header") from None
    except ValidationError as error:
        raise explain_envelope(error, "line 1") from None


def _read_lines(numbered: Iterator[tuple[int, bytes]], adapter: TypeAdapter[_Line]) -> Iterator[_Line]:
    for number, line in numbered:
        try:
            yield adapter.validate_json(line, strict=True)
        except ValidationError as error:
            raise explain_envelope(error, f"line {number}") from None


class _Building:
    """A policy being read; equal level sets and instants are kept once, for an edge has little memory."""

    def __init__(self) -> None:
        self.areas: dict[AreaId, Area] = {}
        self.points: dict[AccessPointId, AccessPoint] = {}
        self.schedules: dict[ScheduleId, Schedule] = {}
        self.levels: dict[LevelId, Level] = {}
        self.credentials: dict[CredentialToken, Credential] = {}
        self.doors: dict[DoorId, DoorHours] = {}
        self.shelter_doors: set[DoorId] = set()
        self.cabinets: dict[str, KeyBox] = {}
        self.gone: list[CredentialToken] = []
        self.outcomes: list[Outcome] = []
        self._level_sets: dict[tuple[LevelId, ...], tuple[LevelId, ...]] = {}
        self._instants: dict[datetime | None, datetime | None] = {}

    def add(self, line: SnapshotLine) -> None:
        match line:
            case CredentialLine():
                self.credentials[CredentialToken(line.token)] = self._credential(line)
            case AreaLine():
                self.areas[AreaId(line.id)] = area_of(line)
            case DoorLine():
                door = DoorId(line.door)
                self.doors[door] = DoorHours(door, ScheduleId(line.unlocked), line.first_card)
            case PointLine():
                self.points[AccessPointId(line.id)] = point_of(line)
            case ScheduleLine():
                opens_at, closes_at = zip(*line.windows, strict=True) if line.windows else ((), ())
                self.schedules[ScheduleId(line.id)] = Schedule(ScheduleId(line.id), opens_at, closes_at)
            case LevelLine():
                self.levels[LevelId(line.id)] = level_of(line)
            case ShelterLine():
                self.shelter_doors.add(DoorId(line.door))
            case CabinetLine():
                self.cabinets[line.id] = box_of(line)
            case OutcomeLine():
                self.outcomes.append(outcome_of(line))

    def _credential(self, line: CredentialLine) -> Credential:
        return Credential(
            PersonId(line.person),
            self._level_set(line.levels),
            line.status,
            self._instant(line.valid_from),
            self._instant(line.valid_until),
            line.pin,
            line.duress_pin,
            line.escorted,
            line.passback_exempt,
            line.extended,
            tuple(
                DatedLevel(LevelId(dated.level), self._instant(dated.valid_from), self._instant(dated.valid_until))
                for dated in line.dated
            ),
            self._level_set(line.denied),
            tuple(right_of(each) for each in line.keys),
        )

    def _level_set(self, names: tuple[str, ...]) -> tuple[LevelId, ...]:
        levels = tuple(LevelId(level) for level in names)
        return self._level_sets.setdefault(levels, levels)

    def _instant(self, at: datetime | None) -> datetime | None:
        return self._instants.setdefault(at, at)

    def policy(self, version: int, issued_at: datetime) -> PolicySnapshot:
        return PolicySnapshot(
            version,
            issued_at,
            self.areas,
            self.points,
            self.schedules,
            self.levels,
            self.credentials,
            self.doors,
            frozenset(self.shelter_doors),
            self.cabinets,
        )


def _require_closed(policy: PolicySnapshot, credentials: Iterable[Credential]) -> None:
    """Refuse a policy that names what it does not define: a door must never meet a missing area or schedule."""
    missing: set[str | None] = set()
    schedules = policy.schedules.keys() | {ALWAYS}
    for point in policy.points.values():
        missing |= {point.area_from, point.area_to} - policy.areas.keys()
        missing |= {point.pin} - schedules - {None}
    for level in policy.levels.values():
        missing |= level.points.keys() - policy.points.keys()
        missing |= set(level.points.values()) - schedules
    missing |= {hours.unlocked for hours in policy.doors.values()} - schedules
    level_sets = {(credential.levels, credential.denied) for credential in credentials}
    missing |= {level for held, denied in level_sets for level in (*held, *denied)} - policy.levels.keys()
    missing |= {dated.level for credential in credentials for dated in credential.dated} - policy.levels.keys()
    if missing:
        raise MalformedMessageError(Fault.malformed, f"named but not defined: {', '.join(sorted(map(str, missing)))}")
