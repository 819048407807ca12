"""The month that a page of a month's end speaks of: the one asked for, else the last one."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from fastapi import HTTPException

from domain.attendance.completeness import month_over_at
from domain.attendance.duty_clock import duty_today
from domain.attendance.month import month_bounds
from domain.attendance.profile import InForce

_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


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
    name = name or f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    if _PERIOD.fullmatch(name) is None or month_bounds(name)[0] > today:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    first_on, last_on = month_bounds(name)
    after = last_on + timedelta(days=1)
    over_at = month_over_at(name, profile)
    return EndedMonth(
        name,
        first_on,
        last_on,
        f"{first_on - timedelta(days=1):%Y-%m}",
        f"{after:%Y-%m}" if after <= today else "",
        over_at,
        now >= over_at,
    )
