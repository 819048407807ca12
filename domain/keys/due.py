"""When a key is due: the rules, what is late or soon to be, and which loan is a long one. Pure; days are given."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from domain.civil import civil_minute, instant, month_end
from domain.keys.custody import Custody, CustodyState
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.key_fault import Why, refuse

OVERDUE_FOUND_WITHIN = timedelta(minutes=1)
"""A list that is drawn this long after a due time names the key."""


def derive_due(
    rule: DueRule, taken_at: datetime, *, used_until: datetime | None = None, office_days: Collection[date] = ()
) -> datetime:
    """Give when a key that is taken now is due.

    Args:
        rule: how.
        taken_at: when it is taken.
        used_until: the end of the reservation that it is taken for.
        office_days: the days on which keys are taken back, as far as they are known.

    Raises:
        KeyFaultError: ``no_office_day`` (none is known from then on), ``malformed`` (the rule lacks its value), or
            ``due_past``.
    """
    used_at = max(taken_at, used_until) if used_until is not None else taken_at
    match rule.kind:
        case DueKind.absolute:
            if rule.at is None:
                raise refuse("due_at", Why.malformed, expected="YYYY-MM-DD HH:MM")
            due_at = rule.at
        case DueKind.relative:
            due_at = taken_at + timedelta(minutes=rule.minutes)
        case DueKind.end_of_reservation:
            if used_until is None:
                raise refuse("due_at", Why.malformed, expected="reservation")
            due_at = used_until + timedelta(minutes=rule.minutes)
        case DueKind.office_day:
            due_at = _on_office_day(used_at, rule.minutes, office_days)
    if due_at <= taken_at:
        raise refuse("due_at", Why.due_past)
    return due_at


def _on_office_day(used_at: datetime, minute: int, office_days: Collection[date]) -> datetime:
    on = min((each for each in office_days if instant(each, minute) > used_at), default=None)
    if on is None:
        raise refuse("due_at", Why.no_office_day)
    return instant(on, minute)


def is_long(taken_at: datetime, due_at: datetime) -> bool:
    """Tell whether a loan lasts a calendar month or longer (長期貸出): it needs an approval of its own."""
    on, minute = civil_minute(taken_at)
    last = month_end(on, months=1)
    same_day = last.replace(day=min(on.day, last.day))
    return due_at >= instant(same_day, minute)


def is_overdue(custody: Custody, now: datetime) -> bool:
    """Tell whether a copy is late: it is out, and its due time is reached."""
    return custody.state is CustodyState.out and custody.due_at is not None and now >= custody.due_at


def list_overdue(custodies: Iterable[Custody], now: datetime) -> list[Custody]:
    """Give what is late, the longest first."""
    return sorted((each for each in custodies if is_overdue(each, now)), key=_by_due)


def list_due_soon(custodies: Iterable[Custody], now: datetime, within: timedelta) -> list[Custody]:
    """Give what is out and due within a time but not late, the soonest first."""
    until = now + within
    return sorted(
        (
            each
            for each in custodies
            if each.state is CustodyState.out and each.due_at is not None and now < each.due_at <= until
        ),
        key=_by_due,
    )


def _by_due(custody: Custody) -> tuple[datetime, str]:
    return custody.due_at or custody.since_at, custody.copy_id
