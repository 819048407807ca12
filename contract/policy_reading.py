"""Reading a policy snapshot line by line, checking each in full; written by ``contract.policy_snapshot``."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from contract.errors import Fault, MalformedMessageError, explain_envelope
from contract.policy_lines import (
    AreaLine,
    CredentialLine,
    DoorLine,
    LevelLine,
    PointLine,
    ScheduleLine,
    SnapshotHeader,
    SnapshotLine,
)
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    DoorHours,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId

_MINUTE = timedelta(minutes=1)
_LINE: TypeAdapter[SnapshotLine] = TypeAdapter(Annotated[SnapshotLine, Field(discriminator="kind")])


def decode_snapshot(lines: Iterable[bytes]) -> PolicySnapshot:
    """Read a snapshot line by line (a file object will do), so that only the result stays in memory.

    Raises:
        MalformedMessageError: with the number of the line that is wrong.
    """
    numbered = enumerate(lines, start=1)
    try:
        header = SnapshotHeader.model_validate_json(next(numbered)[1], strict=True)
    except StopIteration:
        raise MalformedMessageError(Fault.malformed, "line 1: no policy snapshot header") from None
    except ValidationError as error:
        raise explain_envelope(error, "line 1") from None
    building = _Building()
    for number, line in numbered:
        try:
            building.add(_LINE.validate_json(line, strict=True))
        except ValidationError as error:
            raise explain_envelope(error, f"line {number}") from None
    return building.finished(header)


class _Building:
    """A snapshot being read; equal level sets and instants are kept once, for an edge has little memory."""

    def __init__(self) -> None:
        self.areas: dict[AreaId, Area] = {}
        self.points: dict[AccessPointId, AccessPoint] = {}
        self.schedules: dict[ScheduleId, Schedule] = {}
        self.levels: dict[LevelId, Level] = {}
        self.credentials: dict[CredentialToken, Credential] = {}
        self.doors: dict[DoorId, DoorHours] = {}
        self._level_sets: dict[tuple[LevelId, ...], tuple[LevelId, ...]] = {}
        self._instants: dict[datetime | None, datetime | None] = {}

    def add(self, line: SnapshotLine) -> None:
        match line:
            case CredentialLine():
                levels = tuple(LevelId(level) for level in line.levels)
                self.credentials[CredentialToken(line.token)] = Credential(
                    PersonId(line.person),
                    self._level_sets.setdefault(levels, levels),
                    line.status,
                    self._instants.setdefault(line.valid_from, line.valid_from),
                    self._instants.setdefault(line.valid_until, line.valid_until),
                    line.pin,
                    line.duress_pin,
                    line.escorted,
                    line.passback_exempt,
                    line.extended,
                )
            case AreaLine():
                self.areas[AreaId(line.id)] = Area(
                    AreaId(line.id),
                    line.offline_minutes_max * _MINUTE,
                    line.on_journal_failure,
                    line.on_stale,
                    line.passback,
                    None if line.passback_minutes is None else line.passback_minutes * _MINUTE,
                    line.occupancy_max,
                    line.two_person,
                )
            case DoorLine():
                door = DoorId(line.door)
                self.doors[door] = DoorHours(door, ScheduleId(line.unlocked), line.first_card)
            case PointLine():
                self.points[AccessPointId(line.id)] = AccessPoint(
                    AccessPointId(line.id),
                    DoorId(line.door),
                    AreaId(line.area_from),
                    AreaId(line.area_to),
                    line.minimum_assurance,
                    line.egress,
                    line.attendance,
                    None if line.pin is None else ScheduleId(line.pin),
                )
            case ScheduleLine():
                opens_at, closes_at = zip(*line.windows, strict=True) if line.windows else ((), ())
                self.schedules[ScheduleId(line.id)] = Schedule(ScheduleId(line.id), opens_at, closes_at)
            case LevelLine():
                points = {AccessPointId(point): ScheduleId(schedule) for point, schedule in line.points.items()}
                self.levels[LevelId(line.id)] = Level(LevelId(line.id), points, line.emergency)

    def finished(self, header: SnapshotHeader) -> PolicySnapshot:
        policy = PolicySnapshot(
            header.policy_version,
            header.issued_at,
            self.areas,
            self.points,
            self.schedules,
            self.levels,
            self.credentials,
            self.doors,
        )
        _require_closed(policy)
        return policy


def _require_closed(policy: PolicySnapshot) -> None:
    """Refuse a snapshot that names what it does not define: a door must never meet a missing area or schedule."""
    missing: set[str | None] = set()
    schedules = policy.schedules.keys() | {ALWAYS}
    for point in policy.points.values():
        missing |= {point.area_from, point.area_to} - policy.areas.keys()
        missing |= {point.pin} - schedules - {None}
    for level in policy.levels.values():
        missing |= level.points.keys() - policy.points.keys()
        missing |= set(level.points.values()) - schedules
    missing |= {hours.unlocked for hours in policy.doors.values()} - schedules
    level_sets = {credential.levels for credential in policy.credentials.values()}
    missing |= {level for levels in level_sets for level in levels} - policy.levels.keys()
    if missing:
        raise MalformedMessageError(Fault.malformed, f"named but not defined: {', '.join(sorted(map(str, missing)))}")
