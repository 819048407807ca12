"""A month's facts for many persons in one set of queries; what they mean is ``domain.attendance``'s business."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import select

from domain.attendance.caps import year_bounds, year_of
from domain.attendance.facts import (
    Compensatory,
    Employment,
    FormerStaff,
    MonthFacts,
    Order,
    Staff,
    Swap,
    Workplace,
)
from domain.attendance.flex_period import widen_to_periods
from domain.attendance.month import month_bounds
from domain.attendance.plan import PLAN_MARGIN
from domain.attendance.profile import InForce
from domain.attendance.spans import axis_minute
from domain.attendance.workplaces import Stay, follow_workplaces
from domain.civil import civil_minute, instant
from store.agreed_days import list_compensatory, list_elsewhere, list_swaps
from store.calendar import list_calendar
from store.former_employments import Employed, list_former_employments
from store.leaves import list_leave_days
from store.month_punches import axis_of, list_computer_use, list_month_punches
from store.orders import OvertimeOrder, list_orders
from store.rosters import Days, load_shifts, rows_of
from store.tables import person
from store.tx import Tx
from store.workplaces import list_stays


class UnknownPersonError(LookupError):
    """There is no person of this id."""

    def __init__(self, person_id: str) -> None:
        super().__init__(f"there is no person {person_id}")
        self.person_id = person_id


def load_month_facts(tx: Tx, person_id: str, period: str, profile: InForce) -> MonthFacts:
    """Give one person's facts of a month (``YYYY-MM``).

    Raises:
        UnknownPersonError: there is no such person.
        ValueError: ``period`` is no month.
    """
    facts = load_months_facts(tx, (person_id,), period, profile)
    if person_id not in facts:
        raise UnknownPersonError(person_id)
    return facts[person_id]


def load_months_facts(
    tx: Tx, person_ids: Collection[str] | None, period: str, profile: InForce
) -> dict[str, MonthFacts]:
    """Give the facts of a month (``YYYY-MM``) by person, unknown ids left out; None is everybody.

    The whole Sunday–Saturday weeks around the month are loaded with a day of margin, because the weekly hours of its
    first and last week need them (R2), and where flexible hours are adopted the whole settlement periods (L20). Days
    that are not over at ``tx.now`` are left open. Of rules with dates those that begin after the month are left out.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    return _load(tx, person_ids, (first_on, last_on), first_on, profile)


def load_year_facts(tx: Tx, person_ids: Collection[str] | None, period: str, profile: InForce) -> dict[str, MonthFacts]:
    """Give the facts of a month as :func:`load_months_facts` does, known from the first day of the profile's year on.

    They take as much longer to load and to count as the year is old; only caps over a year or several months need them.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    own = profile.on(last_on)
    year_from_on, _ = year_bounds(year_of((first_on.year, first_on.month), own), own)
    return _load(tx, person_ids, (first_on, last_on), year_from_on, profile)


def _load(
    tx: Tx, person_ids: Collection[str] | None, month: Days, known_from_on: date, profile: InForce
) -> dict[str, MonthFacts]:
    from_on = known_from_on - timedelta(days=known_from_on.isoweekday() % 7 + 1)
    to_on = month[1] + timedelta(days=8 - month[1].isoweekday() % 7)
    settled = widen_to_periods(month, profile)
    from_on = min(from_on, settled[0])
    days = from_on, max(to_on, settled[1])
    planned = days[0] - PLAN_MARGIN, days[1] + PLAN_MARGIN
    since, until = instant(from_on, 0), instant(to_on, 0)
    staff = load_staff(tx, person_ids, month[1], since=from_on)
    punches = list_month_punches(tx, person_ids, since, until)
    uses = list_computer_use(tx, person_ids, since, until)
    orders: dict[str, list[Order]] = defaultdict(list)
    for item in list_orders(tx, person_ids, since=since, until=until):
        orders[item.person_id].append(_order(item))
    swaps, compensatory = list_swaps(tx, person_ids, days), list_compensatory(tx, person_ids, days)
    wider = _wider(planned, swaps, compensatory)
    shifts = load_shifts(tx, person_ids, planned, wider)
    elsewhere = list_elsewhere(tx, person_ids, days)
    leave = list_leave_days(tx, person_ids, *days)
    calendar = list_calendar(
        tx,
        min([planned[0], *(each[0] for each in wider.values())]),
        max([planned[1], *(each[1] for each in wider.values())]),
    )
    holidays = frozenset(day.day_on for day in calendar)
    return {
        person_id: MonthFacts(
            person_id=person_id,
            profile=profile.on(month[1]),
            former_profiles=profile.former(month[1]),
            first_on=month[0],
            last_on=month[1],
            known_from_on=known_from_on,
            staff=someone,
            punches=tuple(punches.get(person_id, ())),
            orders=tuple(orders.get(person_id, ())),
            holidays=holidays,
            shifts=shifts.get(person_id, {}),
            swaps=tuple(swaps.get(person_id, ())),
            compensatory=tuple(compensatory.get(person_id, ())),
            leave=leave.get(person_id, ()),
            elsewhere=tuple(elsewhere.get(person_id, ())),
            computer_use=tuple(uses.get(person_id, ())),
            until=axis_of(tx.now),
            whole_from_on=from_on,
        )
        for person_id, someone in staff.items()
    }


def _wider(planned: Days, swaps: dict[str, list[Swap]], compensatory: dict[str, list[Compensatory]]) -> dict[str, Days]:
    # A swap may reach out of the loaded days; the roster is needed around both of its days.
    wider: dict[str, Days] = {}
    for person_id in swaps.keys() | compensatory.keys():
        agreed: Iterable[Swap | Compensatory] = (*swaps.get(person_id, ()), *compensatory.get(person_id, ()))
        touched = [on for each in agreed for on in (each.worked_on, each.off_on)]
        wider[person_id] = (min(planned[0], min(touched) - PLAN_MARGIN), max(planned[1], max(touched) + PLAN_MARGIN))
    return wider


def load_staff(tx: Tx, person_ids: Collection[str] | None, on: date, *, since: date | None = None) -> dict[str, Staff]:
    """Give what about persons changes the rules up to a day, by id, known from ``since`` on; None is everybody.

    What changed after the day is as if it had not happened yet.
    """
    query = select(person.c.id, person.c.employment, person.c.is_manager).order_by(person.c.id)
    former = list_former_employments(tx, person_ids, since or on)
    stays = list_stays(tx, person_ids)
    return {
        person_id: _staff([*former.get(person_id, ()), (date.max, Employed(*now))], on, stays.get(person_id, ()))
        for person_id, *now in rows_of(tx, query, person.c.id, person_ids)
    }


def _staff(employed: list[tuple[date, Employed]], on: date, stays: Iterable[Stay]) -> Staff:
    workplace, moves = follow_workplaces(stays) if stays else (Workplace.ordinary, ())
    through = next(number for number, (until_on, _) in enumerate(employed) if until_on >= on)
    current = employed[through][1]
    former = (
        FormerStaff(until_on, Employment(was.employment), was.is_manager)
        for (until_on, was), (_, then) in pairwise(employed[: through + 1])
        if was != then
    )
    return Staff(Employment(current.employment), current.is_manager, workplace, moves, tuple(former))


def _order(item: OvertimeOrder) -> Order:
    origin = axis_minute(civil_minute(item.starts_at)[0])
    breaks = tuple((origin + start, origin + end) for start, end in item.breaks)
    return Order(axis_of(item.starts_at), axis_of(item.ends_at), breaks, ref=item.id)
