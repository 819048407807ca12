"""Look at what an application that waits would change, before the word is given.

Nothing is claimed and nothing is kept. What only the act itself can tell (somebody else's act in between) is told then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from domain.attendance.assess_leave import assess_leave
from domain.attendance.assess_request import assess_request
from domain.attendance.closing import IN_FORCE
from domain.attendance.facts import MonthFacts
from domain.attendance.forecast import forecast_assessed
from domain.attendance.leave_balance import most_to_take
from domain.attendance.leave_takings import LeaveFacts, due_days, taken_minutes
from domain.attendance.month import PersonMonth, assess_month, sum_month
from domain.attendance.person_day import PersonDay
from domain.attendance.plan import ImpossiblePlanError, Plan, derive_plan, replan
from domain.attendance.request_facts import RequestFacts, join_facts, list_days, list_periods
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    Request,
    SwapRequest,
    divergence_subject,
)
from domain.attendance.spans import axis_minute
from domain.attendance.suppose import suppose
from domain.civil import civil_minute
from domain.workflow.states import Act, State
from gateway.requests.content import read_request
from gateway.requests.outlook import Caution, LeaveOutlook, Outlook
from gateway.requests.refusals import BrokenContentError
from gateway.requests.rules import Rules
from store.applications import Filed
from store.closings import load_standings
from store.leave_ledgers import load_leave_facts
from store.months import load_month_facts, load_months_facts, load_year_facts
from store.people import Person, load_persons
from store.tx import Tx

_HELD_BY_MORE = (SwapRequest, CompensatoryRequest, HoursOffRequest)
"""Held against more than their month: only the act itself says whether they can be."""


def load_outlooks(tx: Tx, waiting: Iterable[Filed], rules: Rules, *, whole_year: bool = False) -> dict[str, Outlook]:
    """Give the outlooks of applications by id, those of one month in one set of queries.

    ``whole_year`` tells the caps over a year and over several months, too; it takes as much longer as the year is old.
    """
    by_period: dict[str, list[Filed]] = defaultdict(list)
    for filed in waiting:
        by_period[f"{filed.matter.from_on:%Y-%m}"].append(filed)
    people = load_persons(tx, {each.application.person_id for some in by_period.values() for each in some})
    found: dict[str, Outlook] = {}
    for period, some in by_period.items():
        ids = {filed.application.person_id for filed in some}
        load = load_year_facts if whole_year else load_months_facts
        facts = load(tx, ids, period, rules.profiles)
        months = {person_id: _assess(each) for person_id, each in facts.items()}
        closed = _list_closed(tx, period, ids)
        for filed in some:
            who = filed.application.person_id
            known, before = months[who]
            look = _Look(tx, filed, rules, people[who], facts[who], known, before, who in closed)
            found[filed.application.id] = look.outlook()
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """One application and the month around it; without a plan where what is in force fits none."""

    tx: Tx
    filed: Filed
    rules: Rules
    person: Person
    facts: MonthFacts
    plan: Plan | None
    before: PersonMonth | None
    is_closed: bool

    def outlook(self) -> Outlook:
        try:
            request = read_request(self.filed)
        except BrokenContentError:
            return Outlook(None, self.facts, self.before, cautions=(Caution.broken_content,))
        if self.filed.application.state is State.cancelling:
            return Outlook(request, self.facts, self.before, self.before, cautions=(Caution.wants_to_end,))
        try:
            if self.plan is not None:
                return self._suppose(request, self.plan)
        except ImpossiblePlanError:
            pass
        return Outlook(request, self.facts, self.before, cautions=(Caution.impossible_plan,))

    def _suppose(self, request: Request, plan: Plan) -> Outlook:
        supposed = suppose(self.facts, request, plan)
        assessed = assess_month(supposed, replan(supposed, self.facts, plan))
        after = sum_month(assessed)
        asked = set(list_days(request))
        touched = [day for day in after.days if day.on in asked]
        leave, faults = self._hold(request, plan)
        now = axis_minute(*civil_minute(self.tx.now))
        return Outlook(
            request,
            self.facts,
            self.before,
            after,
            diverging=tuple((day.on, each) for day in touched for each in day.divergences),
            caps=forecast_assessed(assessed, now).caps if isinstance(request, OvertimeRequest) else (),
            leave=leave,
            faults=faults,
            cautions=tuple(_list_cautions(request, touched)),
        )

    def _hold(self, request: Request, plan: Plan) -> tuple[LeaveOutlook | None, tuple[RequestFault, ...]]:
        if isinstance(request, _HELD_BY_MORE):
            closed = RequestFault("on", Why.month_closed, {"period": f"{self.facts.first_on:%Y-%m}"})
            return None, (closed,) if self.is_closed else ()
        faults = assess_request(request, self._request_facts(plan))
        if not isinstance(request, LeaveRequest):
            return None, faults
        plan = plan if request.until_on <= self.facts.last_on else self._plan_farther(request)
        held = load_leave_facts(
            self.tx, self.person, request, plan, kinds=self.rules.leave_kinds, profile=self.rules.profiles
        )
        return _look_at_leave(request, held), (*faults, *assess_leave(request, held))

    def _request_facts(self, plan: Plan) -> RequestFacts:
        submitted_at = max(deed.at for deed in self.filed.application.deeds if deed.act is Act.submit)
        days = () if self.before is None else self.before.days
        return RequestFacts(
            time=self.facts,
            asked_at=axis_minute(*civil_minute(submitted_at)),
            joined_on=self.person.joined_on,
            left_on=self.person.left_on,
            closed=frozenset({f"{self.facts.first_on:%Y-%m}"} if self.is_closed else ()),
            divergences=frozenset(divergence_subject(day.on, each) for day in days for each in day.divergences),
            plan=plan,
        )

    def _plan_farther(self, request: Request) -> Plan:
        profile = self.rules.profiles
        periods = list_periods(request, self.facts.profile.consecutive_days_max)
        return derive_plan(join_facts(load_month_facts(self.tx, self.person.id, each, profile) for each in periods))


def _assess(facts: MonthFacts) -> tuple[Plan, PersonMonth] | tuple[None, None]:
    try:
        plan = derive_plan(facts)
    except ImpossiblePlanError:
        return None, None
    return plan, sum_month(assess_month(facts, plan))


def _list_closed(tx: Tx, period: str, person_ids: Collection[str]) -> set[str]:
    standings = load_standings(tx, period, person_ids)
    return {person_id for person_id, standing in standings.items() if standing.state in IN_FORCE}


def _look_at_leave(request: LeaveRequest, held: LeaveFacts) -> LeaveOutlook | None:
    kind = held.kinds.get(request.kind)
    if kind is None:
        return None
    taken = sum(taken_minutes(request, day, held) for day in due_days(request, held))
    left = None
    if kind.has_balance:
        mine = tuple(each for each in held.takings if each.kind == kind.id)
        lots = held.lots_for(kind, (*(each.on for each in mine), request.from_on))
        left = most_to_take(lots, mine, request.from_on)
    return LeaveOutlook(kind, left, taken, held.day_minutes)


def _list_cautions(request: Request, touched: Iterable[PersonDay]) -> Iterable[Caution]:
    if isinstance(request, DivergenceAnswer):
        yield Caution.explains
    whole_day = isinstance(request, LeaveRequest) and request.starts_minute is None
    if whole_day and any(day.in_minute is not None or day.out_minute is not None for day in touched):
        yield Caution.on_site
