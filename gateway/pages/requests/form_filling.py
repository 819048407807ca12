"""What a form of a day says before anybody writes into it, or when it came back. Pure.

The times come from the taps, and the reason is the last one that was given for the same kind.
"""

from collections.abc import Mapping

from domain.attendance.divergence import Divergence
from domain.attendance.facts import Punch
from domain.attendance.leave_kinds import Allowance, LeaveKind
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
    divergence_subject,
    kind_of,
    subject_of,
)
from domain.attendance.shift import DayKind
from domain.attendance.spans import minute_from, total
from domain.civil import format_clock
from gateway.pages.requests.asked_day import AskedDay
from gateway.pages.requests.entered import Entered, Part
from gateway.pages.requests.request_view import tell_breaks

USUAL_MINUTES = 60
"""How long overtime is proposed for where nothing else is known."""


def fill_form(kind: RequestKind, day: AskedDay, form_id: str, kinds: Mapping[str, LeaveKind]) -> Entered:
    """Give a form as it stands before anybody wrote into it."""
    fields = {"id": form_id, "form": kind, "day": day.on.isoformat(), "reason": _last_reason(kind, day)}
    return Entered.model_validate(fields | _proposed(kind, day, kinds))


def write_tap(ref: str, minute: int) -> str:
    """Write a tap as the form sends it: the record's name and the minute from 00:00 of the day."""
    return f"{ref}@{minute}"


def write_tap_of(day: AskedDay, punch: Punch) -> str:
    """Write a tap of the day as the form sends it."""
    return write_tap(punch.ref, minute_from(day.on, punch.minute))


def refill_form(request: Request, *, form_id: str, seen: int) -> Entered:
    """Give the form of a request that came back."""
    kind = kind_of(request)
    form = RequestKind.overtime if kind is RequestKind.overtime_after else kind
    fields: dict[str, object] = {"id": form_id, "form": form, "seen": seen, "reason": request.reason}
    return Entered.model_validate(fields | {"day": _page_of(request)} | _fields_of(request))


def _page_of(request: Request) -> str:
    match request:
        case LeaveRequest(from_on=on) | SwapRequest(worked_on=on) | CompensatoryRequest(worked_on=on):
            return on.isoformat()
        case _:
            return request.on.isoformat()


def _fields_of(request: Request) -> dict[str, str]:
    match request:
        case OvertimeRequest(starts_minute=starts, ends_minute=ends, breaks=breaks):
            return {**_ends(starts, ends), "breaks": tell_breaks(breaks)}
        case LeaveRequest(
            kind=kind, from_on=first_on, until_on=last_on, starts_minute=int(starts), ends_minute=int(ends)
        ):
            days = {"from_on": first_on.isoformat(), "until_on": last_on.isoformat()}
            return {"kind": kind, "part": Part.hours, **days, **_ends(starts, ends)}
        case LeaveRequest(kind=kind, from_on=first_on, until_on=last_on):
            return {"kind": kind, "part": Part.day, "from_on": first_on.isoformat(), "until_on": last_on.isoformat()}
        case PunchRequest(minute=minute, direction=direction):
            return {"minute": format_clock(minute), "direction": direction}
        case WrongTapRequest(tap=tap, minute=minute):
            return {"tap": write_tap(tap, minute)}
        case DivergenceAnswer(explanation=explanation):
            return {"subject": subject_of(request), "explanation": explanation}
        case SwapRequest(worked_on=worked_on, off_on=off_on) | CompensatoryRequest(worked_on=worked_on, off_on=off_on):
            part = request.part_minutes if isinstance(request, SwapRequest) else None
            days = {"worked_on": worked_on.isoformat(), "off_on": off_on.isoformat()}
            return {**days, "part_minutes": "" if part is None else format_clock(part)}
        case HoursOffRequest(period=period, starts_minute=starts, ends_minute=ends):
            return {"period": period, **_ends(starts, ends)}
        case ElsewhereRequest(kind=kind, starts_minute=starts, ends_minute=ends):
            return {"kind": kind, **_ends(starts, ends)}


def _proposed(kind: RequestKind, day: AskedDay, kinds: Mapping[str, LeaveKind]) -> dict[str, str]:
    on = day.on.isoformat()
    match kind:
        case RequestKind.overtime:
            return _propose_overtime(day)
        case RequestKind.leave:
            usual = next((each.id for each in kinds.values() if each.allowance is Allowance.granted), "")
            return {"kind": usual, "part": Part.day, "from_on": on, "until_on": on}
        case RequestKind.punch:
            return _propose_punch(day)
        case RequestKind.wrong_tap:
            return {"tap": write_tap_of(day, day.countable_taps[0])} if len(day.countable_taps) == 1 else {}
        case RequestKind.divergence:
            return {"subject": divergence_subject(day.on, day.unanswered[0])} if len(day.unanswered) == 1 else {}
        case RequestKind.swap | RequestKind.compensatory:
            return {"off_on" if day.plan.kind is DayKind.work else "worked_on": on}
        case RequestKind.hours_off:
            return _propose_hours_off(day)
        case _:
            last = day.last.get(RequestKind.elsewhere)
            kind_word = last.kind if isinstance(last, ElsewhereRequest) else "home"
            return {"kind": kind_word, **_window_ends(day)}


def _propose_overtime(day: AskedDay) -> dict[str, str]:
    if day.unordered:
        return _span_of(day.unordered[0])
    window = _window(day)
    last = day.last.get(RequestKind.overtime)
    if window is None or day.plan.kind is not DayKind.work:
        return {}
    out = day.row.day.out_minute
    if out is not None and out > window[1] and not day.row.day.overtime_minutes:
        return _ends(window[1], out)
    again = isinstance(last, OvertimeRequest) and last.starts_minute == window[1]
    return _ends(
        window[1], last.ends_minute if again and isinstance(last, OvertimeRequest) else window[1] + USUAL_MINUTES
    )


def _propose_punch(day: AskedDay) -> dict[str, str]:
    asked = {each.request.direction for each in day.standing if isinstance(each.request, PunchRequest)}
    for missing in day.row.day.missing:
        if missing.direction not in asked:
            at = missing.candidate_minute
            return {"direction": missing.direction, "minute": "" if at is None else format_clock(at)}
    return {}


def _propose_hours_off(day: AskedDay) -> dict[str, str]:
    """Propose the whole day where a month gives it, otherwise the unit at the start of the day."""
    period, offer = next(iter(day.offers.items()))
    wanted = day.plan.net_minutes if offer.minutes >= day.plan.net_minutes else day.facts.profile.hours_off_unit_minutes
    left = wanted
    for starts, ends in day.plan.duty:
        if ends - starts >= left:
            first = minute_from(day.on, day.plan.duty[0][0])
            return {"period": period, **_ends(first, minute_from(day.on, starts + left))}
        left -= total(((starts, ends),))
    return {"period": period}


def _last_reason(kind: RequestKind, day: AskedDay) -> str:
    last = day.last.get(kind)
    return "" if last is None else last.reason


def _window(day: AskedDay) -> tuple[int, int] | None:
    if not day.plan.window:
        return None
    return minute_from(day.on, day.plan.window[0][0]), minute_from(day.on, day.plan.window[-1][1])


def _window_ends(day: AskedDay) -> dict[str, str]:
    window = _window(day)
    return {} if window is None else _ends(*window)


def _span_of(divergence: Divergence) -> dict[str, str]:
    starts, ends = divergence.from_minute, divergence.to_minute
    return {} if starts is None or ends is None else _ends(starts, ends)


def _ends(starts: int, ends: int) -> dict[str, str]:
    return {"starts_minute": format_clock(starts), "ends_minute": format_clock(ends)}
