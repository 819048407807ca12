"""A day's picture with what is asked for: what waits already, and what stands in the form. Pure."""

from dataclasses import replace

from domain.attendance.requests import ElsewhereRequest, OvertimeRequest, RequestKind
from domain.attendance.spans import Span
from domain.civil import minute_on
from domain.workflow.states import State
from gateway.pages.attendance.month_view import DayRow
from gateway.pages.attendance.timeline import draw_timeline
from gateway.pages.requests.asked_day import AskedDay
from gateway.pages.requests.entered import Entered
from gateway.pages.requests.request_form import read_clock

_TIMED = frozenset({RequestKind.overtime, RequestKind.overtime_after, RequestKind.elsewhere})


def draw_asked(day: AskedDay, entered: Entered | None) -> DayRow:
    """Give the day's row with the hours in its picture that wait for a decision or stand in the form."""
    asked = [
        (each.request.starts_minute, each.request.ends_minute)
        for each in day.standing
        if isinstance(each.request, OvertimeRequest | ElsewhereRequest)
        and each.filed.application.state in {State.submitted, State.returned}
    ]
    if entered is not None and (span := _read_span(entered)) is not None and span not in asked:
        asked.append(span)
    if not asked:
        return day.row
    taps = [minute_on(tap.line.occurred_at, day.on) for tap in day.row.taps if tap.line.granted]
    orders = [(order.from_minute, order.to_minute) for order in day.row.orders]
    return replace(day.row, timeline=draw_timeline(day.row.day, taps, orders, asked=asked))


def _read_span(entered: Entered) -> Span | None:
    starts, ends = read_clock(entered.starts_minute), read_clock(entered.ends_minute)
    if entered.form not in _TIMED or starts is None or ends is None or not starts < ends:
        return None
    return starts, ends
