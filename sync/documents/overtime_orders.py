"""時間外勤務命令簿: each order of a month, what was worked of it, and in which classes. Pure.

The order, its reason and who gave it stand beside what was counted; what was ordered and not worked is told, never
dropped.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.attendance.facts import Order
from domain.attendance.person_day import PersonDay
from domain.attendance.spans import minute_from
from domain.civil import civil_minute, format_clock, format_h_mm
from sync.documents.names import CLASSES, name_of, weekday
from sync.documents.sheet import MonthSheet, clock_range, head

RAISED = "60時間超"


@dataclass(frozen=True, slots=True)
class OrderNote:
    """What is known of an order beside its time: why, by whom (a name) and when it was given."""

    reason: str
    ordered_by: str
    ordered_at: datetime | None = None


NO_NOTE = OrderNote("", "")


def lay_out_orders(sheet: MonthSheet, notes: Mapping[str, OrderNote]) -> dict[str, Any]:
    """Give the sheet's words: a row for each order in order of time, and the sums by class.

    Args:
        sheet: the person's counted month.
        notes: what else is known of each order, by the order's ``ref``.
    """
    rows = [_row(day, order, notes.get(order.ref, NO_NOTE)) for day in sheet.month.days for order in _orders(day)]
    classes = sheet.month.classes
    sums = [(name_of(CLASSES, name), format_h_mm(minutes)) for name, minutes in classes.items() if minutes]
    raised = [(name_of(CLASSES, name), format_h_mm(minutes)) for name, minutes in sheet.month.after_60h.items()]
    return {**head(sheet), "rows": rows, "total": sheet.month.overtime_shown, "sums": sums, "after_60h": raised}


def _orders(day: PersonDay) -> Iterator[Order]:
    if day.assessment is not None:
        yield from sorted(
            (order for order, _ in day.assessment.ordered), key=lambda order: (order.starts, order.ends, order.ref)
        )


def _row(day: PersonDay, order: Order, note: OrderNote) -> list[str]:
    counted, raised = Counter[str](), 0
    for entry in day.entries:
        if entry.order == order:
            counted[entry.name] += entry.minutes
            raised += entry.minutes if entry.raised else 0
    words = [f"{name_of(CLASSES, name)} {format_h_mm(minutes)}" for name, minutes in sorted(counted.items())]
    if raised:
        words.append(f"{RAISED} {format_h_mm(raised)}")
    return [
        f"{day.on.month}/{day.on.day}",
        weekday(day.on),
        clock_range((minute_from(day.on, order.starts), minute_from(day.on, order.ends))),
        " ".join(clock_range((minute_from(day.on, start), minute_from(day.on, end))) for start, end in order.breaks),
        note.reason,
        note.ordered_by,
        _given(note.ordered_at, day.on),
        format_h_mm(counted.total()),
        "・".join(words) or "実績なし",
    ]


def _given(at: datetime | None, on: date) -> str:
    if at is None:
        return ""
    given_on, minute = civil_minute(at)
    day = f"{given_on.month}/{given_on.day}" if given_on.year == on.year else f"{given_on:%Y/%m/%d}"
    return f"{day} {format_clock(minute)}"
