"""A month of few days: everything else is rest, so that a month is whole by what a test says of it."""

from collections.abc import Collection
from datetime import date

from domain.attendance.shift import REST
from store.rosters import PlannedShift, save_planned_shifts
from store.tx import Tx


def plan_duty_only(tx: Tx, days: Collection[int], people: Collection[str], *, month: int = 11) -> None:
    """Of a month of 2025, November unless said otherwise, only these days are these people's days of duty."""
    off = [date(2025, month, day) for day in range(1, 31) if day not in days]
    save_planned_shifts(tx, [PlannedShift(each, on, REST, "desk", "hr1") for each in people for on in off])
