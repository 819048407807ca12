"""A request in the words of a page: its kind, its days, its hours and every field that was filled in. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    ElsewhereRequest,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    RequestKind,
    SwapRequest,
    WrongTapRequest,
    days_of,
    kind_of,
)
from domain.attendance.spans import Spans
from domain.civil import format_clock, format_h_mm
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.words import Language

Line = tuple[str, str]
"""A field's name and what stands in it."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request to be read: ``hours`` is empty where it speaks of whole days, ``reason`` where none was given."""

    kind: RequestKind
    title: str
    first_on: date
    last_on: date
    days: str
    hours: str
    reason: str
    lines: tuple[Line, ...]


def tell_request(request: Request, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> RequestView:
    """Tell a request in one language; ``kinds`` are the city's kinds of leave by id."""
    first_on, last_on = days_of(request)
    days = _days(request, phrases)
    hours = _hours(request)
    title = name_request(request, phrases, kinds)
    lines = [(phrases.say("asking.what"), title), (phrases.say("asking.when"), days)]
    if hours:
        lines.append((phrases.say("asking.hours"), hours))
    lines += _more(request, phrases)
    if request.reason:
        lines.append((phrases.say("asking.reason"), request.reason))
    return RequestView(kind_of(request), title, first_on, last_on, days, hours, request.reason, tuple(lines))


def name_request(request: Request, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> str:
    """Name what is asked for: 時間外勤務（事前）, 年次休暇, 在宅勤務 and so on."""
    match request:
        case LeaveRequest(kind=kind_id):
            return name_leave(kind_id, phrases, kinds)
        case ElsewhereRequest(kind=kind):
            return phrases.say(f"elsewhere.{kind}")
        case _:
            return phrases.say(f"asking.kind.{kind_of(request)}")


def name_leave(kind_id: str, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> str:
    """Name a kind of leave; one that the city no longer has goes by its id."""
    kind = kinds.get(kind_id)
    if kind is None:
        return phrases.say("asking.kind.hours_off") if kind_id == RequestKind.hours_off else kind_id
    return kind.title if phrases.language is Language.ja else f"{kind.title_en[:1].upper()}{kind.title_en[1:]}"


def _days(request: Request, phrases: Phrases) -> str:
    match request:
        case SwapRequest(worked_on=worked_on, off_on=off_on) | CompensatoryRequest(worked_on=worked_on, off_on=off_on):
            return phrases.say("asking.worked_and_off", worked=phrases.day(worked_on), off=phrases.day(off_on))
        case LeaveRequest(from_on=first_on, until_on=last_on) if first_on != last_on:
            return phrases.say("asking.days", first=phrases.day(first_on), last=phrases.day(last_on))
        case _:
            return phrases.day(days_of(request)[0])


def _hours(request: Request) -> str:
    match request:
        case OvertimeRequest() | ElsewhereRequest() | HoursOffRequest():
            return _range(request.starts_minute, request.ends_minute)
        case LeaveRequest(starts_minute=int(starts), ends_minute=int(ends)):
            return _range(starts, ends)
        case DivergenceAnswer(from_minute=int(starts), to_minute=int(ends)) if starts != ends:
            return _range(starts, ends)
        case PunchRequest(minute=minute) | WrongTapRequest(minute=minute):
            return format_clock(minute)
        case _:
            return ""


def _more(request: Request, phrases: Phrases) -> Iterator[Line]:
    match request:
        case OvertimeRequest(breaks=breaks) if breaks:
            yield phrases.say("asking.breaks"), tell_breaks(breaks)
        case PunchRequest(direction=direction):
            yield phrases.say("asking.direction"), phrases.say(f"asking.direction_{direction}")
        case DivergenceAnswer(kind=kind, explanation=explanation):
            yield phrases.say("asking.difference"), phrases.say_or(f"divergence.{kind}.title", kind)
            yield phrases.say("asking.explanation"), phrases.say(f"explanation.{explanation}")
        case SwapRequest(part_minutes=int(part)):
            yield phrases.say("asking.part_minutes"), format_h_mm(part)
        case HoursOffRequest(period=period):
            yield phrases.say("asking.period"), phrases.month(date.fromisoformat(f"{period}-01"))
        case _:
            return


def tell_breaks(breaks: Spans) -> str:
    """Write breaks as the form takes them: ``18:00-19:00, 21:00-21:15``."""
    return ", ".join(f"{format_clock(starts)}-{format_clock(ends)}" for starts, ends in breaks)


def _range(starts: int, ends: int) -> str:
    return f"{format_clock(starts)}–{format_clock(ends)}"
