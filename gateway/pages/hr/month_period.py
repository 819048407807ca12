"""The month that a page of a month's end speaks of: the one asked for, else the last one."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from fastapi import HTTPException

from domain.attendance.completeness import month_over_at
from domain.attendance.duty_clock import duty_today
from domain.attendance.month import month_bounds
from domain.attendance.profile import InForce
from gateway.pages.drawing.months import if_begun, is_month, month_of, shift_month


@dataclass(frozen=True, slots=True)
class EndedMonth:
    """A month ``YYYY-MM`` with its first and last day; ``after`` is empty where that month has not begun.

    ``over_at`` is when its last duty day is over.
    """

    name: str
    first_on: date
    last_on: date
    before: str
    after: str
    over_at: datetime
    is_over: bool


def find_month(name: str, now: datetime, profile: InForce) -> EndedMonth:
    """Give the month of a path or an address; without a name it is the last one.

    Raises:
        HTTPException: 404, it is no month or has not begun.
    """
    today = duty_today(now, profile)
    name = name or shift_month(month_of(today), -1)
    if not is_month(name) or not if_begun(name, today):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    first_on, last_on = month_bounds(name)
    over_at = month_over_at(name, profile)
    return EndedMonth(
        name,
        first_on,
        last_on,
        shift_month(name, -1),
        if_begun(shift_month(name, 1), today),
        over_at,
        now >= over_at,
    )
