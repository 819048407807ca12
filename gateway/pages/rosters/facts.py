"""A department's month as its roster and its list of who is away need it, loaded in a few queries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contract.request_content import RequestContentError, read_content
from domain.attendance.facts import MonthFacts
from domain.attendance.month import month_bounds
from domain.attendance.requests import LeaveRequest, RequestKind
from gateway.requests.rules import Rules
from store.calendar import list_calendar
from store.department_months import Belonging, list_belonging
from store.directory import list_people_by_department
from store.months import load_months_facts
from store.rosters import PatternMember, PlannedShift, list_members, list_planned_shifts
from store.shifts import ShiftKind, ShiftPattern, list_patterns, list_shift_kinds
from store.tx import Tx
from store.waiting_applications import WaitingApplication, list_waiting


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """Who belonged to the department, and by person what is known of their month.

    ``asked`` is leave that waits for a word, ``here_now`` who belongs there today: only these are planned there.
    """

    first_on: date
    last_on: date
    people: Sequence[Belonging]
    here_now: frozenset[str]
    months: Mapping[str, MonthFacts]
    planned: Mapping[str, Mapping[date, PlannedShift]]
    members: Mapping[str, Sequence[PatternMember]]
    asked: Mapping[str, Sequence[LeaveRequest]]
    kinds: Mapping[str, ShiftKind]
    patterns: Mapping[str, ShiftPattern]
    holidays: Mapping[date, str]


def load_roster(tx: Tx, department_id: str, period: str, rules: Rules) -> RosterFacts:
    """Give the month (``YYYY-MM``) of the staff who belonged to a department on any day of it.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = days = month_bounds(period)
    people = list_belonging(tx, department_id, days)
    ids = [each.line.person_id for each in people]
    return RosterFacts(
        first_on,
        last_on,
        people,
        frozenset(each.person_id for each in list_people_by_department(tx, [department_id])),
        load_months_facts(tx, ids, period, rules.profiles) if ids else {},
        list_planned_shifts(tx, ids, days),
        list_members(tx, ids, days),
        {who: tuple(_read_leave(found)) for who, found in list_waiting(tx, ids, {RequestKind.leave}, days).items()},
        list_shift_kinds(tx),
        list_patterns(tx),
        {day.day_on: day.name for day in list_calendar(tx, first_on, last_on)},
    )


def _read_leave(waiting: Iterable[WaitingApplication]) -> Iterator[LeaveRequest]:
    for each in waiting:
        try:
            request = read_content(RequestKind(each.kind), each.content)
        except RequestContentError:  # its own page tells what is wrong with it
            continue
        if isinstance(request, LeaveRequest):
            yield request
