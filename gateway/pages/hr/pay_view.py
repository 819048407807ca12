"""A month on its way to payroll, as its pages show it. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from domain.attendance.month import month_bounds
from domain.attendance.pay_line import LineState
from store.payroll import PayrollBatch

ORDER = (LineState.refused, LineState.sent, LineState.made, LineState.confirmed, LineState.superseded)
"""The states in the order in which they want to be looked at."""


class StateCount(NamedTuple):
    """How many lines are how far."""

    state: LineState
    lines: int


class PayMonth(NamedTuple):
    """A month: people whose month is closed, those who are still due, and its lines by state.

    ``confirmed_percent`` is of the lines that payroll is to have; None without any.
    """

    period: str
    first_on: date
    closed: int
    due: int
    states: tuple[StateCount, ...]
    confirmed_percent: int | None


class PayBatch(NamedTuple):
    """A file that was handed over: when, for how many people, and how far its lines are."""

    id: str
    made_at: datetime
    layout: str
    people: int
    size_bytes: int
    states: tuple[StateCount, ...]


def view_month(period: str, closed: int, due: Collection[str], states: Mapping[LineState, int]) -> PayMonth:
    """Put a month together."""
    wanted = sum(count for state, count in states.items() if state is not LineState.superseded)
    percent = states.get(LineState.confirmed, 0) * 100 // wanted if wanted else None
    return PayMonth(period, month_bounds(period)[0], closed, len(due), list_states(states), percent)


def view_batches(
    batches: Iterable[tuple[datetime, PayrollBatch]], states: Mapping[str, Mapping[LineState, int]]
) -> list[PayBatch]:
    """Put a month's files together, the latest first."""
    shown = [
        PayBatch(each.id, at, each.layout, each.lines, len(each.content), list_states(states.get(each.id, {})))
        for at, each in batches
    ]
    return shown[::-1]


def list_states(states: Mapping[LineState, int]) -> tuple[StateCount, ...]:
    """Give counts in the order in which they want to be looked at; what is not there is left out."""
    return tuple(StateCount(state, states[state]) for state in ORDER if states.get(state))
