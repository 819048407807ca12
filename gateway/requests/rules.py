"""What a city counts and decides requests by: its profiles, each in its time, and its kinds of leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.attendance.leave_grants import GrantScheme
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.month import month_bounds
from domain.attendance.profile import InForce, Profile


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one city: its profiles by day; ``leave_kinds`` and the schemes of their grants by id.

    What is about a month goes by the profile of that month.
    """

    profiles: InForce
    leave_kinds: Mapping[str, LeaveKind] = field(default_factory=dict)
    leave_schemes: Mapping[str, GrantScheme] = field(default_factory=dict)

    def profile_on(self, day: date) -> Profile:
        """Give the profile that holds on a day."""
        return self.profiles.on(day)

    def profile_of(self, period: str) -> Profile:
        """Give the profile of a month (``YYYY-MM``).

        Raises:
            ValueError: ``period`` is no month.
        """
        return self.profiles.on(month_bounds(period)[1])

    @property
    def leave_routes(self) -> Mapping[str, tuple[str, ...]]:
        """Give the way that each kind of leave goes."""
        return {kind.id: kind.route for kind in self.leave_kinds.values()}
