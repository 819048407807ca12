"""The folder that HR drops files into: ``staff.csv``, ``posts@2026-04-01.xlsx``; the day is when it takes effect."""

import re
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from contract.hr_file import BYTES_MAX
from sync.hr.cell_reader import read_day

DONE = "done"
REFUSED = "refused"
FORMS = frozenset({".csv", ".xlsx"})
"""Files of other endings stand untouched: one that is still being written has a name of its own until it is renamed."""

_NAME = re.compile(r"([a-z]+)(?:@([0-9]{4}-[0-9]{2}-[0-9]{2}))?\.(?:csv|xlsx)")


class InboxError(Exception):
    """A file in the folder cannot be taken; the text says why, Japanese first."""


class Dropped(NamedTuple):
    """A file in the folder: its kind and the day that its name gives, None for the day it is taken."""

    kind: str
    effective_on: date | None


def list_inbox(folder: Path) -> list[Path]:
    """Give the files of the folder that are meant for us, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in FORMS and path.is_file())


def read_name(name: str, kinds: Collection[str]) -> Dropped:
    """Say what a file's name means.

    Raises:
        InboxError: it is no name of ours.
    """
    match = _NAME.fullmatch(name)
    on = read_day(match[2]) if match and match[2] else None
    if match is None or match[1] not in kinds or (match[2] and on is None):
        raise InboxError(
            f"名前が違います。{' / '.join(kinds)} に @YYYY-MM-DD（適用日、省略可）と .csv か .xlsx を付けてください / "
            f"expected one of {', '.join(kinds)}, @YYYY-MM-DD if it takes effect later, and .csv or .xlsx"
        )
    return Dropped(match[1], on)


def read_dropped(path: Path) -> bytes:
    """Read a file of the folder.

    Raises:
        InboxError: it is larger than any file we read.
    """
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise InboxError(f"大きすぎます / larger than {BYTES_MAX // 1024 // 1024} MiB: {size} bytes")
    return path.read_bytes()


def set_aside(file: Path, folder: str, now: datetime) -> Path:
    """Move a file into a folder beside it, under a name of its own; gives where it lies now."""
    target = file.parent / folder / f"{file.stem}-{now:%Y%m%dT%H%M%S}{file.suffix}"
    target.parent.mkdir(exist_ok=True)
    return file.replace(target)
