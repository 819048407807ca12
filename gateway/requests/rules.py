"""What a city decides requests by: its profile and its kinds of leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.attendance.leave_grants import GrantScheme
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.profile import Profile


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one city; ``leave_kinds`` and the schemes of their grants by id."""

    profile: Profile
    leave_kinds: Mapping[str, LeaveKind] = field(default_factory=dict)
    leave_schemes: Mapping[str, GrantScheme] = field(default_factory=dict)

    @property
    def leave_routes(self) -> Mapping[str, tuple[str, ...]]:
        """Give the way that each kind of leave goes."""
        return {kind.id: kind.route for kind in self.leave_kinds.values()}
