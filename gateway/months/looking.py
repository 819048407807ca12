"""Looking through months for divergences: the queue's index follows the count, some persons at a time.

A month is due when something of it changed and whenever another duty day is over, for a day is judged only then.
"""

from datetime import datetime, timedelta

from domain.attendance.caps import year_bounds, year_of
from domain.attendance.completeness import month_over_at
from domain.attendance.duty_clock import duty_starts_at, duty_today
from domain.attendance.month import PersonMonth
from domain.attendance.overtime_report import MonthSums, sum_overtime
from domain.attendance.profile import InForce
from domain.attendance.requests import divergence_subject
from domain.civil import month_end
from gateway.months.checking import find_unrecorded
from gateway.months.counting import count_people
from gateway.months.telling import tell_of_months
from store.divergent_days import (
    FoundDivergence,
    claim_looks,
    list_due_looks,
    list_forgotten,
    save_looks,
)
from store.overtime_sums import save_sums
from store.people import load_persons
from store.tx import Tx

PEOPLE_AT_ONCE = 50
"""How many persons one transaction takes: on SQLite nobody else writes meanwhile."""


def look_due_at(period: str, now: datetime, profile: InForce) -> datetime:
    """Give the instant since which a look at a month still holds: its last duty day that is over ended then.

    Raises:
        ValueError: ``period`` is no month.
    """
    return min(duty_starts_at(duty_today(now, profile), profile), month_over_at(period, profile))


def look_for_divergences(tx: Tx, profile: InForce, *, limit: int = PEOPLE_AT_ONCE) -> int:
    """Look through up to ``limit`` persons' months that are due; gives how many. Call until it is 0."""
    for period in _list_periods(tx, profile):
        due = list_due_looks(tx, period, look_due_at(period, tx.now, profile), limit)
        if due:
            look_through(tx, due, period, profile)
            return len(due)
    return 0


def look_through(tx: Tx, person_ids: list[str], period: str, profile: InForce) -> None:
    """Count these months, keep what diverges in them and the overtime that reports add up, and tell people of it.

    Raises:
        ValueError: ``period`` is no month.
    """
    claim_looks(tx, period, person_ids)
    found: dict[str, list[FoundDivergence]] = {each: [] for each in person_ids}
    sums: dict[str, MonthSums] = {each: MonthSums() for each in person_ids}
    people, unrecorded = load_persons(tx, person_ids), {}
    counts = list(count_people(tx, person_ids, period, profile))
    for counted in counts:
        if counted.month is not None:
            unrecorded[counted.person_id] = len(find_unrecorded(counted, people[counted.person_id]))
            found[counted.person_id] = list_divergences(counted.month)
            sums[counted.person_id] = sum_overtime(counted.month, counted.staff)
    save_looks(tx, period, found, unrecorded)
    tell_of_months(tx, counts, period, profile)
    save_sums(tx, period, sums)


def list_divergences(month: PersonMonth) -> list[FoundDivergence]:
    """Give what diverges in a counted month, settled or not."""
    return [
        FoundDivergence(divergence_subject(day.on, each), day.on, each.kind.value, each.minutes)
        for day in month.days
        for each in day.divergences
    ]


def _list_periods(tx: Tx, profile: InForce) -> list[str]:
    """Give this month, the last one, those in which something changed, and the rest of the year that caps count.

    The last one comes first: it will be closed.
    """
    today = duty_today(tx.now, profile)
    last = today.replace(day=1) - timedelta(days=1)
    own = profile.on(today)
    year_from_on, _ = year_bounds(year_of((today.year, today.month), own), own)
    months = (today.month - year_from_on.month) % 12
    year = (f"{month_end(year_from_on, months=each):%Y-%m}" for each in range(months))
    return list(dict.fromkeys((f"{last:%Y-%m}", f"{today:%Y-%m}", *list_forgotten(tx), *year)))
