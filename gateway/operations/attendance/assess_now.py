"""Hold a request against everything as it stands now: its faults, and the facts they were found in."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.attendance.assess_leave import LeaveFacts, assess_leave
from domain.attendance.assess_request import assess_reach, assess_request
from domain.attendance.leave_kinds import LeaveKind, leave_year
from domain.attendance.profile import Profile
from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault
from domain.attendance.requests import LeaveRequest, Request
from domain.civil import civil_minute
from gateway.operations.attendance.load_request_facts import load_request_facts
from gateway.operations.attendance.rules import Rules
from store.leaves import list_lots, list_takings, list_terms
from store.people import Person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Assessed:
    """A request's faults; the facts are missing only where they were not looked at, ``leave`` for other kinds, too."""

    faults: tuple[RequestFault, ...]
    facts: RequestFacts | None = None
    leave: LeaveFacts | None = None


def assess_now(
    tx: Tx, request: Request, person: Person, rules: Rules, *, asked_at: datetime, besides: str = ""
) -> Assessed:
    """Name every fault of a request; a page calls it to say them before anything is sent.

    Args:
        tx: a writing transaction: the months that the request speaks of are claimed.
        request: what is asked for.
        person: whom it is about.
        rules: the city's.
        asked_at: when it was asked for; what was beforehand then is so when it is decided.
        besides: the application that is this request itself.
    """
    if wrong := assess_reach(request, civil_minute(asked_at)[0]):
        return Assessed(wrong)
    facts = load_request_facts(tx, request, person, rules, asked_at=asked_at, besides=besides)
    faults = assess_request(request, facts)
    if not isinstance(request, LeaveRequest):
        return Assessed(faults, facts)
    leave = _load_leave(tx, request, facts, rules)
    return Assessed((*faults, *assess_leave(request, leave)), facts, leave)


def _load_leave(tx: Tx, request: LeaveRequest, facts: RequestFacts, rules: Rules) -> LeaveFacts:
    person_id = facts.time.person_id
    kind = rules.leave_kinds.get(request.kind)
    since = _year_before(kind, request.from_on)
    lots = list_lots(tx, [person_id], request.kind, since=since).get(person_id, ())
    terms = list_terms(tx, request.from_on).get(person_id)
    return LeaveFacts(
        profile=rules.profile,
        kinds=rules.leave_kinds,
        plan=facts.plan,
        day_minutes=_usual_day(rules.profile) if terms is None else terms.day_minutes,
        lots=tuple(standing.lot for standing in lots),
        takings=list_takings(tx, [person_id], since=since).get(person_id, ()),
    )


def _year_before(kind: LeaveKind | None, on: date) -> date:
    first_on, _ = leave_year(1 if kind is None else kind.year_start, on)
    return first_on.replace(year=first_on.year - 1)


def _usual_day(profile: Profile) -> int:
    return max(shift.hours.net_minutes for shift in profile.week if shift.hours is not None)
