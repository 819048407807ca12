"""The policy on the wire: a snapshot as newline-delimited JSON, and the signed pointer that names it.

The pointer is retained on the device's topic and sent again as a heartbeat: ``confirmed_at`` is the instant at which
the centre stood by that version, and the offline age counts from the latest one a device has seen. The snapshot is
fetched by version and believed only if its SHA-256 is the pointer's ``digest``.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from contract.errors import Fault, MalformedMessageError, explain_envelope
from contract.fields import HexDigest, Id, Instant, Seq
from contract.policy_lines import (
    AreaLine,
    CredentialLine,
    LevelLine,
    PointLine,
    ScheduleLine,
    SnapshotHeader,
    SnapshotLine,
)
from contract.signatures import SignedMessage
from domain.access.policy import (
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId


class PolicyPointer(SignedMessage):
    """The version a device should hold, and that the centre stood by it at ``confirmed_at``."""

    kind: Literal["policy.pointer"] = "policy.pointer"
    version: Literal[1] = 1
    device: Id
    policy_version: Seq
    digest: HexDigest
    size: Annotated[int, Field(ge=1)]
    confirmed_at: Instant


def decode_pointer(payload: bytes) -> PolicyPointer:
    """Read a policy pointer; its signature is still to be checked.

    Raises:
        MalformedMessageError: no pointer, or one of a future version.
    """
    try:
        return PolicyPointer.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "policy pointer") from None


_LINE: TypeAdapter[SnapshotLine] = TypeAdapter(Annotated[SnapshotLine, Field(discriminator="kind")])


def encode_snapshot(policy: PolicySnapshot) -> bytes:
    """Give the snapshot's bytes; equal snapshots give equal bytes."""
    return b"\n".join(_encode_lines(policy))


def _encode_lines(policy: PolicySnapshot) -> Iterator[bytes]:
    yield SnapshotHeader(policy_version=policy.version, issued_at=policy.issued_at).model_dump_json().encode()
    for area in _in_order(policy.areas):
        minutes = int(area.offline_age_max / timedelta(minutes=1))
        yield _dump(AreaLine(id=area.id, offline_minutes_max=minutes, on_journal_failure=area.on_journal_failure))
    for point in _in_order(policy.points):
        yield _dump(PointLine(**{name: getattr(point, name) for name in PointLine.model_fields if name != "kind"}))
    for schedule in _in_order(policy.schedules):
        windows = tuple(zip(schedule.opens_at, schedule.closes_at, strict=True))
        yield _dump(ScheduleLine(id=schedule.id, windows=windows))
    for level in _in_order(policy.levels):
        yield _dump(LevelLine(id=level.id, points=dict(sorted(level.points.items()))))
    yield from _encode_credentials(policy)


def _encode_credentials(policy: PolicySnapshot) -> Iterator[bytes]:
    # Written by hand because a city has 100,000 of them, and what repeats is written once; the reader below validates
    # each line in full.
    quoted = json.encoder.encode_basestring_ascii
    levels_text = lru_cache(None)(lambda levels: json.dumps(levels, separators=(",", ":")))
    instant_text = lru_cache(None)(lambda at: at.astimezone(UTC).isoformat())
    for token, credential in sorted(policy.credentials.items()):
        levels = levels_text(credential.levels)
        line = f'{{"kind":"credential","token":"{token}","person":{quoted(credential.person)},"levels":{levels}'
        if credential.status is not CredentialStatus.active:
            line += f',"status":"{credential.status}"'
        if credential.valid_from is not None:
            line += f',"valid_from":"{instant_text(credential.valid_from)}"'
        if credential.valid_until is not None:
            line += f',"valid_until":"{instant_text(credential.valid_until)}"'
        yield f"{line}}}".encode()


def _dump(line: BaseModel) -> bytes:
    return line.model_dump_json().encode()


def _in_order(things: Any) -> list[Any]:
    return [things[key] for key in sorted(things)]


def snapshot_digest(data: bytes) -> str:
    """Give the digest that a pointer names."""
    return sha256(data).hexdigest()


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
                )
            case AreaLine():
                age = timedelta(minutes=line.offline_minutes_max)
                self.areas[AreaId(line.id)] = Area(AreaId(line.id), age, line.on_journal_failure)
            case PointLine():
                self.points[AccessPointId(line.id)] = AccessPoint(
                    AccessPointId(line.id),
                    DoorId(line.door),
                    AreaId(line.area_from),
                    AreaId(line.area_to),
                    line.minimum_assurance,
                    line.egress,
                    line.attendance,
                )
            case ScheduleLine():
                opens_at, closes_at = zip(*line.windows, strict=True) if line.windows else ((), ())
                self.schedules[ScheduleId(line.id)] = Schedule(ScheduleId(line.id), opens_at, closes_at)
            case LevelLine():
                points = {AccessPointId(point): ScheduleId(schedule) for point, schedule in line.points.items()}
                self.levels[LevelId(line.id)] = Level(LevelId(line.id), points)

    def finished(self, header: SnapshotHeader) -> PolicySnapshot:
        policy = PolicySnapshot(
            header.policy_version,
            header.issued_at,
            self.areas,
            self.points,
            self.schedules,
            self.levels,
            self.credentials,
        )
        _require_closed(policy)
        return policy


def _require_closed(policy: PolicySnapshot) -> None:
    """Refuse a snapshot that names what it does not define: a door must never meet a missing area or schedule."""
    missing: set[str] = set()
    for point in policy.points.values():
        missing |= {point.area_from, point.area_to} - policy.areas.keys()
    for level in policy.levels.values():
        missing |= level.points.keys() - policy.points.keys()
        missing |= set(level.points.values()) - policy.schedules.keys() - {"always"}
    level_sets = {credential.levels for credential in policy.credentials.values()}
    missing |= {level for levels in level_sets for level in levels} - policy.levels.keys()
    if missing:
        raise MalformedMessageError(Fault.malformed, f"named but not defined: {', '.join(sorted(missing))}")
