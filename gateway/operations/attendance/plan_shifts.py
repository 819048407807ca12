"""Plan days of a person's roster at the desk, or take planned days away so that the pattern or week holds again.

The person is told which days changed that are not over.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from domain.attendance.profile import InForce
from domain.attendance.roster_fault import RefusedRosterError, RosterFault, RosterWhy
from domain.attendance.shift import DayKind, Shift
from domain.attendance.shift_text import parse_shift
from store.roster_check import list_roster_faults, mark_roster_days, plan_roster_days
from store.roster_news import telling_roster_changes
from store.rosters import PlannedShift, delete_planned_shifts, load_shifts
from store.shifts import ShiftKind, list_shift_kinds
from store.tx import Tx

DAYS_MAX = 366


def plan_shifts(tx: Tx, person_id: str, days: Mapping[date, str | None], *, by: str, profile: InForce) -> None:
    """Plan days of a person, all or none.

    Args:
        tx: the transaction.
        person_id: whose days.
        days: by day the code of a shift kind or hours as text; None takes the planned day away.
        by: the login that plans.
        profile: the city's rules (breaks, days on end, the week).

    Raises:
        RefusedRosterError: a shift cannot be read, its kind is over, days overlap, breaks are too short (R7), too many
            days on end, a day outside the employment or in a closed month; every fault is named.
    """
    if not 1 <= len(days) <= DAYS_MAX:
        raise RefusedRosterError((RosterFault(None, RosterWhy.out_of_range, (1, DAYS_MAX), "days"),))
    kinds = list_shift_kinds(tx)
    faults: list[RosterFault] = []
    planned: dict[date, PlannedShift] = {}
    for on, text in days.items():
        if text is None:
            continue
        found = _read(text, on, kinds)
        if isinstance(found, RosterFault):
            faults.append(found)
            continue
        code = text if text in kinds else None
        planned[on] = PlannedShift(person_id, on, found, "desk", by, code)
    taken = [on for on, text in days.items() if text is None]
    shifts = {on: each.shift for on, each in planned.items()} | _beneath(tx, person_id, taken, profile)
    faults += list_roster_faults(tx, {person_id: shifts}, profile).get(person_id, ())
    if faults:
        raise RefusedRosterError(tuple(sorted(faults, key=lambda fault: (fault.on or date.min, fault.why))))
    with telling_roster_changes(tx, [person_id], (min(days), max(days)), by=by, profile=profile):
        delete_planned_shifts(tx, person_id, taken)
        mark_roster_days(tx, ((person_id, on) for on in taken))
        plan_roster_days(tx, list(planned.values()))


def _read(text: str, on: date, kinds: Mapping[str, ShiftKind]) -> Shift | RosterFault:
    kind = kinds.get(text)
    if kind is not None and kind.until_on is not None and on > kind.until_on:
        return RosterFault(on, RosterWhy.kind_is_over)
    try:
        shift = parse_shift(text) if kind is None else kind.shift
    except ValueError:
        return RosterFault(on, RosterWhy.unreadable, (text[:40],))
    return replace(shift, on_holidays=shift.kind is DayKind.work)


def _beneath(tx: Tx, person_id: str, taken: list[date], profile: InForce) -> dict[date, Shift]:
    if not taken:
        return {}
    patterned = load_shifts(tx, [person_id], (min(taken), max(taken)), with_planned=False).get(person_id, {})
    return {on: patterned.get(on) or profile.on(on).week[on.weekday()] for on in taken}
