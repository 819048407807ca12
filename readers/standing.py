"""The overrides that a restart must find again: a lock-down does not end because a box lost power.

One small file, replaced whole and synced before an override takes effect. Ends are kept by the wall clock, for the
monotonic one begins anew with each boot.
"""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from contract.fields import Id, Instant
from domain.access.door import DoorMode, Override
from domain.ids import DoorId
from readers.events import Moment

FILE = "standing.json"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    door: Id
    source: str
    mode: DoorMode
    priority: int
    until_at: Instant | None = None


_KEPT = TypeAdapter(tuple[_Kept, ...])
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
    half = folder / f"{FILE}.part"
    with half.open("wb") as file:
        file.write(_KEPT.dump_json(kept))
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / FILE)


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
        kept = _KEPT.validate_json(data)
    except ValidationError:
        raise ValueError(f"{FILE} holds no overrides") from None
    return tuple(
        (DoorId(each.door), _override(each, moment))
        for each in kept
        if each.until_at is None or each.until_at > moment.at
    )


def _override(kept: _Kept, moment: Moment) -> Override:
    until = None if kept.until_at is None else moment.mono + (kept.until_at - moment.at).total_seconds()
    return Override(kept.source, kept.mode, kept.priority, until)
