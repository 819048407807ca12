"""Where a version stands that somebody entered: it counts once another one approves it, until the next replaces it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class VersionState(StrEnum):
    """Whether it counts."""

    waiting = "waiting"
    approved = "approved"
    refused = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who entered a version and who said what of it; ``id`` counts versions of all things of the table."""

    id: int
    state: VersionState
    asked_by: str
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
