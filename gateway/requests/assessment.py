"""Hold a request against everything as it stands now: its faults, and the facts they were found in."""

from dataclasses import dataclass
from datetime import datetime

from domain.attendance.assess_leave import assess_leave
from domain.attendance.assess_request import assess_reach, assess_request
from domain.attendance.leave_takings import LeaveFacts
from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault
from domain.attendance.requests import LeaveRequest, Request
from domain.civil import civil_minute
from gateway.requests.facts import load_request_facts
from gateway.requests.rules import Rules
from store.leave_ledgers import claim_balance, load_leave_facts
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
    claim_balance(tx, person.id)
    leave = load_leave_facts(tx, person, request, facts.plan, kinds=rules.leave_kinds, profile=rules.profiles)
    return Assessed((*faults, *assess_leave(request, leave)), facts, leave)
