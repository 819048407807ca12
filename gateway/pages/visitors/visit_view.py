"""Visits as the pages show them: where each stands, what may be done about it by whom, and the desk's lists. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.access.visit_count import DayCount, count_day
from domain.access.visits import VisitAct, VisitState, list_acts, state_at
from store.visits import GuestVisit, VisitLine

ORDER = (
    VisitState.overdue,
    VisitState.arrived,
    VisitState.approved,
    VisitState.announced,
    VisitState.awaiting,
    VisitState.no_show,
    VisitState.left,
    VisitState.refused,
    VisitState.cancelled,
)
"""What the desk has to look at first."""


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit with its names, where it stands now, and what can be done about it now."""

    visit: GuestVisit
    host: str
    department: str
    state: VisitState
    acts: frozenset[VisitAct]

    def can(self, act: str) -> bool:
        """Tell whether an act can be done now, by whoever may."""
        return VisitAct(act) in self.acts


@dataclass(frozen=True, slots=True)
class DeskView:
    """The desk's day: who has not come back with a card, who is here, who is still to come, what is over; numbers."""

    overdue: tuple[VisitView, ...]
    inside: tuple[VisitView, ...]
    expected: tuple[VisitView, ...]
    over: tuple[VisitView, ...]
    count: DayCount


def view_visit(line: VisitLine, now: datetime) -> VisitView:
    """Give a visit as it is to be shown at an instant."""
    visit = line.visit
    state = state_at(visit.state, visit.valid_until, now)
    return VisitView(visit, line.host, line.department, state, list_acts(visit.times, now))


def view_visits(lines: Iterable[VisitLine], now: datetime) -> tuple[VisitView, ...]:
    """Give visits as they are to be shown, in their order."""
    return tuple(view_visit(line, now) for line in lines)


def view_desk(lines: Iterable[VisitLine], begins_at: datetime, ends_at: datetime, now: datetime) -> DeskView:
    """Give the desk's day from ``begins_at`` (inside) to ``ends_at`` (not)."""
    views = sorted(view_visits(lines, now), key=lambda view: (ORDER.index(view.state), view.visit.valid_from))
    expected = {VisitState.approved, VisitState.announced, VisitState.awaiting}
    here = {VisitState.overdue, VisitState.arrived}
    return DeskView(
        overdue=tuple(view for view in views if view.state is VisitState.overdue),
        inside=tuple(view for view in views if view.state is VisitState.arrived),
        expected=tuple(
            sorted((view for view in views if view.state in expected), key=lambda view: view.visit.valid_from)
        ),
        over=tuple(view for view in views if view.state not in expected | here),
        count=count_day((view.visit.times for view in views), begins_at, ends_at, now),
    )
