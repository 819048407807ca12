"""The overrides and the threat level that a restart must find again: a lock-down does not end because power was lost.

One small file, replaced whole and synced before an override takes effect. Ends are kept by the wall clock, for the
monotonic one begins anew with each boot. A wall clock that reads earlier than when the file was written is wrong (a box
without a battery wakes in 1970): then nothing comes back that frees a door, and what locks one comes back for as long
as it had left. Fire comes back whatever the clock says, and so does a threat level: a person declared it, and its end
is compared with an instant that never lies before the centre's last word (``readers.controller``).
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from contract.fields import Id, Instant
from domain.access.door import FIRE_SOURCE, DoorMode, Override
from domain.access.door_table import MODES
from domain.access.threat import NOTHING_DECLARED, Declaration, ThreatLevel
from domain.ids import DoorId
from readers.events import Moment
from readers.whole_file import replace_file

FILE = "standing.json"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    door: Id
    source: str
    mode: DoorMode
    priority: int
    until_at: Instant | None = None


class _KeptThreat(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    level: ThreatLevel
    declared_at: Instant
    until: Instant | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    kept_at: Instant
    overrides: tuple[_Kept, ...]
    threat: _KeptThreat | None = None


Standing = Sequence[tuple[DoorId, Override]]


def save_standing(folder: Path, overrides: Standing, moment: Moment, threat: Declaration = NOTHING_DECLARED) -> None:
    """Write the overrides and the threat level down.

    Raises:
        OSError: the disk refused; what was written before stands.
    """
    kept = tuple(
        _Kept(
            door=door,
            source=override.source,
            mode=override.mode,
            priority=override.priority,
            until_at=None
            if override.until_mono is None
            else moment.at + timedelta(seconds=override.until_mono - moment.mono),
        )
        for door, override in overrides
    )
    declared = None
    if threat != NOTHING_DECLARED:
        declared = _KeptThreat(id=threat.id, level=threat.level, declared_at=threat.declared_at, until=threat.until)
    file = _File(kept_at=moment.at, overrides=kept, threat=declared)
    replace_file(folder / FILE, file.model_dump_json().encode())


def load_standing(folder: Path, moment: Moment) -> tuple[tuple[DoorId, Override], ...]:
    """Read the overrides whose time is not over.

    Raises:
        ValueError: the file is there and cannot be understood.
        OSError: it cannot be read.
    """
    file = _read(folder)
    if file is None:
        return ()
    try:
        found = [(DoorId(each.door), _override(each, file, moment)) for each in file.overrides]
    except ValueError:
        raise ValueError(f"{FILE} holds no overrides") from None
    return tuple((door, override) for door, override in found if override is not None)


def load_threat(folder: Path) -> Declaration:
    """Read the latest declaration of a threat level; whether its time is over is the controller's to say.

    Raises:
        ValueError: the file is there and cannot be understood.
        OSError: it cannot be read.
    """
    file = _read(folder)
    if file is None or file.threat is None:
        return NOTHING_DECLARED
    kept = file.threat
    return Declaration(kept.id, kept.level, kept.declared_at, kept.until)


def _read(folder: Path) -> _File | None:
    try:
        return _File.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        raise ValueError(f"{FILE} holds no overrides") from None


def _override(kept: _Kept, file: _File, moment: Moment) -> Override | None:
    clock_went_back = moment.at < file.kept_at
    if clock_went_back and MODES[kept.mode].frees and kept.source != FIRE_SOURCE:
        return None
    if kept.until_at is None:
        return Override(kept.source, kept.mode, kept.priority)
    left = (kept.until_at - max(moment.at, file.kept_at)).total_seconds()
    return Override(kept.source, kept.mode, kept.priority, moment.mono + left) if left > 0 else None
