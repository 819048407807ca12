"""A month's facts for many persons in one set of queries; what they mean is ``domain.attendance``'s business.

Punches of a disputed journal (``fork``) do not count for pay and are left out. Granted taps at doors without a meaning
for working time are evidence: they suggest candidates for missing punches and show stays after the last out.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, select

from domain.attendance.facts import Direction, Employment, MonthFacts, Order, Punch, Staff
from domain.attendance.month import month_bounds
from domain.attendance.plan import PLAN_MARGIN
from domain.attendance.profile import Profile
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute, instant
from store.calendar import list_calendar
from store.leaves import list_leave_days
from store.orders import list_orders
from store.tables import fork, person, punch, record
from store.tx import Tx


class UnknownPersonError(LookupError):
    """There is no person of this id."""

    def __init__(self, person_id: str) -> None:
        super().__init__(f"there is no person {person_id}")
        self.person_id = person_id


def load_month_facts(tx: Tx, person_id: str, period: str, profile: Profile) -> MonthFacts:
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
    tx: Tx, person_ids: Collection[str] | None, period: str, profile: Profile
) -> dict[str, MonthFacts]:
    """Give the facts of a month (``YYYY-MM``) by person, unknown ids left out; None is everybody.

    The whole Sunday–Saturday weeks around the month are loaded with a day of margin, because the weekly hours of its
    first and last week need them (R2). Days that are not over at ``tx.now`` are left open.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    from_on = first_on - timedelta(days=first_on.isoweekday() % 7 + 1)
    to_on = last_on + timedelta(days=8 - last_on.isoweekday() % 7)
    since, until = instant(from_on, 0), instant(to_on, 0)
    staff = _load_staff(tx, person_ids)
    punches = _load_punches(tx, person_ids, since, until)
    orders: dict[str, list[Order]] = defaultdict(list)
    for item in list_orders(tx, person_ids, since=since, until=until):
        orders[item.person_id].append(Order(_axis(item.starts_at), _axis(item.ends_at), ref=item.id))
    leave = list_leave_days(tx, person_ids, from_on, to_on)
    calendar = list_calendar(tx, from_on - PLAN_MARGIN, to_on + PLAN_MARGIN)
    holidays = frozenset(day.day_on for day in calendar)
    return {
        person_id: MonthFacts(
            person_id=person_id,
            profile=profile,
            first_on=first_on,
            last_on=last_on,
            known_from_on=first_on,
            staff=someone,
            punches=tuple(punches[person_id]),
            orders=tuple(orders[person_id]),
            holidays=holidays,
            leave=leave.get(person_id, ()),
            until=_axis(tx.now),
        )
        for person_id, someone in staff.items()
    }


def _load_staff(tx: Tx, person_ids: Collection[str] | None) -> dict[str, Staff]:
    query = select(person.c.id, person.c.employment, person.c.is_manager).order_by(person.c.id)
    if person_ids is not None:
        query = query.where(person.c.id.in_(person_ids))
    return {
        person_id: Staff(Employment(employment), manager=is_manager)
        for person_id, employment, is_manager in tx.connection.execute(query)
    }


def _load_punches(
    tx: Tx, person_ids: Collection[str] | None, since: datetime, until: datetime
) -> dict[str, list[Punch]]:
    by_person: dict[str, list[Punch]] = defaultdict(list)
    entrance = (punch.c.punched_at >= since) & (punch.c.punched_at < until) & ~_disputed(punch)
    inside = (
        (record.c.occurred_at >= since)
        & (record.c.occurred_at < until)
        & (record.c.kind == "tap.observed")
        & record.c.granted.is_(True)
        & ~_disputed(record)
        & ~exists().where(_same_record(punch, record))
    )
    if person_ids is not None:
        entrance &= punch.c.person_id.in_(person_ids)
        inside &= record.c.person_id.in_(person_ids)
    else:
        inside &= record.c.person_id.is_not(None)
    at_entrances = select(punch.c.person_id, punch.c.punched_at, punch.c.direction, *_key(punch)).where(entrance)
    for person_id, at, direction, device_id, epoch, seq in tx.connection.execute(at_entrances):
        ref = f"{device_id}/{epoch}/{seq}"
        by_person[person_id].append(_punch(at, Direction(direction), ref, interior=False))
    at_doors_inside = select(record.c.person_id, record.c.occurred_at, *_key(record)).where(inside)
    for person_id, at, device_id, epoch, seq in tx.connection.execute(at_doors_inside):
        by_person[person_id].append(_punch(at, Direction.none, f"{device_id}/{epoch}/{seq}", interior=True))
    return by_person


def _key(table: Table) -> tuple[ColumnElement[Any], ...]:
    return (table.c.device_id, table.c.epoch, table.c.seq)


def _punch(at: datetime, direction: Direction, ref: str, *, interior: bool) -> Punch:
    return Punch(_axis(at), direction, interior, tick=at.second * 1_000_000 + at.microsecond, ref=ref)


def _axis(at: datetime) -> int:
    return axis_minute(*civil_minute(at))


def _disputed(table: Table) -> ColumnElement[bool]:
    same_journal = and_(fork.c.device_id == table.c.device_id, fork.c.epoch == table.c.epoch)
    return exists().where(same_journal & (fork.c.from_seq <= table.c.seq))


def _same_record(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(one.c.device_id == other.c.device_id, one.c.epoch == other.c.epoch, one.c.seq == other.c.seq)
