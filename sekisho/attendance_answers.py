"""The answer of ``sekisho attendance evaluate``: a period as plain JSON values, times as clock text."""

from collections.abc import Mapping
from typing import Any

from domain.attendance.divergence import Divergence
from domain.attendance.facts import MonthFacts
from domain.attendance.flex_settlement import Settlement
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import Profile
from domain.attendance.spans import civil_date, minute_from
from domain.civil import format_clock


def answer(facts: MonthFacts, month: PersonMonth, *, why: bool) -> dict[str, Any]:
    """Give a case's answer; ``why`` adds each day's minute ledger. Days without any fact are left out."""
    days = {day.on.isoformat(): _day(facts, day, why=why) for day in month.days if day.has_facts}
    return {"id": facts.person_id, "days": days, "period": _period(month)}


def _day(facts: MonthFacts, day: PersonDay, *, why: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "in": _clock(day.in_minute),
        "out": _clock(day.out_minute),
        "late": day.late_minutes,
        "early_leave": day.early_leave_minutes,
        "worked": day.worked_minutes,
        "regular": day.regular_minutes,
        "overtime": day.overtime_minutes,
        "overtime_shown": day.overtime_shown,
        "classes": dict(day.classes),
        "beyond_statutory": day.beyond_statutory_minutes,
        "divergences": [_divergence(item) for item in day.divergences],
        "missing": [
            {"direction": punch.direction.value, "candidate": _clock(punch.candidate_minute)} for punch in day.missing
        ],
    }
    if facts.staff.on(day.on).manager:
        told["special_duty"] = day.special_duty
    if why:
        told["ledger"] = _ledger(day, facts.profile)
    return told


def _period(month: PersonMonth) -> dict[str, Any]:
    told: dict[str, Any] = {
        "overtime": month.overtime_minutes,
        "overtime_shown": month.overtime_shown,
        "classes": dict(month.classes),
        "after_60h": dict(month.after_60h),
        "pay_hours": dict(month.pay_hours),
        "limits": [{"rule": limit.rule, "at": _moment(limit.at)} for limit in month.limits],
        "intervals": [
            {"from": _moment(short.starts), "to": _moment(short.ends), "minutes": short.minutes}
            for short in month.intervals
        ],
    }
    if month.settlements:  # only where flexible hours are adopted (L20)
        told["settlements"] = [_settlement(each) for each in month.settlements]
    return told


def _settlement(one: Settlement) -> dict[str, Any]:
    return {
        "from": one.first_on.isoformat(),
        "to": one.last_on.isoformat(),
        "state": one.state.value,
        "due": one.due_minutes,
        "worked": one.worked_minutes,
        "leave": one.leave_minutes,
        "balance": one.balance_minutes,
    }


def _ledger(day: PersonDay, profile: Profile) -> list[Mapping[str, Any]]:
    return [
        {
            "from": _clock(row.from_minute),
            "to": _clock(row.to_minute),
            "class": row.name,
            "rate": row.rate,
            "order": row.order,
            "taps": list(row.taps),
            "rule": row.rule,
        }
        for row in explain_day(day, profile)
    ]


def _divergence(item: Divergence) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "minutes": item.minutes,
        "from": _clock(item.clock_ends[0]),
        "to": _clock(item.clock_ends[1]),
    }


def _clock(minute: int | None) -> str | None:
    return None if minute is None else format_clock(minute)


def _moment(axis: int) -> str:
    on = civil_date(axis)
    return f"{on.isoformat()} {format_clock(minute_from(on, axis))}"
