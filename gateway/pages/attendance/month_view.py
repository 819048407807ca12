"""A month as its page shows it: rows with a state each, and behind each row why it says so. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.month import PersonMonth
from domain.attendance.person_day import PersonDay
from domain.attendance.shift import DayKind
from domain.attendance.spans import minute_from
from domain.civil import duty_day, minute_on
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
    """Minutes of the day that count, of one class by one rule; ends are minutes from 00:00 of the day."""

    from_minute: int
    to_minute: int
    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """An overtime order, its ends as minutes from 00:00 of the day."""

    from_minute: int
    to_minute: int
    order: OvertimeOrder


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
    date_change_minutes: int,
    today: date,
) -> MonthView:
    """Put a derived month beside the taps and orders it came from."""
    taps_on: dict[date, list[TapView]] = defaultdict(list)
    for tap in taps:
        taps_on[duty_day(tap.line.occurred_at, date_change_minutes=date_change_minutes)].append(tap)
    orders_on: dict[date, list[OvertimeOrder]] = defaultdict(list)
    for order in orders:
        orders_on[duty_day(order.starts_at, date_change_minutes=date_change_minutes)].append(order)
    rows = tuple(
        _row(day, holidays.get(day.on, ""), taps_on[day.on], orders_on[day.on], today=today) for day in month.days
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
    day: PersonDay, holiday: str, taps: Sequence[TapView], orders: Sequence[OvertimeOrder], *, today: date
) -> DayRow:
    views = tuple(
        OrderView(minute_on(order.starts_at, day.on), minute_on(order.ends_at, day.on), order) for order in orders
    )
    counted = tuple(
        Counted(minute_from(day.on, entry.starts), minute_from(day.on, entry.ends), entry.name, entry.rule)
        for entry in day.entries
    )
    tap_minutes = [minute_on(tap.line.occurred_at, day.on) for tap in taps if tap.line.granted]
    return DayRow(
        day=day,
        holiday=holiday,
        state=_judge(day, today),
        divergence_minutes=sum(item.minutes for item in day.divergences),
        taps=tuple(taps),
        orders=views,
        counted=counted,
        timeline=draw_timeline(day, tap_minutes, [(view.from_minute, view.to_minute) for view in views]),
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
