"""What is in which slot, and where the latest update stands: one frozen value, written down whole."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

Slot = Literal["a", "b"]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Phase(StrEnum):
    """Where the latest update stands."""

    idle = "idle"
    staged = "staged"
    on_trial = "on_trial"
    kept = "kept"
    returned = "returned"


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its name (``0.2.0``) and its serial, which orders releases."""

    name: str
    serial: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A release that was taken back, why, and whether the box has told the centre."""

    release: Release
    cause: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """The whole state.

    ``active`` is the slot of the ``proven`` release; None for the installation that the installer laid down, to which
    the first update returns. ``candidate`` is what the other slot holds, while it holds something whole. ``floor`` is
    the highest serial that was ever on trial, ``since_at`` (by the box's clock) when the phase began.
    """

    phase: Phase = Phase.idle
    active: Slot | None = None
    proven: Release | None = None
    candidate: Release | None = None
    starts: int = 0
    floor: int = 0
    failure: Failure | None = None
    since_at: datetime = NEVER

    @property
    def free(self) -> Slot:
        """The slot that may be overwritten."""
        return "b" if self.active == "a" else "a"

    @property
    def slot(self) -> Slot | None:
        """The slot to run from now; None for the first installation."""
        return self.free if self.phase is Phase.on_trial else self.active

    @property
    def release(self) -> Release | None:
        """The release to run now; None for the first installation."""
        return self.candidate if self.phase is Phase.on_trial else self.proven
