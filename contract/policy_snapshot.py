"""Writing a policy snapshot: newline-delimited JSON, a header and then one thing a line (``contract.policy_lines``).

Read by ``contract.policy_reading``.
"""

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from contract.policy_lines import AreaLine, DoorLine, LevelLine, PointLine, ScheduleLine, SnapshotHeader
from domain.access.policy import Area, CredentialStatus, PolicySnapshot

_MINUTE = timedelta(minutes=1)
_FLAGS = ("escorted", "passback_exempt", "extended")


def encode_snapshot(policy: PolicySnapshot) -> bytes:
    """Give the snapshot's bytes; equal snapshots give equal bytes."""
    return b"\n".join(_encode_lines(policy))


def _encode_lines(policy: PolicySnapshot) -> Iterator[bytes]:
    yield SnapshotHeader(policy_version=policy.version, issued_at=policy.issued_at).model_dump_json().encode()
    for area in _in_order(policy.areas):
        yield _dump(_area_line(area))
    for point in _in_order(policy.points):
        yield _dump(PointLine(**{name: getattr(point, name) for name in PointLine.model_fields if name != "kind"}))
    for door in _in_order(policy.doors):
        yield _dump(DoorLine(door=door.door, unlocked=door.unlocked, first_card=door.first_card))
    for schedule in _in_order(policy.schedules):
        windows = tuple(zip(schedule.opens_at, schedule.closes_at, strict=True))
        yield _dump(ScheduleLine(id=schedule.id, windows=windows))
    for level in _in_order(policy.levels):
        yield _dump(LevelLine(id=level.id, points=dict(sorted(level.points.items())), emergency=level.emergency))
    yield from _encode_credentials(policy)


def _area_line(area: Area) -> AreaLine:
    fades = area.passback_fades
    return AreaLine(
        id=area.id,
        offline_minutes_max=area.offline_age_max // _MINUTE,
        on_journal_failure=area.on_journal_failure,
        on_stale=area.on_stale,
        passback=area.passback,
        passback_minutes=None if fades is None else fades // _MINUTE,
        occupancy_max=area.occupancy_max,
        two_person=area.two_person,
    )


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
        if credential.pin is not None:
            line += f',"pin":"{credential.pin}"'
        if credential.duress_pin is not None:
            line += f',"duress_pin":"{credential.duress_pin}"'
        for flag in _FLAGS:
            if getattr(credential, flag):
                line += f',"{flag}":true'
        yield f"{line}}}".encode()


def _dump(line: BaseModel) -> bytes:
    return line.model_dump_json().encode()


def _in_order(things: Any) -> list[Any]:
    return [things[key] for key in sorted(things)]


def snapshot_digest(data: bytes) -> str:
    """Give the digest that a pointer names."""
    return sha256(data).hexdigest()
