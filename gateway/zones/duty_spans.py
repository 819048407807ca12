"""When people are on duty, on leave and ordered to work longer, from rosters, calendar and what was agreed.

Breaks belong to the duty here: nobody loses the network for lunch. A day that cannot be planned has no duty.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from domain.attendance.elsewhere import Elsewhere, counts_as_presence
from domain.attendance.facts import Compensatory, MonthFacts, Swap
from domain.attendance.leave_balance import Taking
from domain.attendance.plan import PLAN_MARGIN, DayPlan, ImpossiblePlanError, derive_plan, planned_range
from domain.attendance.profile import InForce
from domain.attendance.shift import DayKind, Shift
from domain.attendance.spans import axis_minute
from domain.civil import MINUTES_PER_DAY, civil_minute, instant
from domain.zones.situation import Span
from store.agreed_days import list_compensatory, list_elsewhere, list_swaps
from store.calendar import list_calendar
from store.leaves import list_takings
from store.orders import list_orders
from store.rosters import Days, load_shifts
from store.tx import Tx

DAYS_BEFORE, DAYS_AHEAD = 1, 2
"""Known are the day before, for a duty over midnight, and so many days to come."""

_Plans = dict[tuple[object, ...], Mapping[date, DayPlan]]


@dataclass(frozen=True, slots=True)
class DutySpans:
    """One person's."""

    duty: tuple[Span, ...] = ()
    on_leave: tuple[Span, ...] = ()
    orders: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What rosters and agreements say of one person's days."""

    shifts: Mapping[date, Shift] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()
    compensatory: tuple[Compensatory, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Name it: whoever has the same days has the same plan."""
        return tuple(self.shifts.items()), self.swaps, self.compensatory


def load_duty_spans(tx: Tx, person_ids: Collection[str], profiles: InForce, *, everybody: bool) -> dict[str, DutySpans]:
    """Give the spans of persons around ``tx.now``; ``everybody``: these are all that there are."""
    chosen = None if everybody else person_ids
    today = civil_minute(tx.now)[0]
    days = (today - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AHEAD))
    first_at, last_at = instant(days[0], 0), instant(days[1], MINUTES_PER_DAY)
    planned = _plan_days(tx, _load_agreed(tx, person_ids, chosen, days, profiles), days, profiles)
    takings = list_takings(tx, chosen, since=days[0], until=days[1])
    elsewhere = list_elsewhere(tx, chosen, days)
    orders: dict[str, list[Span]] = {}
    for order in list_orders(tx, chosen, since=first_at, until=last_at):
        orders.setdefault(order.person_id, []).append(Span(order.starts_at, order.ends_at))
    same: dict[int, tuple[Span, ...]] = {}
    found = {}
    for each in person_ids:
        plan = planned[each]
        duty = same.get(id(plan))
        if duty is None:
            duty = same[id(plan)] = tuple(_duty(plan, days))
        watched = tuple(_watch(elsewhere.get(each, ()), profiles))
        left = tuple(_leave(takings.get(each, ()), plan))
        found[each] = DutySpans(duty + watched, left, tuple(orders.get(each, ())))
    return found


def _load_agreed(
    tx: Tx, person_ids: Collection[str], chosen: Collection[str] | None, days: Days, profiles: InForce
) -> dict[str, _Agreed]:
    swaps, compensatory = list_swaps(tx, chosen, days), list_compensatory(tx, chosen, days)
    agreed = {
        each: _Agreed({}, tuple(swaps.get(each, ())), tuple(compensatory.get(each, ())))
        for each in {*swaps, *compensatory}
    }
    shifts = load_shifts(tx, chosen, days, {who: _widen(each, days, profiles) for who, each in agreed.items()})
    nothing = _Agreed()
    return {each: replace(agreed.get(each, nothing), shifts=shifts.get(each, {})) for each in person_ids}


def _widen(each: _Agreed, days: Days, profiles: InForce) -> Days:
    """Give the days that somebody's agreements reach to."""
    return planned_range(_facts(each, days, profiles))


def _plan_days(
    tx: Tx, agreed: Mapping[str, _Agreed], days: Days, profiles: InForce
) -> dict[str, Mapping[date, DayPlan]]:
    """Plan the days of persons; most have the same ones, which are planned once."""
    ranges = [
        planned_range(_facts(each, days, profiles)) for each in agreed.values() if each.swaps or each.compensatory
    ]
    first_on = min([days[0] - PLAN_MARGIN, *(each[0] for each in ranges)])
    last_on = max([days[1] + PLAN_MARGIN, *(each[1] for each in ranges)])
    first_on, last_on = first_on - timedelta(days=31), last_on + timedelta(days=31)  # a settlement period is no longer
    holidays = frozenset(each.day_on for each in list_calendar(tx, first_on, last_on))
    plans: _Plans = {}
    found = {}
    for person_id, each in agreed.items():
        key = each.key
        plan = plans.get(key)
        if plan is None:
            plan = plans[key] = _plan(_facts(each, days, profiles, holidays))
        found[person_id] = plan
    return found


def _facts(each: _Agreed, days: Days, profiles: InForce, holidays: frozenset[date] = frozenset()) -> MonthFacts:
    return MonthFacts(
        "",
        profiles.on(days[1]),
        *days,
        known_from_on=days[0],
        holidays=holidays,
        shifts=each.shifts,
        swaps=each.swaps,
        compensatory=each.compensatory,
        former_profiles=profiles.former(days[1]),
    )


def _plan(facts: MonthFacts) -> Mapping[date, DayPlan]:
    try:
        return derive_plan(facts)
    except ImpossiblePlanError:
        return {}


def _duty(plan: Mapping[date, DayPlan], days: Days) -> Iterator[Span]:
    for on in _each_day(days):
        if (day := plan.get(on)) is not None and day.kind is DayKind.work:
            yield from (_span(on, start - axis_minute(on), end - axis_minute(on)) for start, end in day.regular_window)


def _watch(items: Iterable[Elsewhere], profiles: InForce) -> Iterator[Span]:
    """Yield the hours of watch on site (宿日直, 災害待機)."""
    for each in items:
        if not counts_as_presence(each, profiles):
            yield _span(each.on, each.starts_minute, each.ends_minute)


def _leave(takings: Iterable[Taking], plan: Mapping[date, DayPlan]) -> Iterator[Span]:
    """Yield the hours of leave; a whole day's begin after the duty of the day before, and last as long as its own."""
    for each in takings:
        if each.starts_minute is not None and each.ends_minute is not None:
            yield _span(each.on, each.starts_minute, each.ends_minute)
            continue
        before = _ends(plan.get(each.on - timedelta(days=1))) - MINUTES_PER_DAY
        yield _span(each.on, max(0, before), max(MINUTES_PER_DAY, _ends(plan.get(each.on))))


def _ends(day: DayPlan | None) -> int:
    """Give the minute of its day at which a day's duty ends; 0 where it has none."""
    if day is None or day.kind is not DayKind.work or not day.window:
        return 0
    return day.window[-1][1] - axis_minute(day.on)


def _each_day(days: Days) -> Iterator[date]:
    return (date.fromordinal(each) for each in range(days[0].toordinal(), days[1].toordinal() + 1))


def _span(on: date, starts_minute: int, ends_minute: int) -> Span:
    return Span(_at(on, starts_minute), _at(on, ends_minute))


def _at(on: date, minute: int) -> datetime:
    return instant(on, minute)
