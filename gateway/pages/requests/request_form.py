"""What somebody entered into a form of a day, as a request; what cannot be read is told by its field. Pure.

Clock times are generous: ``17:30``, ``1730`` and full-width digits are the same; past midnight comes ``26:00``.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.attendance.divergence import DivergenceKind
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction
from domain.attendance.leave_parts import halves
from domain.attendance.plan import DayPlan
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    ElsewhereRequest,
    Explanation,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    RequestKind,
    SwapRequest,
    WrongTapRequest,
)
from domain.attendance.spans import Span, Spans
from gateway.pages.drawing.dates import read_date
from gateway.pages.requests.entered import Entered, Part

_CLOCK = re.compile(r"([0-9]{1,2})[:.]?([0-5][0-9])")
_RANGE = re.compile(r"\s*([0-9:.]+)\s*[-–—~〜~]\s*([0-9:.]+)\s*")
_SUBJECT = re.compile(r"([0-9-]{10})/([a-z_]+)/([0-9]{0,4})-([0-9]{0,5})")
_TAP = re.compile(r"([^@\s]{1,100})@([0-9]{1,4})")


class FormWhy(StrEnum):
    """Why a field cannot be read."""

    bad_time = "bad_time"
    bad_day = "bad_day"
    bad_breaks = "bad_breaks"
    nothing_chosen = "nothing_chosen"
    no_halves = "no_halves"


@dataclass(frozen=True, slots=True)
class FormFault:
    """A field that cannot be read."""

    field: str
    why: FormWhy


class UnreadableFormError(Exception):
    """Fields that cannot be read, every one of them."""

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.why.value}" for fault in faults))
        self.faults = faults


def read_clock(text: str) -> int | None:
    """Give minutes from 00:00 for ``17:30``, ``1730`` or ``26:00``; None for anything else."""
    match = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return None if match is None else int(match[1]) * 60 + int(match[2])


def read_breaks(text: str) -> Spans | None:
    """Give the breaks of ``18:00-19:00, 21:00-21:15``; None where one cannot be read."""
    spans: list[Span] = []
    for part in filter(str.strip, re.split(r"[,、]", unicodedata.normalize("NFKC", text))):
        match = _RANGE.fullmatch(part)
        ends = (None, None) if match is None else (read_clock(match[1]), read_clock(match[2]))
        if ends[0] is None or ends[1] is None:
            return None
        spans.append((ends[0], ends[1]))
    return tuple(spans)


def read_request(entered: Entered, plan: DayPlan | None = None) -> Request:
    """Give the request that was entered; overtime is beforehand until ``settle_overtime`` says otherwise.

    Args:
        entered: the form.
        plan: the plan of a leave's first day; a half day is one of its halves.

    Raises:
        UnreadableFormError: fields cannot be read; it names every one.
    """
    fields = _Fields(entered)
    request = _READERS[entered.form](fields, plan)
    if fields.faults:
        raise UnreadableFormError(tuple(fields.faults))
    return request


class _Fields:
    """A form's fields as values; what cannot be read is noted and stands for something harmless meanwhile."""

    def __init__(self, entered: Entered) -> None:
        self.entered = entered
        self.faults: list[FormFault] = []

    def clock(self, name: str) -> int:
        minute = read_clock(getattr(self.entered, name))
        if minute is None:
            self.miss(name, FormWhy.bad_time)
        return minute or 0

    def day(self, name: str) -> date:
        on = read_date(getattr(self.entered, name))
        if on is None:
            self.miss(name, FormWhy.bad_day)
        return on or self.entered.on

    def miss(self, name: str, why: FormWhy) -> None:
        self.faults.append(FormFault(name, why))


_Read = Callable[[_Fields, DayPlan | None], Request]


def _read_overtime(fields: _Fields, _: DayPlan | None) -> Request:
    one = fields.entered
    breaks = read_breaks(one.breaks)
    if breaks is None:
        fields.miss("breaks", FormWhy.bad_breaks)
    starts, ends = fields.clock("starts_minute"), fields.clock("ends_minute")
    return OvertimeRequest(one.on, starts, ends, one.reason, breaks or ())


def _read_leave(fields: _Fields, plan: DayPlan | None) -> Request:
    one = fields.entered
    from_on = fields.day("from_on")
    if not one.kind:
        fields.miss("kind", FormWhy.nothing_chosen)
    match one.part:
        case Part.am | Part.pm:
            parts = halves(plan) if plan is not None and plan.on == from_on else None
            if parts is None:
                fields.miss("part", FormWhy.no_halves)
            starts, ends = (parts or ((0, 0), (0, 0)))[one.part == Part.pm]
            return LeaveRequest(one.kind, from_on, from_on, one.reason, starts, ends)
        case Part.hours:
            starts, ends = fields.clock("starts_minute"), fields.clock("ends_minute")
            return LeaveRequest(one.kind, from_on, from_on, one.reason, starts, ends)
        case Part.day:
            return LeaveRequest(one.kind, from_on, fields.day("until_on") if one.until_on else from_on, one.reason)
        case _:
            fields.miss("part", FormWhy.nothing_chosen)
            return LeaveRequest(one.kind, from_on, from_on, one.reason)


def _read_punch(fields: _Fields, _: DayPlan | None) -> Request:
    one = fields.entered
    if not one.direction:
        fields.miss("direction", FormWhy.nothing_chosen)
    direction = Direction(one.direction) if one.direction else Direction.none
    return PunchRequest(one.on, fields.clock("minute"), direction, one.reason)


def _read_wrong_tap(fields: _Fields, _: DayPlan | None) -> Request:
    one = fields.entered
    match = _TAP.fullmatch(one.tap)
    if match is None:
        fields.miss("tap", FormWhy.nothing_chosen)
    tap, minute = ("", 0) if match is None else (match[1], int(match[2]))
    return WrongTapRequest(one.on, minute, tap, one.reason)


def _read_answer(fields: _Fields, _: DayPlan | None) -> Request:
    one = fields.entered
    match = _SUBJECT.fullmatch(one.subject)
    if match is None or match[2] not in set(DivergenceKind):
        fields.miss("subject", FormWhy.nothing_chosen)
        match = None
    if not one.explanation:
        fields.miss("explanation", FormWhy.nothing_chosen)
    kind = DivergenceKind.unordered_stay if match is None else DivergenceKind(match[2])
    starts, ends = (None, None) if match is None else (_number(match[3]), _number(match[4]))
    return DivergenceAnswer(one.on, kind, starts, ends, Explanation(one.explanation or "private"), one.reason)


def _read_swap(fields: _Fields, _: DayPlan | None) -> Request:
    part = fields.clock("part_minutes") if fields.entered.part_minutes.strip() else None
    return SwapRequest(fields.day("worked_on"), fields.day("off_on"), fields.entered.reason, part)


def _read_compensatory(fields: _Fields, _: DayPlan | None) -> Request:
    return CompensatoryRequest(fields.day("worked_on"), fields.day("off_on"), fields.entered.reason)


def _read_hours_off(fields: _Fields, _: DayPlan | None) -> Request:
    one = fields.entered
    starts, ends = fields.clock("starts_minute"), fields.clock("ends_minute")
    return HoursOffRequest(one.period, one.on, starts, ends, one.reason)


def _read_elsewhere(fields: _Fields, _: DayPlan | None) -> Request:
    one = fields.entered
    known = one.kind in set(ElsewhereKind)
    if not known:
        fields.miss("kind", FormWhy.nothing_chosen)
    kind = ElsewhereKind(one.kind) if known else ElsewhereKind.home
    return ElsewhereRequest(one.on, kind, fields.clock("starts_minute"), fields.clock("ends_minute"), one.reason)


_READERS: Mapping[RequestKind, _Read] = MappingProxyType(
    {
        RequestKind.overtime: _read_overtime,
        RequestKind.overtime_after: _read_overtime,
        RequestKind.leave: _read_leave,
        RequestKind.punch: _read_punch,
        RequestKind.wrong_tap: _read_wrong_tap,
        RequestKind.divergence: _read_answer,
        RequestKind.swap: _read_swap,
        RequestKind.compensatory: _read_compensatory,
        RequestKind.hours_off: _read_hours_off,
        RequestKind.elsewhere: _read_elsewhere,
    }
)


def _number(text: str) -> int | None:
    return int(text) if text else None
