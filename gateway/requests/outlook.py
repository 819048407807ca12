"""What an application that waits would change, as values: its day, its month, the caps and the balance."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.divergence import Divergence
from domain.attendance.facts import MonthFacts
from domain.attendance.forecast import CapForecast
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.month import PersonMonth
from domain.attendance.request_fault import RequestFault
from domain.attendance.requests import Request


class Caution(StrEnum):
    """What somebody has to look into before deciding, beside divergences, caps and faults."""

    broken_content = "broken_content"  # the stored content is not what was submitted
    impossible_plan = "impossible_plan"  # it fits no plan
    wants_to_end = "wants_to_end"  # what was approved shall end
    explains = "explains"  # an explanation is somebody's to believe
    on_site = "on_site"  # there are taps on a day of leave


@dataclass(frozen=True, slots=True)
class LeaveOutlook:
    """The balance of a kind before it is taken; ``left_minutes`` None where nothing limits it."""

    kind: LeaveKind
    left_minutes: int | None
    taken_minutes: int
    day_minutes: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """An application's month as it is and as it would be.

    ``facts``, ``before`` and ``after`` are the month of its first day; ``before`` and ``after`` are missing where that
    month fits no plan. ``diverging`` are the divergences of its days as they would be, by day. ``caps`` are told of
    overtime alone, by the orders that would stand then.
    """

    request: Request | None
    facts: MonthFacts
    before: PersonMonth | None = None
    after: PersonMonth | None = None
    diverging: tuple[tuple[date, Divergence], ...] = ()
    caps: tuple[CapForecast, ...] = ()
    leave: LeaveOutlook | None = None
    faults: tuple[RequestFault, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def crossed(self) -> tuple[CapForecast, ...]:
        """Give the caps that would be crossed."""
        return tuple(cap for cap in self.caps if cap.crossed_at is not None)

    @property
    def is_clear(self) -> bool:
        """Tell whether nothing diverges: it may be approved with others at once."""
        return not (self.diverging or self.crossed or self.faults or self.cautions)
