"""Which forms a day has: what the day itself asks for comes first. Pure."""

from collections.abc import Iterator

from domain.attendance.leave_takings import is_due
from domain.attendance.requests import (
    RequestKind,
)
from domain.attendance.shift import DayKind
from gateway.pages.requests.asked_day import AskedDay

_USUAL_ORDER = (
    RequestKind.overtime,
    RequestKind.leave,
    RequestKind.elsewhere,
    RequestKind.swap,
    RequestKind.compensatory,
    RequestKind.hours_off,
    RequestKind.divergence,
    RequestKind.punch,
    RequestKind.wrong_tap,
)


def list_forms(day: AskedDay) -> tuple[RequestKind, ...]:
    """Give the kinds that can be asked for on a day, the likeliest first; of a closed month a wrong tap alone."""
    if day.closed:
        return tuple(kind for kind in (RequestKind.wrong_tap,) if _can_be_asked(kind, day))
    first = tuple(_list_due(day))
    return (*first, *(kind for kind in _USUAL_ORDER if kind not in first and _can_be_asked(kind, day)))


def choose_form(day: AskedDay) -> RequestKind | None:
    """Give the form that a day opens with; None on a past day that needs nothing."""
    due = next(iter(_list_due(day)), None)
    if day.closed or due is not None:
        return None if day.closed else due
    return next(iter(list_forms(day)), None) if day.on >= day.today else None


def _list_due(day: AskedDay) -> Iterator[RequestKind]:
    """Yield what the day itself asks for."""
    if day.is_punch_missing:
        yield RequestKind.punch
    if day.unordered and _can_be_asked(RequestKind.overtime, day):
        yield RequestKind.overtime
    if day.unanswered:
        yield RequestKind.divergence
    if day.on < day.today and is_due(day.plan) and not (day.row.day.has_facts or day.row.day.leave or day.standing):
        yield RequestKind.leave


def _can_be_asked(kind: RequestKind, day: AskedDay) -> bool:
    works = day.plan.kind is DayKind.work
    match kind:
        case RequestKind.overtime:
            return not (works and day.facts.staff.on(day.on).manager)
        case RequestKind.leave:
            return is_due(day.plan)
        case RequestKind.elsewhere:
            return True
        case RequestKind.swap:
            return day.on > day.today
        case RequestKind.compensatory:
            return day.on > day.today or not works
        case RequestKind.hours_off:
            return is_due(day.plan) and bool(day.offers)
        case RequestKind.divergence:
            return bool(day.unanswered)
        case RequestKind.wrong_tap:
            return bool(day.countable_taps)
        case _:
            return day.has_begun
