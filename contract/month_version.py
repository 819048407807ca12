"""A counted month as bytes: canonical JSON (sorted keys, no spaces, UTF-8) with its ledger; its SHA-256 is confirmed.

Form ``month_version.1``. What was once written is read for ever: a field is only ever added, with a default. What only
flexible hours have is written only where there are some, so that no other month's bytes change.
"""

import hashlib
import json
from dataclasses import fields
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.attendance.adjustment import Counted, count_days
from domain.attendance.counted_month import sum_month
from domain.attendance.flex_settlement import Settlement
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth
from domain.attendance.pay_line import ClosedMonth
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import InForce, Profile, held_since

FORM = "month_version.1"
BYTES_MAX = 4_194_304
_NAMES = frozenset({"person_id", "period", "version"})
_SUMS = tuple(each.name for each in fields(ClosedMonth) if each.name not in _NAMES)
_OF_FLEXIBLE_HOURS = frozenset({"flex_shortage_minutes"})


class MonthVersionError(ValueError):
    """The bytes are no closed month; the text names the field and what was expected."""


class _Day(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")

    on: str
    amounts: dict[str, int]


class _Sums(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    classes: dict[str, int]
    after_60h: dict[str, int]
    pay_hours: dict[str, int]
    rate_minutes: dict[str, int] = {}
    worked_minutes: int = 0
    regular_minutes: int = 0
    overtime_minutes: int = 0
    beyond_statutory_minutes: int = 0
    weekday_within_minutes: int = 0
    weekday_beyond_minutes: int = 0
    late_minutes: int = 0
    early_leave_minutes: int = 0
    days: dict[str, int] = {}
    leave_days: dict[str, int] = {}
    leave_minutes: dict[str, int] = {}
    counts: dict[str, int] = {}
    flex_shortage_minutes: int = 0


class _Version(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    form: str
    person: str
    period: str
    profile: str
    profile_from: str = ""
    sums: _Sums
    days: list[_Day]
    settlements: list[tuple[str, str, str, int, int, int]] = []


def write_month(month: PersonMonth, period: str, rules: InForce) -> bytes:
    """Give a counted month's bytes; equal months give equal bytes.

    Each ledger row is ``[from, to, class, rate, order, taps, rule]``, minutes from 00:00 of the duty day. Each
    settlement of flexible hours that ends in the month is ``[first day, last day, state, due, worked, leave]`` (L20). A
    profile that has not always held is named with its first day of force.
    """
    profile, since = rules.on(month.last_on), held_since(rules, month.last_on)
    sums = sum_month(month, period, 0, profile)
    plain = {
        "form": FORM,
        "person": month.person_id,
        "period": period,
        "profile": profile.name,
        **({} if since is None else {"profile_from": since.isoformat()}),
        "sums": {
            name: _plain(value) for name in _SUMS if (value := getattr(sums, name)) or name not in _OF_FLEXIBLE_HOURS
        },
        "days": [_day(day, count, profile) for day, count in _with_counts(month)],
    }
    if settlements := [_settlement(each) for each in month.settlements if each.last_on <= month.last_on]:
        plain["settlements"] = settlements
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_month(content: bytes) -> str:
    """Give the SHA-256 of a month's bytes, in hex: the name under which a count is confirmed and closed."""
    return hashlib.sha256(content).hexdigest()


def read_month(content: bytes, version: int) -> ClosedMonth:
    """Read what payroll takes of a closed month.

    Raises:
        MonthVersionError: the bytes are none.
    """
    read = _read(content)
    return ClosedMonth(read.person, read.period, version, **read.sums.model_dump())


def read_counted(content: bytes) -> Counted:
    """Read what adjustments look at: the month's amounts, and each day's.

    Raises:
        MonthVersionError: the bytes are none.
    """
    read = _read(content)
    amounts = ClosedMonth(read.person, read.period, 0, **read.sums.model_dump()).amounts
    return Counted(amounts, {_date(day.on): day.amounts for day in read.days if day.amounts})


def _read(content: bytes) -> _Version:
    if len(content) > BYTES_MAX:
        raise MonthVersionError(f"{len(content)} bytes, expected at most {BYTES_MAX}")
    try:
        read = _Version.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise MonthVersionError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if read.form != FORM:
        raise MonthVersionError(f"form: {read.form!r}, expected {FORM}")
    return read


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MonthVersionError(f"days.on: {text!r}, expected YYYY-MM-DD") from None


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else {name: amount for name, amount in value.items() if amount}


def _with_counts(month: PersonMonth) -> list[tuple[PersonDay, dict[str, int]]]:
    counts = count_days(month)
    return [(day, dict(counts.get(day.on, {}))) for day in month.days]


def _settlement(one: Settlement) -> list[Any]:
    ends = one.first_on.isoformat(), one.last_on.isoformat()
    return [*ends, one.state.value, one.due_minutes, one.worked_minutes, one.leave_minutes]


def _day(day: PersonDay, amounts: dict[str, int], profile: Profile) -> dict[str, Any]:
    return {
        "on": day.on.isoformat(),
        "kind": day.kind.value,
        "scheduled": day.scheduled_minute,
        "in": day.in_minute,
        "out": day.out_minute,
        "amounts": amounts,
        "leave": [[each.kind, each.starts_minute, each.ends_minute] for each in day.leave],
        "divergences": [[each.kind.value, each.minutes, each.from_minute, each.to_minute] for each in day.divergences],
        "special_duty": day.special_duty,
        "open": day.open,
        "ledger": [
            [row.from_minute, row.to_minute, row.name, row.rate, row.order, row.taps, row.rule]
            for row in explain_day(day, profile)
        ],
    }
