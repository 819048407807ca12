"""What leave is due and when: schemes (付与の型) as values, a person's terms, the year's grant, the carry-over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.attendance.facts import Employment
from domain.attendance.leave_balance import Lot, Taking, settle
from domain.attendance.leave_kinds import LeaveKind, leave_year
from domain.attendance.leave_minutes import carry_over
from domain.attendance.profile import Profile
from domain.civil import month_end

WEEK_DAYS = 5
FULL_TIME = "full_time"
"""The scheme of full-timers, by its id."""


class LeaveSource(StrEnum):
    """Where a lot comes from; the words under which it is stored."""

    grant = "grant"  # 付与 by the rule
    carried = "carried"  # 繰越 by the rule; again with the difference when the year before changes
    hr = "hr"  # as HR's file has it: stands in place of the rule's grant
    correction = "correction"  # by hand, also of fewer minutes than none


GIVEN = frozenset({LeaveSource.grant, LeaveSource.hr})
"""The sources that make the grant of a year."""


class Basis(StrEnum):
    """What a grant follows: the leave year of everybody, or the person's own service."""

    year = "year"
    service = "service"


@dataclass(frozen=True, slots=True)
class GrantScheme:
    """How many days are granted.

    By ``year``: ``days`` at its beginning; who joins within it has ``joining_days`` by the months that have passed.
    By ``service``: after ``first_after_months`` and every year from then, ``service_days`` by the days of work in a
    week and the grants before; the last figure holds on.
    """

    id: str
    kind: str
    basis: Basis
    days: int = 0
    joining_days: tuple[int, ...] = ()
    first_after_months: int = 6
    service_days: Mapping[int, tuple[int, ...]] | None = None


@dataclass(frozen=True, slots=True)
class LeaveTerms:
    """What a person's grants follow: scheme, service since a day, days of work in a week, minutes of the day."""

    scheme: str
    serves_from_on: date | None
    week_days: int
    day_minutes: int


@dataclass(frozen=True, slots=True)
class LeavePeriod:
    """A person's leave year: the lot of it holds from the first to the last day."""

    from_on: date
    until_on: date
    minutes: int

    @property
    def year_from_on(self) -> date:
        """Give the first day of the whole year that ends with it; earlier than ``from_on`` for who joined within."""
        return add_months(self.until_on + timedelta(days=1), -12)


def full_day_minutes(profile: Profile) -> int:
    """Give what a day of leave is to a full-timer: the longest day of the profile's week."""
    return max(shift.hours.net_minutes for shift in profile.week if shift.hours is not None)


def usual_terms(employment: str, joined_on: date | None, profile: Profile) -> LeaveTerms | None:
    """Give the terms of who has none of his own: a full-timer's; None for a part-timer, whose days must be told."""
    if employment != Employment.full_time.value:
        return None
    return LeaveTerms(FULL_TIME, joined_on, WEEK_DAYS, full_day_minutes(profile))


def leave_period(scheme: GrantScheme, kind: LeaveKind, terms: LeaveTerms, on: date) -> LeavePeriod | None:
    """Give the person's leave year around a day; None before the first grant.

    By the year, fewer days a week than five have their share of it, in minutes, rounded up.
    """
    if scheme.basis is Basis.service:
        return _by_service(scheme, terms, on)
    first_on, last_on = leave_year(kind.year_start, on)
    joined_on = terms.serves_from_on
    if joined_on is not None and joined_on > on:
        return None
    days = scheme.days
    if joined_on is not None and joined_on > first_on:
        passed = (joined_on.year - first_on.year) * 12 + joined_on.month - first_on.month
        first_on, days = joined_on, scheme.joining_days[passed] if scheme.joining_days else days
    share = days * terms.day_minutes * min(terms.week_days, WEEK_DAYS)
    return LeavePeriod(first_on, last_on, -(-share // WEEK_DAYS))


def carried_minutes(lots: Iterable[Lot], takings: Iterable[Taking], before: LeavePeriod, cap_minutes: int) -> int:
    """Give what goes into the year after ``before``: of its own lots, not of what was carried into it, up to a cap.

    人事院規則15-14 の型: what was carried over once is not carried over again. A lot that holds beyond the year carries
    itself.
    """
    lots = tuple(lots)
    settled = settle(lots, takings, before.until_on)
    fresh = sum(
        settled.left.get(lot.id, 0)
        for lot in lots
        if before.from_on <= lot.from_on and lot.until_on == before.until_on and not lot.is_carried
    )
    return carry_over(fresh, 1, cap_minutes)


def add_months(on: date, months: int) -> date:
    """Give the same day so many months later; the month's last day where it has none of that number."""
    last_on = month_end(on, months=months)
    return last_on.replace(day=min(on.day, last_on.day))


def _by_service(scheme: GrantScheme, terms: LeaveTerms, on: date) -> LeavePeriod | None:
    if terms.serves_from_on is None or scheme.service_days is None:
        return None
    first_on = add_months(terms.serves_from_on, scheme.first_after_months)
    if on < first_on:
        return None
    grants = on.year - first_on.year
    if add_months(first_on, 12 * grants) > on:
        grants -= 1
    by_year = scheme.service_days.get(min(terms.week_days, WEEK_DAYS), ())
    days = by_year[min(grants, len(by_year) - 1)] if by_year else 0
    until_on = add_months(first_on, 12 * (grants + 1)) - timedelta(days=1)
    return LeavePeriod(add_months(first_on, 12 * grants), until_on, days * terms.day_minutes)
