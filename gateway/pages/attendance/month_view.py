"""A month as its page shows it: rows with a state each, and behind each row why it says so. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.attendance.duty_clock import duty_today
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import InForce, Profile
from domain.attendance.shift import DayKind
from domain.civil import minute_on
from gateway.pages.attendance.timeline import Timeline, draw_timeline
from gateway.pages.records.tap_view import TapView
from store.orders import OvertimeOrder


class DayState(StrEnum):
    """What a row says of its day."""

    missing = "missing"
    divergent = "divergent"
    on_duty = "on_duty"
    no_record = "no_record"
    settled = "settled"
    leave = "leave"
    day_off = "day_off"
    planned = "planned"


@dataclass(frozen=True, slots=True)
class Counted:
    """A run of the day's presence by one rule; ends are minutes from 00:00 of the day.

    ``names`` are its class and what is paid beside it, or why it does not count; ``rate`` is percent, 0 uncounted.
    """

    from_minute: int
    to_minute: int
    names: tuple[str, ...]
    rate: int
    rule: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """An overtime order, its ends as minutes from 00:00 of the day; ``by`` names who gave it, where that is known."""

    from_minute: int
    to_minute: int
    order: OvertimeOrder
    by: str = ""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One row, and why it is so: taps, orders, counted minutes and their picture."""

    day: PersonDay
    holiday: str
    state: DayState
    divergence_minutes: int
    taps: tuple[TapView, ...]
    orders: tuple[OrderView, ...]
    counted: tuple[Counted, ...]
    timeline: Timeline | None

    @property
    def has_why(self) -> bool:
        """Tell whether there is anything to explain."""
        return bool(self.taps or self.orders or self.day.has_facts)


@dataclass(frozen=True, slots=True)
class MonthView:
    """The page: its rows and the sums on top."""

    month: PersonMonth
    rows: tuple[DayRow, ...]
    days_present: int
    days_divergent: int
    divergence_minutes: int
    days_missing: int


def derive_view(
    month: PersonMonth,
    taps: Iterable[TapView],
    orders: Iterable[OvertimeOrder],
    holidays: Mapping[date, str],
    *,
    profile: InForce,
    today: date,
    names: Mapping[str, str] = MappingProxyType({}),
) -> MonthView:
    """Put a derived month beside the taps and orders it came from.

    Args:
        month: the counted month.
        taps: its taps, in order of time.
        orders: its orders.
        holidays: the names of its holidays.
        profile: what it was counted by.
        today: the duty day of now.
        names: by person, of those who gave orders.
    """
    taps_on: dict[date, list[TapView]] = defaultdict(list)
    for tap in taps:
        taps_on[duty_today(tap.line.occurred_at, profile)].append(tap)
    orders_on: dict[date, list[OrderView]] = defaultdict(list)
    for order in orders:
        on = duty_today(order.starts_at, profile)
        ends = minute_on(order.starts_at, on), minute_on(order.ends_at, on)
        orders_on[on].append(OrderView(*ends, order, names.get(order.ordered_by, "")))
    rows = tuple(
        _row(day, holidays.get(day.on, ""), taps_on[day.on], orders_on[day.on], profile=profile.on(day.on), today=today)
        for day in month.days
    )
    return MonthView(
        month=month,
        rows=rows,
        days_present=sum(1 for row in rows if row.day.in_minute is not None),
        days_divergent=sum(1 for row in rows if row.day.divergences),
        divergence_minutes=sum(row.divergence_minutes for row in rows),
        days_missing=sum(1 for row in rows if row.state is DayState.missing),
    )


def _row(
    day: PersonDay,
    holiday: str,
    taps: Sequence[TapView],
    orders: Sequence[OrderView],
    *,
    profile: Profile,
    today: date,
) -> DayRow:
    counted = tuple(
        Counted(run.from_minute, run.to_minute, tuple(run.name.split("+")), run.rate, run.rule)
        for run in explain_day(day, profile)
    )
    tap_minutes = [minute_on(tap.line.occurred_at, day.on) for tap in taps if tap.line.granted]
    return DayRow(
        day=day,
        holiday=holiday,
        state=_judge(day, today),
        divergence_minutes=sum(item.minutes for item in day.divergences),
        taps=tuple(taps),
        orders=tuple(orders),
        counted=counted,
        timeline=draw_timeline(day, tap_minutes, [(view.from_minute, view.to_minute) for view in orders]),
    )


def _judge(day: PersonDay, today: date) -> DayState:
    if day.open:
        return DayState.on_duty
    if day.missing:
        return DayState.missing
    if day.divergences:
        return DayState.divergent
    if day.leave:
        return DayState.leave
    if day.has_facts and day.in_minute is not None:
        return DayState.settled
    if day.kind is not DayKind.work:
        return DayState.day_off
    return DayState.planned if day.on >= today else DayState.no_record
