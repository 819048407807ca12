"""A kind of file: which columns it has, and what one file of it would change before anything is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.attendance.profile import InForce
from store.tx import Tx
from sync.hr.csv_text import Line
from sync.hr.differences import Differences


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's lines and what is needed to read them; ``columns`` is the field by heading of this file.

    ``leave_kinds`` gives the id of each kind of leave that is granted, by every word that may stand for it.
    """

    lines: Sequence[Line]
    columns: Mapping[str, str]
    site_key: bytes
    effective_on: date
    profile: InForce
    leave_kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change, and what changes it; ``write`` belongs into the transaction that made the plan."""

    differences: Differences
    write: Callable[[Tx], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    ``columns`` gives the field by every heading it knows, ``plan`` holds a file against what stands and raises CsvError
    for what is wrong in it. ``is_whole``: a file speaks for everybody, so a later one speaks over an earlier one.
    """

    columns: Mapping[str, str]
    required: frozenset[str]
    is_whole: bool
    plan: Callable[[Tx, Reading], Plan]
