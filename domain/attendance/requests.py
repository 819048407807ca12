"""What people ask for about their time (申請), as values. Days are duty days.

Clock minutes count from 00:00 of the day, past 1440 on the day after. A value may still be wrong
against the facts: the ``assess_…`` modules say what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction
from domain.attendance.spans import Spans


class RequestKind(StrEnum):
    """The kinds of request; the words under which they are stored."""

    overtime = "overtime"  # 時間外勤務（事前）
    overtime_after = "overtime_after"  # 時間外勤務（事後）
    leave = "leave"  # 休暇
    punch = "punch"  # 打刻訂正
    wrong_tap = "wrong_tap"  # 打刻の除外
    divergence = "divergence"  # 乖離理由
    swap = "swap"  # 週休日の振替
    compensatory = "compensatory"  # 代休日
    hours_off = "hours_off"  # 超勤代休時間
    elsewhere = "elsewhere"  # 在宅, 出張 …


class Explanation(StrEnum):
    """Why presence and order differ, as the employee says it (R14)."""

    private = "private"  # 私用
    waiting = "waiting"  # 待ち合わせ, 交通
    study = "study"  # 自己啓発
    work = "work"  # 業務: leads to a proposal of pay (R15)
    wrong_punch = "wrong_punch"  # 打刻誤り


@dataclass(frozen=True, slots=True)
class OvertimeRequest:
    """Overtime of a duty day, beforehand or, with ``afterwards``, for hours that were worked."""

    on: date
    starts_minute: int
    ends_minute: int
    reason: str
    breaks: Spans = ()
    afterwards: bool = False


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Leave of whole days, or of a part of one day; ``ends_minute`` is not inside."""

    kind: str
    from_on: date
    until_on: date
    reason: str = ""
    starts_minute: int | None = None
    ends_minute: int | None = None


@dataclass(frozen=True, slots=True)
class PunchRequest:
    """A punch that is missing (the card was forgotten): when it would have been."""

    on: date
    minute: int
    direction: Direction
    reason: str


@dataclass(frozen=True, slots=True)
class WrongTapRequest:
    """A tap that was none of working time (a thing forgotten, another's card): it is to bound no presence.

    ``tap`` names the record (:attr:`~domain.attendance.facts.Punch.ref`), ``minute`` is when it was, so that whoever
    decides reads what was asked for. The record itself stays as it is.
    """

    on: date
    minute: int
    tap: str
    reason: str


@dataclass(frozen=True, slots=True)
class DivergenceAnswer:
    """Why a divergence of a day was; the ends are those of the divergence, None where an end is what is missing."""

    on: date
    kind: DivergenceKind
    from_minute: int | None
    to_minute: int | None
    explanation: Explanation
    reason: str


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """週休日の振替; ``part_minutes`` None is the whole day."""

    worked_on: date
    off_on: date
    reason: str
    part_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class CompensatoryRequest:
    """代休日 for a holiday that is or was worked."""

    worked_on: date
    off_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HoursOffRequest:
    """超勤代休時間: hours off in place of the raised part of a month's overtime (``period``, YYYY-MM) (L13)."""

    period: str
    on: date
    starts_minute: int
    ends_minute: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ElsewhereRequest:
    """Hours of a day that are spent elsewhere."""

    on: date
    kind: ElsewhereKind
    starts_minute: int
    ends_minute: int
    reason: str


Request = (
    OvertimeRequest
    | LeaveRequest
    | PunchRequest
    | WrongTapRequest
    | DivergenceAnswer
    | SwapRequest
    | CompensatoryRequest
    | HoursOffRequest
    | ElsewhereRequest
)

VALUES: Mapping[RequestKind, type[Request]] = MappingProxyType(
    {
        RequestKind.overtime: OvertimeRequest,
        RequestKind.overtime_after: OvertimeRequest,
        RequestKind.leave: LeaveRequest,
        RequestKind.punch: PunchRequest,
        RequestKind.wrong_tap: WrongTapRequest,
        RequestKind.divergence: DivergenceAnswer,
        RequestKind.swap: SwapRequest,
        RequestKind.compensatory: CompensatoryRequest,
        RequestKind.hours_off: HoursOffRequest,
        RequestKind.elsewhere: ElsewhereRequest,
    }
)
"""Each kind's value."""


def kind_of(request: Request) -> RequestKind:
    """Give a value's kind."""
    if isinstance(request, OvertimeRequest):
        return RequestKind.overtime_after if request.afterwards else RequestKind.overtime
    return next(kind for kind, value in VALUES.items() if value is type(request))


def days_of(request: Request) -> tuple[date, date]:
    """Give the first and the last duty day that a request speaks of."""
    match request:
        case LeaveRequest(from_on=first, until_on=last):
            return first, last
        case SwapRequest(worked_on=one, off_on=other) | CompensatoryRequest(worked_on=one, off_on=other):
            return min(one, other), max(one, other)
        case _:
            return request.on, request.on


def divergence_subject(on: date, divergence: Divergence | DivergenceAnswer) -> str:
    """Name a divergence of a person's day: an answer speaks of the one that bears the same name.

    The ends belong to the name: what was explained is those minutes, and a later punch that moves them asks anew.
    """
    ends = ("" if each is None else str(each) for each in (divergence.from_minute, divergence.to_minute))
    return f"{on.isoformat()}/{divergence.kind.value}/{'-'.join(ends)}"


def subject_of(request: Request) -> str:
    """Give what else finds a request besides its days; empty where nothing does."""
    match request:
        case DivergenceAnswer():
            return divergence_subject(request.on, request)
        case WrongTapRequest(tap=tap):
            return tap
        case _:
            return ""
