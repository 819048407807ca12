"""A person's day as its forms need it: what is known of it, what was asked for already, what a month may give."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contract.request_content import RequestContentError, read_content
from domain.attendance.assess_punch import may_be_wrong
from domain.attendance.closing import IN_FORCE
from domain.attendance.directions import in_order
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.duty_clock import duty_on, duty_starts_at, duty_today
from domain.attendance.facts import MonthFacts, Punch
from domain.attendance.hours_off import HoursOff, offer_hours_off
from domain.attendance.month import derive_month
from domain.attendance.plan import DayPlan, derive_plan
from domain.attendance.requests import (
    DivergenceAnswer,
    OvertimeRequest,
    PunchRequest,
    Request,
    RequestKind,
    WrongTapRequest,
    divergence_subject,
)
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute, month_end
from domain.ids import PersonId
from domain.workflow.states import OVER, State
from gateway.pages.attendance.month_view import DayRow, derive_view
from gateway.pages.records.tap_view import mark_wrong, view_tap
from gateway.requests.content import read_request
from gateway.requests.refusals import BrokenContentError
from gateway.requests.rules import Rules
from gateway.site.description import Site
from store.applications import Filed, list_applications, load_last_content
from store.board import list_tap_lines
from store.calendar import list_calendar
from store.closings import load_standings
from store.months import load_month_facts
from store.orders import list_orders
from store.people import Person
from store.tx import Tx
from store.wrong_taps import list_wrong_taps

HOURS_OFF_MONTHS_MAX = 12
"""For so many months at most a city's profile lets hours off be taken."""

DAY_TAPS_MAX = 200
_ABOUT_WORK = frozenset({DivergenceKind.unordered_stay, DivergenceKind.unordered_early})
_BY_PUNCH = frozenset({DivergenceKind.missing_in, DivergenceKind.missing_out})


@dataclass(frozen=True, slots=True)
class Standing:
    """An application about the day that is not over, and what it asks for."""

    filed: Filed
    request: Request


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A day: its row, its plan, the month's facts around it, and what stands already.

    ``asked_at`` is the axis minute of now; ``last`` are the person's latest requests of a kind; ``offers`` what earlier
    months give of 超勤代休時間 on this day, by month.
    """

    person: Person
    on: date
    today: date
    asked_at: int
    row: DayRow
    plan: DayPlan
    facts: MonthFacts
    standing: tuple[Standing, ...]
    closed: bool
    last: dict[RequestKind, Request]
    offers: dict[str, HoursOff]

    @property
    def has_begun(self) -> bool:
        """Tell whether the day is today or past."""
        return self.on <= self.today

    @property
    def unanswered(self) -> tuple[Divergence, ...]:
        """Give the divergences that an explanation may settle and about which nobody asked for anything yet."""
        explained = {each.filed.matter.subject for each in self.standing if isinstance(each.request, DivergenceAnswer)}
        return tuple(
            each
            for each in self.row.day.divergences
            if each.kind is not DivergenceKind.uncertain_clock
            and divergence_subject(self.on, each) not in explained
            and not self._is_asked_for(each)
        )

    @property
    def unordered(self) -> tuple[Divergence, ...]:
        """Give the stays that may have been work, the longest first."""
        found = (each for each in self.unanswered if each.kind in _ABOUT_WORK)
        return tuple(sorted(found, key=lambda each: -each.minutes))

    @property
    def is_punch_missing(self) -> bool:
        """Tell whether a punch is missing for which nobody asked yet."""
        asked = {each.request.direction for each in self.standing if isinstance(each.request, PunchRequest)}
        return any(each.direction not in asked for each in self.row.day.missing)

    @property
    def countable_taps(self) -> tuple[Punch, ...]:
        """Give the taps of the day that bound presence and of which nobody said yet that they are wrong, in order."""
        asked = {
            each.request.tap
            for each in self.standing
            if isinstance(each.request, WrongTapRequest) and each.filed.application.state is not State.returned
        }
        return tuple(
            each
            for each in in_order(self.facts.punches)
            if may_be_wrong(each) and each.ref not in asked and duty_on(self.facts.profile, each.minute) == self.on
        )

    def _is_asked_for(self, divergence: Divergence) -> bool:
        if divergence.kind in _BY_PUNCH:
            return any(isinstance(each.request, PunchRequest) for each in self.standing)
        starts, ends = divergence.from_minute, divergence.to_minute
        if divergence.kind not in _ABOUT_WORK or starts is None or ends is None:
            return False
        orders = (each.request for each in self.standing if isinstance(each.request, OvertimeRequest))
        return any(each.starts_minute < ends and starts < each.ends_minute for each in orders)


def load_asked_day(tx: Tx, person: Person, on: date, rules: Rules, site: Site) -> AskedDay:
    """Give a person's day with everything that its forms need.

    Raises:
        ImpossiblePlanError: what is in force fits no plan.
    """
    profile = rules.profiles
    today = duty_today(tx.now, profile)
    facts = load_month_facts(tx, person.id, f"{on:%Y-%m}", profile)
    since = duty_starts_at(on, profile)
    until = since + timedelta(days=1)
    taps = list_tap_lines(tx, since=since, until=until, person_id=PersonId(person.id), limit=DAY_TAPS_MAX)
    view = derive_view(
        derive_month(facts),
        mark_wrong(
            [view_tap(line, site) for line in reversed(taps)],
            list_wrong_taps(tx, person.id, since=since, until=until),
        ),
        list_orders(tx, (person.id,), since=since, until=until),
        {day.day_on: day.name for day in list_calendar(tx, on, on)},
        profile=profile,
        today=today,
    )
    standings = load_standings(tx, f"{on:%Y-%m}", [person.id])
    return AskedDay(
        person=person,
        on=on,
        today=today,
        asked_at=axis_minute(*civil_minute(tx.now)),
        row=next(row for row in view.rows if row.day.on == on),
        plan=derive_plan(facts)[on],
        facts=facts,
        standing=tuple(_list_standing(tx, person.id, on)),
        closed=person.id in standings and standings[person.id].state in IN_FORCE,
        last=dict(_load_last(tx, person.id)),
        offers=dict(_list_offers(tx, person.id, on, today, rules)),
    )


def load_plan(tx: Tx, person: Person, on: date, rules: Rules) -> DayPlan:
    """Give the plan of one day of a person.

    Raises:
        ImpossiblePlanError: what is in force fits no plan.
    """
    return derive_plan(load_month_facts(tx, person.id, f"{on:%Y-%m}", rules.profiles))[on]


def _list_standing(tx: Tx, person_id: str, on: date) -> Iterator[Standing]:
    for filed in list_applications(tx, person_id, on, on):
        if filed.application.state in OVER:
            continue
        try:
            yield Standing(filed, read_request(filed))
        except (BrokenContentError, RequestContentError):  # its own page tells
            continue


def _load_last(tx: Tx, person_id: str) -> Iterator[tuple[RequestKind, Request]]:
    """Yield the latest of the kinds whose reason and hours come again and again."""
    overtime = (RequestKind.overtime, RequestKind.overtime_after)
    for form, kinds in {
        RequestKind.overtime: overtime,
        RequestKind.elsewhere: (RequestKind.elsewhere,),
        RequestKind.punch: (RequestKind.punch,),
    }.items():
        found = load_last_content(tx, person_id, kinds)
        if found is not None:
            try:
                yield form, read_content(RequestKind(found[0]), found[1])
            except RequestContentError:  # of an earlier form; nothing is remembered then
                continue


def _list_offers(tx: Tx, person_id: str, on: date, today: date, rules: Rules) -> Iterator[tuple[str, HoursOff]]:
    """Yield what the months before give that may be taken on a day to come."""
    if on < today:
        return
    for months in range(1, HOURS_OFF_MONTHS_MAX + 1):
        last_on = month_end(on, months=-months)
        profile = rules.profile_on(last_on)
        if last_on >= today or months > profile.hours_off_months:
            continue
        period = f"{last_on:%Y-%m}"
        raised = derive_month(load_month_facts(tx, person_id, period, rules.profiles)).after_60h
        offer = offer_hours_off(period, raised, profile)
        if offer.minutes >= profile.hours_off_unit_minutes and offer.first_on <= on <= offer.last_on:
            yield period, offer
