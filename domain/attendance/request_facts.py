"""What a request is held against: the person's time around it, what is closed, and what else was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain

from domain.attendance.facts import MonthFacts
from domain.attendance.hours_off import HoursOff
from domain.attendance.plan import Plan, derive_plan
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    HoursOffRequest,
    Request,
    SwapRequest,
    days_of,
)
from domain.civil import month_end

YEARS_MAX = 2
"""How far from the day of asking a request may reach, either way."""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The facts of one request.

    ``time`` holds whole months around its days, with what is in force. ``asked_at`` is the axis minute at which it was
    asked, so that an approval a day later finds it as beforehand as it was. ``divergences`` are the names of those that
    the days have now. ``hours_off`` is what the month that a 超勤代休時間 speaks of gives; ``hours_off_taken`` the
    minutes taken of it.
    """

    time: MonthFacts
    asked_at: int
    joined_on: date | None = None
    left_on: date | None = None
    closed: frozenset[str] = frozenset()
    waiting: tuple[Request, ...] = ()
    divergences: frozenset[str] = frozenset()
    hours_off: HoursOff | None = None
    hours_off_taken: int = 0
    plan: Plan = field(default_factory=dict)

    def planned(self) -> "RequestFacts":
        """Give the same facts with the plan of their days.

        Raises:
            ImpossiblePlanError: what is in force fits no plan.
        """
        return replace(self, plan=derive_plan(self.time))


def list_periods(request: Request, consecutive_days_max: int) -> tuple[str, ...]:
    """Give the months (``YYYY-MM``) whose facts a request is held against, in order.

    A swap is held against the run of days that it may lengthen, everything else against the days beside its own.
    """
    margin = timedelta(days=consecutive_days_max if isinstance(request, SwapRequest) else 1)
    first_on, last_on = days_of(request)
    first_on, last_on = first_on - margin, last_on + margin
    periods = []
    while first_on <= last_on:
        periods.append(f"{first_on:%Y-%m}")
        first_on = month_end(first_on) + timedelta(days=1)
    return tuple(periods)


def list_days(request: Request) -> tuple[date, ...]:
    """Give the duty days whose count a request may change, in order: the two of a swap, every one of a leave."""
    match request:
        case SwapRequest(worked_on=one, off_on=other) | CompensatoryRequest(worked_on=one, off_on=other):
            return tuple(sorted({one, other}))
        case DivergenceAnswer() | HoursOffRequest():
            return (request.on,)
        case _:
            first_on, last_on = days_of(request)
            return tuple(first_on + timedelta(days=each) for each in range((last_on - first_on).days + 1))


def join_facts(months: Iterable[MonthFacts]) -> MonthFacts:
    """Give the facts of months that follow each other as one; what two of them hold stands once.

    Raises:
        ValueError: there is no month.
    """
    parts = sorted(months, key=lambda each: each.first_on)
    if not parts:
        raise ValueError("expected the facts of at least one month")
    former = {each.until_on: each for part in parts for each in part.staff.former}
    return replace(
        parts[0],
        profile=parts[-1].profile,
        former_profiles=parts[-1].former_profiles,
        staff=replace(parts[-1].staff, former=tuple(former[until_on] for until_on in sorted(former))),
        last_on=parts[-1].last_on,
        shifts={on: shift for each in parts for on, shift in each.shifts.items()},
        punches=tuple(dict.fromkeys(chain.from_iterable(each.punches for each in parts))),
        orders=tuple(dict.fromkeys(chain.from_iterable(each.orders for each in parts))),
        swaps=tuple(dict.fromkeys(chain.from_iterable(each.swaps for each in parts))),
        compensatory=tuple(dict.fromkeys(chain.from_iterable(each.compensatory for each in parts))),
        leave=tuple(dict.fromkeys(chain.from_iterable(each.leave for each in parts))),
        elsewhere=tuple(dict.fromkeys(chain.from_iterable(each.elsewhere for each in parts))),
        holidays=frozenset().union(*(each.holidays for each in parts)),
    )
