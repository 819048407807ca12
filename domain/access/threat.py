"""How dangerous it is at a site now: an input to every decision, not a batch edit of doors (Genetec threat level)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class ThreatLevel(StrEnum):
    """The state of a site."""

    normal = "normal"
    lockdown = "lockdown"  # nobody enters; leaving is free
    evacuation = "evacuation"  # everybody leaves; nobody enters
    shelter = "shelter"  # 避難所開設: levels given for it open besides all others


SHUTTING = frozenset((ThreatLevel.lockdown, ThreatLevel.evacuation))
"""Levels in which only ways to safety open."""

SHELTER_TIME_MAX = timedelta(hours=72)
"""A shelter is opened for so long at most; whoever needs it longer declares it again."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A level that somebody declared; ``until`` ends it by itself, None lasts until the next declaration.

    ``id`` names it. Of two declarations the one with the later ``declared_at`` holds, in whatever order they arrive.
    """

    id: str
    level: ThreatLevel
    declared_at: datetime
    until: datetime | None = None

    def is_later_than(self, other: "Declaration") -> bool:
        """Tell whether this one holds in place of the other."""
        return self.declared_at > other.declared_at

    def is_over(self, at: datetime) -> bool:
        """Tell whether its time is over; what is normal never is."""
        return self.level is not ThreatLevel.normal and self.until is not None and at >= self.until

    def ended(self) -> "Declaration":
        """Give what is left of it once it is over: normal, and still later than those before it."""
        return replace(self, level=ThreatLevel.normal, until=None)

    def level_at(self, at: datetime) -> ThreatLevel:
        """Give the level that it makes hold at an instant."""
        return ThreatLevel.normal if self.is_over(at) else self.level


NOTHING_DECLARED = Declaration("none", ThreatLevel.normal, datetime.min.replace(tzinfo=UTC))
"""What holds before the first declaration."""
