"""Everything that a month's page shows, loaded once and counted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contract.month_version import hash_month, write_month
from domain.attendance.check_sheet import list_unrecorded
from domain.attendance.closing import IN_FORCE, MonthStanding
from domain.attendance.completeness import month_over_at
from domain.attendance.duty_clock import duty_ends_at, duty_starts_at, duty_today
from domain.attendance.facts import MonthFacts
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.limits import CrossedLimit
from domain.attendance.month import PersonMonth, derive_month, month_bounds
from domain.attendance.spans import civil_date, minute_from
from domain.ids import PersonId
from gateway.context import GatewayContext
from gateway.pages.attendance.caps_view import Bar, month_bar
from gateway.pages.attendance.day_notes import OPEN, Asked, DayNote, tell_notes
from gateway.pages.attendance.month_figures import Figures, sum_figures
from gateway.pages.attendance.month_standing import StandingFacts, StandingView, derive_standing, name_actors
from gateway.pages.attendance.month_view import MonthView, derive_view
from gateway.pages.attendance.shift_names import load_shift_names
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.records.tap_view import TapView, mark_wrong, view_tap
from gateway.pages.requests.request_view import name_leave
from gateway.requests.content import read_request
from gateway.requests.refusals import BrokenContentError
from store.applications import Filed, list_applications
from store.board import TapLine, list_tap_lines
from store.calendar import list_calendar
from store.closings import list_steps, list_versions, load_standings
from store.directory import list_names
from store.month_adjustments import list_adjustments
from store.months import load_month_facts
from store.orders import OvertimeOrder, list_orders
from store.people import Person, load_person
from store.tx import Tx
from store.wrong_taps import FoundWrong, list_wrong_taps

MONTH_TAPS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Crossing:
    """A cap that was crossed: on which civil day, and at which minute of it."""

    rule: str
    on: date
    minute: int


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A month as its page tells it; ``notes`` by day, ``bar`` is the month's own cap, ``crossed`` those that were."""

    view: MonthView
    figures: Figures
    bar: Bar | None
    crossed: tuple[Crossing, ...]
    notes: Mapping[date, tuple[DayNote, ...]]
    standing: StandingView


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the database says of a month."""

    facts: MonthFacts
    taps: tuple[TapLine, ...]
    orders: tuple[OvertimeOrder, ...]
    holidays: Mapping[date, str]
    shifts: Mapping[date, str]
    filed: tuple[Filed, ...]
    end: StandingFacts
    person: Person | None
    names: Mapping[str, str]
    wrong: Mapping[str, FoundWrong]


def load_month_page(context: GatewayContext, phrases: Phrases, person_id: str, period: str, now: datetime) -> MonthPage:
    """Load and count a month.

    Raises:
        UnknownPersonError: there is no such person.
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
        ValueError: ``period`` is no month.
    """
    with context.store.reading(now) as tx:
        loaded = _load(tx, context, person_id, period)
    month = derive_month(loaded.facts)
    rules = context.rules
    return MonthPage(
        view=_derive_view(month, loaded, context, now),
        figures=sum_figures(month, loaded.facts.profile, lambda kind: name_leave(kind, phrases, rules.leave_kinds)),
        bar=month_bar(month, loaded.facts),
        crossed=tuple(_tell_crossing(limit) for limit in month.limits),
        notes=_tell_notes(loaded, phrases, rules.leave_kinds),
        standing=_derive_standing(month, loaded, context, period, now),
    )


def load_month_view(context: GatewayContext, person_id: str, period: str, now: datetime) -> MonthView:
    """Load and count a month's rows alone.

    Raises:
        as :func:`load_month_page`.
    """
    with context.store.reading(now) as tx:
        loaded = _load(tx, context, person_id, period)
    return _derive_view(derive_month(loaded.facts), loaded, context, now)


def _tell_crossing(limit: CrossedLimit) -> Crossing:
    on = civil_date(limit.at)
    return Crossing(limit.rule, on, minute_from(on, limit.at))


def _load(tx: Tx, context: GatewayContext, person_id: str, period: str) -> _Loaded:
    profile = context.rules.profiles
    first_on, last_on = month_bounds(period)
    since, until = duty_starts_at(first_on, profile), duty_ends_at(last_on, profile)
    facts = load_month_facts(tx, person_id, period, profile)
    orders = tuple(list_orders(tx, (person_id,), since=since, until=until))
    end = _load_end(tx, person_id, period)
    rostered = any(first_on <= on <= last_on for on in facts.shifts)
    return _Loaded(
        facts=facts,
        taps=tuple(
            reversed(list_tap_lines(tx, since=since, until=until, person_id=PersonId(person_id), limit=MONTH_TAPS_MAX))
        ),
        orders=orders,
        holidays={day.day_on: day.name for day in list_calendar(tx, first_on, last_on)},
        shifts=load_shift_names(tx, person_id, (first_on, last_on)) if rostered else {},
        filed=tuple(list_applications(tx, person_id, first_on, last_on)),
        end=end,
        person=load_person(tx, person_id),
        names=list_names(tx, {order.ordered_by for order in orders} | name_actors(end)),
        wrong=list_wrong_taps(tx, person_id, since=since, until=until),
    )


def _load_end(tx: Tx, person_id: str, period: str) -> StandingFacts:
    standing = load_standings(tx, period, (person_id,)).get(person_id)
    if standing is None:  # nobody has done anything yet
        return StandingFacts(MonthStanding(person_id, period))
    steps = list_steps(tx, period, person_id)
    if standing.version == 0:
        return StandingFacts(standing, steps)
    version = list_versions(tx, period, (person_id,))[-1]
    return StandingFacts(standing, steps, version, list_adjustments(tx, period, (person_id,)))


def _derive_view(month: PersonMonth, loaded: _Loaded, context: GatewayContext, now: datetime) -> MonthView:
    taps: list[TapView] = mark_wrong((view_tap(line, context.site) for line in loaded.taps), loaded.wrong)
    today, rules = duty_today(now, context.rules.profiles), loaded.facts.rules
    return derive_view(month, taps, loaded.orders, loaded.holidays, profile=rules, today=today, names=loaded.names)


def _tell_notes(loaded: _Loaded, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> dict[date, tuple[DayNote, ...]]:
    asked = []
    for filed in loaded.filed:
        if filed.application.state in OPEN:
            try:
                asked.append(Asked(read_request(filed), filed.application.state))
            except BrokenContentError:  # whoever decides is told of it; there is nothing to show here
                continue
    return tell_notes(loaded.facts, loaded.shifts, asked, phrases, kinds)


def _derive_standing(
    month: PersonMonth, loaded: _Loaded, context: GatewayContext, period: str, now: datetime
) -> StandingView:
    profile = context.rules.profiles
    is_over = now >= month_over_at(period, profile)
    wanted = is_over and loaded.end.standing.state not in IN_FORCE
    return derive_standing(
        loaded.end,
        month,
        loaded.filed,
        loaded.names,
        is_over=is_over,
        content_hash=hash_month(write_month(month, period, profile)) if wanted else "",
        self_confirm=context.settings.attendance.self_confirm,
        unrecorded=list_unrecorded(month, joined_on=loaded.person.joined_on, left_on=loaded.person.left_on)
        if wanted and loaded.person
        else (),
    )
