"""The four roles of a repository of releases, and how long the word of each counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

ROLES = (Root.type, Targets.type, Snapshot.type, Timestamp.type)
DAYS: Mapping[str, float] = MappingProxyType({Root.type: 365, Targets.type: 90, Snapshot.type: 14, Timestamp.type: 2})
"""How long each role's word counts unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Days by role."""

    days: Mapping[str, float] = field(default_factory=lambda: DAYS)

    def of(self, role: str) -> timedelta:
        """Give how long a role's word counts."""
        return timedelta(days=self.days[role])


def empty_word(role: str) -> Metadata[Any]:
    """Give the word of a role that has not said anything yet."""
    signed = {Root.type: Root, Targets.type: Targets, Snapshot.type: Snapshot, Timestamp.type: Timestamp}[role]()
    signed.version = 0
    return Metadata(signed)
