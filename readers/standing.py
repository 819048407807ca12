"""The overrides that a restart must find again: a lock-down does not end because a box lost power.

One small file, replaced whole and synced before an override takes effect. Ends are kept by the wall clock, for the
monotonic one begins anew with each boot. A wall clock that reads earlier than when the file was written is wrong (a box
without a battery wakes in 1970): then nothing comes back that frees a door, and what locks one comes back for as long
as it had left. Fire comes back whatever the clock says.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from contract.fields import Id, Instant
from domain.access.door import FIRE_SOURCE, DoorMode, Override
from domain.access.door_table import MODES
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


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    kept_at: Instant
    overrides: tuple[_Kept, ...]


Standing = Sequence[tuple[DoorId, Override]]


def save_standing(folder: Path, overrides: Standing, moment: Moment) -> None:
    """Write the overrides down.

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
    replace_file(folder / FILE, _File(kept_at=moment.at, overrides=kept).model_dump_json().encode())


def load_standing(folder: Path, moment: Moment) -> tuple[tuple[DoorId, Override], ...]:
    """Read the overrides whose time is not over.

    Raises:
        ValueError: the file is there and cannot be understood.
        OSError: it cannot be read.
    """
    try:
        data = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return ()
    try:
        file = _File.model_validate_json(data)
        found = [(DoorId(each.door), _override(each, file, moment)) for each in file.overrides]
    except (ValidationError, ValueError):
        raise ValueError(f"{FILE} holds no overrides") from None
    return tuple((door, override) for door, override in found if override is not None)


def _override(kept: _Kept, file: _File, moment: Moment) -> Override | None:
    clock_went_back = moment.at < file.kept_at
    if clock_went_back and MODES[kept.mode].frees and kept.source != FIRE_SOURCE:
        return None
    if kept.until_at is None:
        return Override(kept.source, kept.mode, kept.priority)
    left = (kept.until_at - max(moment.at, file.kept_at)).total_seconds()
    return Override(kept.source, kept.mode, kept.priority, moment.mono + left) if left > 0 else None
