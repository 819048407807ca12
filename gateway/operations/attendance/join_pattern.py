"""Put a person into a pattern from a day on, or let the pattern end, so that the profile's week holds again."""

from datetime import date, timedelta

from domain.attendance.profile import InForce
from domain.attendance.roster import Membership, derive_shifts
from domain.attendance.roster_fault import RefusedRosterError, RosterFault, RosterWhy
from domain.attendance.shift import Shift
from domain.civil import civil_minute
from store.roster_check import list_roster_faults, mark_roster_days
from store.roster_news import telling_roster_changes
from store.rosters import Days, PatternMember, end_membership, list_planned_shifts, save_member
from store.shifts import load_patterns
from store.tx import Tx

REACH_DAYS = 366
"""How far back a pattern may begin or end."""


TOLD_DAYS = 92
"""How far ahead a person is told which days a pattern changes."""


def join_pattern(tx: Tx, member: PatternMember, *, by: str, profile: InForce) -> None:
    """Put a person into a pattern; whatever pattern the person was in ends the day before. ``by`` is a login.

    Raises:
        RefusedRosterError: there is no such pattern, it begins after its end or too long ago, its days overlap those
            before it, or lie in closed months or outside the employment; every fault is named.
    """
    today = civil_minute(tx.now)[0]
    pattern = load_patterns(tx).get(member.pattern_id)
    if pattern is None:
        raise RefusedRosterError((RosterFault(None, RosterWhy.no_such_pattern, field="pattern_id"),))
    _require_reach(member.from_on, today)
    if member.until_on is not None and member.until_on < member.from_on:
        words = (member.from_on.isoformat(), date.max.isoformat())
        raise RefusedRosterError((RosterFault(None, RosterWhy.out_of_range, words, "until_on"),))
    shown = max(today, member.from_on + timedelta(days=2 * len(pattern.shifts)))
    last_on = shown if member.until_on is None else min(shown, member.until_on)
    joins = Membership(pattern, member.offset_days, member.from_on, member.until_on)
    _require_no_fault(tx, member.person_id, derive_shifts([joins], {}, member.from_on, last_on), profile)
    ends = today + timedelta(days=TOLD_DAYS)
    with telling_roster_changes(tx, [member.person_id], (member.from_on, ends), by=by, profile=profile):
        save_member(tx, member)
    _mark(tx, member.person_id, (member.from_on, today))


def leave_pattern(tx: Tx, person_id: str, last_on: date, *, by: str, profile: InForce) -> bool:
    """Let the person's pattern end with a day; False when none holds beyond it. ``by`` is a login.

    Raises:
        RefusedRosterError: it ends too long ago, or days that would change lie in a closed month.
    """
    today = civil_minute(tx.now)[0]
    _require_reach(last_on, today)
    begins = last_on + timedelta(days=1)
    days = [begins + timedelta(days=each) for each in range((today - last_on).days)] or [begins]
    _require_no_fault(tx, person_id, {on: profile.on(on).week[on.weekday()] for on in days}, profile)
    until_on = today + timedelta(days=TOLD_DAYS)
    with telling_roster_changes(tx, [person_id], (begins, until_on), by=by, profile=profile):
        ended = end_membership(tx, person_id, last_on)
    if ended:
        _mark(tx, person_id, (begins, today))
    return ended


def _require_reach(on: date, today: date) -> None:
    earliest, latest = today - timedelta(days=REACH_DAYS), today + timedelta(days=REACH_DAYS)
    if not earliest <= on <= latest:
        words = (earliest.isoformat(), latest.isoformat())
        raise RefusedRosterError((RosterFault(None, RosterWhy.out_of_range, words, "from_on"),))


def _require_no_fault(tx: Tx, person_id: str, shifts: dict[date, Shift], profile: InForce) -> None:
    first_on, last_on = min(shifts), max(shifts)
    own = list_planned_shifts(tx, [person_id], (first_on, last_on)).get(person_id, {})
    changed = {on: shift for on, shift in shifts.items() if on not in own}
    faults = list_roster_faults(tx, {person_id: changed}, profile).get(person_id, ())
    # A pattern may run on beyond the last day of an employment: it then plans nothing.
    told = [fault for fault in faults if fault.why is not RosterWhy.not_employed or fault.on == first_on]
    if told:
        raise RefusedRosterError(tuple(told))


def _mark(tx: Tx, person_id: str, days: Days) -> None:
    mark_roster_days(tx, ((person_id, days[0] + timedelta(days=each)) for each in range((days[1] - days[0]).days + 1)))
