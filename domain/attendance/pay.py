"""Hours for pay: a month's minutes per rate, rounded once (R12, L14). Caps never look at them (R13)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from domain.attendance.classes import Entry
from domain.attendance.profile import InForce, Profile

ALLOWANCES = ("holiday_regular", "night_regular", "swap_week")
"""Paid beside the salary and rounded apart, each under its own name."""


def pay_hours(entries: Iterable[Entry], profile: InForce) -> dict[str, int]:
    """Give whole hours by rate ("125" …) and by allowance; each calendar month of the entries is rounded by itself."""
    minutes = Counter[tuple[int, int, str]]()
    for entry in entries:
        for key in _keys(entry, profile.on(entry.on)):
            minutes[entry.on.year, entry.on.month, key] += entry.minutes
    hours = Counter[str]()
    for (year, month, key), sum_minutes in sorted(minutes.items()):
        hours[key] += round_hours(sum_minutes, profile.on(date(year, month, 1)))
    return dict(hours)


def round_hours(minutes: int, profile: Profile) -> int:
    """Round a month's total to whole hours: below 30 minutes down, from 30 minutes up (昭63.3.14 基発150)."""
    hours, rest = divmod(minutes, 60)
    return hours + (rest >= profile.pay_rounding_minutes)


def _keys(entry: Entry, profile: Profile) -> tuple[str, ...]:
    if entry.name in ALLOWANCES:
        return (entry.name, *entry.allowances)
    if entry.name in profile.rates:
        table = profile.raised_rates if entry.raised else profile.rates
        return (str(table[entry.name]), *entry.allowances)
    return entry.allowances
