"""Caps on overtime as bars: what is counted, what the orders will add, where the limit lies, when it is full. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.attendance.caps import month_caps
from domain.attendance.facts import MonthFacts
from domain.attendance.forecast import CapForecast
from domain.attendance.month import PersonMonth
from domain.attendance.spans import civil_date, minute_from

WIDTH = 1000
"""The length of a bar's frame in its own units."""

_NEAR_PERCENT = 80
_RULES = {"notice_80h": "R16"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of minutes against a limit, in units of ``WIDTH``; ``level`` is ``far``, ``near`` or ``over``."""

    limit_minutes: int
    counted_minutes: int
    expected_minutes: int

    @property
    def _scale(self) -> int:
        return max(self.limit_minutes * 5 // 4, self.expected_minutes, self.counted_minutes, 1)

    @property
    def limit_at(self) -> int:
        """Give where the limit lies."""
        return WIDTH * self.limit_minutes // self._scale

    @property
    def counted(self) -> int:
        """Give the length of what is counted."""
        return WIDTH * self.counted_minutes // self._scale

    @property
    def coming(self) -> int:
        """Give the length of what the orders will add."""
        return WIDTH * max(0, self.expected_minutes - self.counted_minutes) // self._scale

    @property
    def left_minutes(self) -> int:
        """Give the minutes to the limit; less than 0 beyond it."""
        return self.limit_minutes - self.counted_minutes

    @property
    def level(self) -> str:
        """Say how near the limit is."""
        if self.counted_minutes > self.limit_minutes:
            return "over"
        most = max(self.counted_minutes, self.expected_minutes)
        return "near" if most * 100 >= self.limit_minutes * _NEAR_PERCENT else "far"


@dataclass(frozen=True, slots=True)
class CapView:
    """One cap: its bar, the rule, and when it is crossed by the orders (a day and its clock minute) and by the pace."""

    name: str
    rule: str
    bar: Bar
    crossed_on: date | None = None
    crossed_minute: int = 0
    has_passed: bool = False
    pace_on: date | None = None


def view_caps(caps: Iterable[CapForecast], now: int) -> tuple[CapView, ...]:
    """Tell forecast caps, the fullest first; ``now`` is the axis minute."""
    views = tuple(_view(cap, now) for cap in caps)
    return tuple(sorted(views, key=lambda view: -_share(view.bar)))


def month_bar(month: PersonMonth, facts: MonthFacts) -> Bar | None:
    """Give the bar of the month's own cap, from the count alone; None for somebody whom none holds."""
    period = (facts.first_on.year, facts.first_on.month)
    caps = {cap.rule: cap.minutes for cap in month_caps(facts.staff, facts.profile, period)}
    limit = caps.get("month_45h", caps.get("month_100h"))
    return None if limit is None else Bar(limit, month.overtime_minutes, month.overtime_minutes)


def _view(cap: CapForecast, now: int) -> CapView:
    on = None if cap.crossed_at is None else civil_date(cap.crossed_at)
    return CapView(
        name=cap.rule,
        rule=_RULES.get(cap.rule, "L2"),
        bar=Bar(cap.limit_minutes, cap.counted_minutes, cap.expected_minutes),
        crossed_on=on,
        crossed_minute=0 if on is None or cap.crossed_at is None else minute_from(on, cap.crossed_at),
        has_passed=cap.crossed_at is not None and cap.crossed_at <= now,
        pace_on=cap.pace_on,
    )


def _share(bar: Bar) -> float:
    return max(bar.counted_minutes, bar.expected_minutes) / max(bar.limit_minutes, 1)
