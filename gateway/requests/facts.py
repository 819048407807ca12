"""The facts that a request is held against, as they stand now; the months it speaks of are claimed meanwhile."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from contract.request_content import RequestContentError, read_content
from domain.attendance.closing import IN_FORCE
from domain.attendance.hours_off import HoursOff, offer_hours_off
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.request_facts import RequestFacts, join_facts, list_days, list_periods
from domain.attendance.requests import (
    DivergenceAnswer,
    HoursOffRequest,
    Request,
    RequestKind,
    days_of,
    divergence_subject,
)
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute
from domain.workflow.states import IN_EFFECT, State
from gateway.requests.content import read_request
from gateway.requests.refusals import BrokenContentError
from gateway.requests.rules import Rules
from store.applications import Filed, list_applications
from store.closings import claim_standings
from store.effects import sum_taken_minutes
from store.months import load_month_facts
from store.people import Person
from store.tx import Tx


def load_request_facts(
    tx: Tx, request: Request, person: Person, rules: Rules, *, asked_at: datetime, besides: str = ""
) -> RequestFacts:
    """Give the facts of a request, planned.

    Args:
        tx: a writing transaction.
        request: its days lie within reach (``assess_reach``).
        person: whom it is about.
        rules: the city's.
        asked_at: when it was asked for.
        besides: the application that is this request itself.

    Raises:
        ImpossiblePlanError: what is in force fits no plan.
    """
    closed = _claim_closed(tx, request, person.id)
    days_on_end = rules.profile_on(days_of(request)[0]).consecutive_days_max
    periods = list_periods(request, days_on_end)
    time = join_facts(load_month_facts(tx, person.id, period, rules.profiles) for period in periods)
    facts = RequestFacts(
        time=time,
        asked_at=axis_minute(*civil_minute(asked_at)),
        joined_on=person.joined_on,
        left_on=person.left_on,
        closed=closed,
        waiting=_load_waiting(tx, request, person.id, besides),
    ).planned()
    match request:
        case DivergenceAnswer():
            return replace(facts, divergences=_load_divergences(tx, request, person.id, rules))
        case HoursOffRequest():
            offer = _load_offer(tx, request, person.id, rules)
            return replace(facts, hours_off=offer, hours_off_taken=_load_taken(tx, request, person.id, besides))
        case _:
            return facts


def _claim_closed(tx: Tx, request: Request, person_id: str) -> frozenset[str]:
    periods = sorted({f"{on:%Y-%m}" for on in list_days(request)})
    claimed = {period: claim_standings(tx, period, [person_id]) for period in periods}
    return frozenset(period for period, standings in claimed.items() if standings[person_id].state in IN_FORCE)


def _load_waiting(tx: Tx, request: Request, person_id: str, besides: str) -> tuple[Request, ...]:
    day = timedelta(days=1)
    first_on, last_on = days_of(request)
    waiting = (
        filed
        for filed in list_applications(tx, person_id, first_on - day, last_on + day)
        if filed.application.state is State.submitted and filed.application.id != besides
    )
    return tuple(asked for filed in waiting if (asked := _read(filed)) is not None)


def _read(filed: Filed) -> Request | None:
    """Give what an application asks for; None where it cannot be read: it will take effect for nobody."""
    try:
        return read_request(filed)
    except (BrokenContentError, RequestContentError):
        return None


def _load_month(tx: Tx, person_id: str, period: str, rules: Rules) -> PersonMonth:
    return derive_month(load_month_facts(tx, person_id, period, rules.profiles))


def _load_divergences(tx: Tx, request: DivergenceAnswer, person_id: str, rules: Rules) -> frozenset[str]:
    month = _load_month(tx, person_id, f"{request.on:%Y-%m}", rules)
    return frozenset(divergence_subject(day.on, each) for day in month.days for each in day.divergences)


def _load_offer(tx: Tx, request: HoursOffRequest, person_id: str, rules: Rules) -> HoursOff | None:
    month = _load_month(tx, person_id, request.period, rules)
    is_over = month.last_on < civil_minute(tx.now)[0]
    return offer_hours_off(request.period, month.after_60h, rules.profile_of(request.period)) if is_over else None


def _load_taken(tx: Tx, request: HoursOffRequest, person_id: str, besides: str) -> int:
    """Count what was taken of the same month's hours off, wherever it was taken."""
    same = []
    for filed in list_applications(tx, person_id, date.fromisoformat(f"{request.period}-01"), date.max):
        one = filed.application
        if one.kind == RequestKind.hours_off and one.state in IN_EFFECT and one.id != besides:
            other = read_content(RequestKind.hours_off, filed.matter.content)
            if isinstance(other, HoursOffRequest) and other.period == request.period:
                same.append(one.id)
    return sum_taken_minutes(tx, same)
