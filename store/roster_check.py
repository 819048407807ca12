"""What stands in the way of a roster: the persons' other days, their employment, months that are closed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import select

from domain.attendance.adjustment import Cause
from domain.attendance.closing import IN_FORCE
from domain.attendance.profile import InForce, held_since
from domain.attendance.roster import assess_roster
from domain.attendance.roster_fault import RosterFault, RosterWhy
from domain.attendance.shift import DayKind, Shift
from domain.civil import civil_minute
from store.calendar import list_calendar
from store.changed_days import ChangedDay, mark_changed, past_month_until
from store.closings import load_standings
from store.rosters import Days, PlannedShift, load_shifts, rows_of, save_planned_shifts
from store.tables import person
from store.tx import Tx

Roster = Mapping[str, Mapping[date, Shift]]
"""Planned days by person."""


def list_roster_faults(tx: Tx, roster: Roster, profile: InForce) -> dict[str, tuple[RosterFault, ...]]:
    """Give by person everything that is wrong with the days to be planned; persons without a fault are left out."""
    days = sorted({on for planned in roster.values() for on in planned})
    if not days:
        return {}
    margin = timedelta(days=max(profile.on(on).consecutive_days_max for on in days) + 1)
    around = days[0] - margin, days[-1] + margin
    standing = load_shifts(tx, roster.keys(), around)
    holidays = frozenset(day.day_on for day in list_calendar(tx, *around))
    outside, closed = _list_outside(tx, roster), _list_closed(tx, roster, days)
    found: dict[str, tuple[RosterFault, ...]] = {}
    for person_id, planned in roster.items():
        kept = {on: shift for on, shift in standing.get(person_id, {}).items() if on not in planned}
        week = _week(profile, holidays, around)
        faults = [*outside.get(person_id, ()), *closed.get(person_id, ())]
        for days_alike in _by_rules(planned, profile):
            faults += assess_roster({**week, **kept, **planned}, days_alike, profile.on(days_alike[0]))
        if faults:
            found[person_id] = tuple(sorted(faults, key=lambda fault: (fault.on or date.min, fault.why)))
    return found


def plan_roster_days(tx: Tx, shifts: Collection[PlannedShift]) -> None:
    """Plan the days, and mark those that a month which is over may have to be counted anew for."""
    save_planned_shifts(tx, shifts)
    mark_roster_days(tx, ((each.person_id, each.on) for each in shifts))


def mark_roster_days(tx: Tx, days: Iterable[tuple[str, date]]) -> None:
    """Mark persons' days as changed by a roster; days of months that go on need no mark."""
    until_on = civil_minute(past_month_until(tx.now))[0]
    mark_changed(tx, [ChangedDay(who, on, Cause.roster) for who, on in days if on < until_on])


def _by_rules(days: Iterable[date], profile: InForce) -> list[list[date]]:
    return [list(alike) for _, alike in groupby(sorted(days), key=lambda on: held_since(profile, on))]


def _week(profile: InForce, holidays: frozenset[date], days: Days) -> dict[date, Shift]:
    week: dict[date, Shift] = {}
    for ordinal in range(days[0].toordinal(), days[1].toordinal() + 1):
        on = date.fromordinal(ordinal)
        shift = profile.on(on).week[on.weekday()]
        week[on] = Shift(DayKind.holiday) if on in holidays and shift.kind is DayKind.work else shift
    return week


def _list_outside(tx: Tx, roster: Roster) -> dict[str, list[RosterFault]]:
    query = select(person.c.id, person.c.joined_on, person.c.left_on)
    terms = {row.id: (row.joined_on, row.left_on) for row in rows_of(tx, query, person.c.id, roster.keys())}
    found: dict[str, list[RosterFault]] = {}
    for person_id, planned in roster.items():
        joined_on, left_on = terms.get(person_id, (date.max, None))
        for on in planned:
            if (joined_on is not None and on < joined_on) or (left_on is not None and on > left_on):
                found.setdefault(person_id, []).append(RosterFault(on, RosterWhy.not_employed))
    return found


def _list_closed(tx: Tx, roster: Roster, days: Collection[date]) -> dict[str, list[RosterFault]]:
    found: dict[str, list[RosterFault]] = {}
    for period in sorted({f"{on:%Y-%m}" for on in days}):
        closed = {who for who, each in load_standings(tx, period, roster.keys()).items() if each.state in IN_FORCE}
        for person_id in sorted(closed):
            faults = [RosterFault(on, RosterWhy.month_closed) for on in roster[person_id] if f"{on:%Y-%m}" == period]
            found.setdefault(person_id, []).extend(faults)
    return found
