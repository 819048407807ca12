"""Punches bound to duty days: pairs of in and out become stretches, what lacks its partner is said, never filled in.

Theory of operation. Punches are taken in order of time. A direction-less one is the opposite of the punch before it on
the same duty day, or in the same duty where that reaches over the date change. An ``in`` opens a stretch, an ``out``
closes it. A second one in a row is the same punch again on the same duty day; on another day the one before lacks its
partner. A stretch belongs to the duty day on which it began and is cut where the next scheduled duty starts (R3,
昭63.1.1 基発1). The date-change minute binds punches only; classes follow the civil day (L22). It is one module because
the walk over a person's punches is one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from types import MappingProxyType

from domain.attendance.bound_day import BoundDay, MissingPunch, Stretch
from domain.attendance.directions import derive_directions, in_order
from domain.attendance.duty_clock import duty_ends, duty_on
from domain.attendance.facts import Direction, Order, Punch
from domain.attendance.overnight import derive_overnight
from domain.attendance.plan import Plan
from domain.attendance.profile import InForce
from domain.attendance.spans import civil_date, minute_from


def bind_punches(
    punches: Iterable[Punch],
    profile: InForce,
    plan: Plan,
    *,
    orders: Iterable[Order] = (),
    until: int | None = None,
    starts: Mapping[date, int | None] = MappingProxyType({}),
) -> Mapping[date, BoundDay]:
    """Bind punches, in any order of arrival, to duty days; days without one are left out.

    Args:
        punches: entrance and interior punches of one person, of all sites alike; doubtful ones bound nothing.
        profile: gives the date-change minute and the longest stretch.
        plan: the planned days around the punches; scheduled starts cut stretches.
        orders: what was ordered: it lengthens a duty over the date change, in which taps without direction alternate.
        until: the axis minute up to which punches can have arrived; None when all have.
        starts: where a stay is cut on days on which new rules begin (``starts_before_change``).
    """
    ordered = in_order(punch for punch in punches if not punch.doubtful)
    binder = _Binder(profile, plan, until, starts)
    binder.interior = [punch for punch in ordered if punch.interior]
    directed = derive_directions(ordered, profile, derive_overnight(plan, orders, profile))
    for _, together in groupby(directed, key=lambda punch: (punch.minute, punch.tick)):
        for punch in binder.in_turn(list(together)):
            binder.take(punch)
    binder.finish()
    return binder.days


class _Binder:
    """The walk over one person's punches; ``opened`` is the in that waits for its out."""

    def __init__(self, rules: InForce, plan: Plan, until: int | None, starts: Mapping[date, int | None]) -> None:
        self.rules = rules
        self.plan = plan
        self.until = until
        self.starts = starts
        self.days: dict[date, BoundDay] = {}
        self.interior: list[Punch] = []
        self.opened: Punch | None = None
        self.closed: Punch | None = None

    def in_turn(self, together: list[Punch]) -> list[Punch]:
        """Order punches of one instant: whoever is in goes out first, whoever is out comes in first."""
        return together[::-1] if self.opened is not None else together

    def take(self, punch: Punch) -> None:
        """Take the next punch in order of time."""
        if punch.direction is Direction.clock_in:
            if self.opened is None:
                self.opened = punch
            elif self._arrival_on(self.opened.minute) != self._arrival_on(punch.minute):
                self._miss_out(self.opened, before=punch.minute)
                self.opened = punch
        elif self.opened is not None:
            came_on = self._on(self.opened.minute)
            if punch.minute - self.opened.minute > self.rules.on(came_on).stretch_max_minutes:
                self._miss_out(self.opened, before=punch.minute)
                self._miss_in(punch)
            else:
                self._close(self.opened, punch)
            self.opened, self.closed = None, punch
        elif self.closed is not None and self._on(self.closed.minute) == self._on(punch.minute):
            self.interior.append(punch)  # the same out again: evidence like an interior door, no second out
        else:
            self._miss_in(punch)
            self.closed = punch

    def finish(self) -> None:
        """End the walk: an in without an out, and interior doors that no punch explains."""
        if self.opened is not None:
            on = self._arrival_on(self.opened.minute)
            if self.until is not None and self.until < self._day_ends(on):
                self._add(on, lone_ins=(self.opened.minute,))
                self.days[on] = replace(self.days[on], open=True)
            else:
                self._miss_out(self.opened, before=None)
        unexplained: dict[date, list[int]] = {}
        for punch in self.interior:
            on = self._on(punch.minute)
            if on in self.days:
                self._see_after_out(on, punch.minute)
            elif not self._is_present(on, punch.minute):
                unexplained.setdefault(on, []).append(punch.minute)
        for on, seen in unexplained.items():
            self._miss_both(on, min(seen), max(seen))

    def _on(self, axis: int) -> date:
        return duty_on(self.rules, axis)

    def _arrival_on(self, axis: int) -> date:
        # An arrival shortly before a scheduled start belongs to that start, and whoever goes out in a duty comes back
        # to it, both also across the date-change minute.
        on = self._on(axis)
        for ordinal in range(on.toordinal() - 1, on.toordinal() + 2):
            if self._is_due(date.fromordinal(ordinal), axis):
                return date.fromordinal(ordinal)
        following = date.fromordinal(on.toordinal() + 1)
        scheduled = self._scheduled_start(following)
        if scheduled is not None and 0 <= scheduled - axis <= self.rules.on(on).arrival_window_minutes:
            return following
        return on

    def _close(self, opened: Punch, closed: Punch) -> None:
        starts = opened.minute
        on = self._arrival_on(starts)
        refs = (opened.ref, closed.ref)
        for ordinal in range(on.toordinal() + 1, civil_date(closed.minute).toordinal() + 1):
            scheduled = self._scheduled_start(date.fromordinal(ordinal))
            if scheduled is not None and starts < scheduled < closed.minute:
                self._add(on, stretches=(Stretch(starts, scheduled, refs),))
                on, starts = date.fromordinal(ordinal), scheduled
        self._add(on, stretches=(Stretch(starts, closed.minute, refs),))

    def _is_due(self, on: date, axis: int) -> bool:
        day = self.plan.get(on)
        return day is not None and day.starts is not None and day.starts <= axis < day.window[-1][1]

    def _scheduled_start(self, on: date) -> int | None:
        if on in self.starts:
            return self.starts[on]
        day = self.plan.get(on)
        return day.starts if day is not None else None

    def _miss_out(self, opened: Punch, *, before: int | None) -> None:
        on = self._arrival_on(opened.minute)
        ends = self._day_ends(on) if before is None else min(self._day_ends(on), before)
        seen = [punch.minute for punch in self.interior if opened.minute <= punch.minute < ends]
        missing = MissingPunch(Direction.clock_out, opened.minute, _candidate(on, seen[-1:]))
        self._add(on, lone_ins=(opened.minute,), missing=(missing,))

    def _miss_in(self, closed: Punch) -> None:
        on = self._on(closed.minute)
        begins = self._day_ends(date.fromordinal(on.toordinal() - 1))
        if self.closed is not None:
            begins = max(begins, self.closed.minute)
        seen = [punch.minute for punch in self.interior if begins <= punch.minute <= closed.minute]
        missing = MissingPunch(Direction.clock_in, closed.minute, _candidate(on, seen[:1]))
        self._add(on, lone_outs=(closed.minute,), missing=(missing,))

    def _miss_both(self, on: date, first: int, last: int) -> None:
        if self.until is not None and self.until < self._day_ends(on):
            return
        came = MissingPunch(Direction.clock_in, None, _candidate(on, [first]))
        left = MissingPunch(Direction.clock_out, None, _candidate(on, [last]))
        self._add(on, missing=(came, left))

    def _is_present(self, on: date, axis: int) -> bool:
        # Only a stretch that began the day before can cover a day without a punch of its own.
        before = self.days.get(date.fromordinal(on.toordinal() - 1))
        return before is not None and any(stretch.starts <= axis <= stretch.ends for stretch in before.stretches)

    def _see_after_out(self, on: date, seen: int) -> None:
        day = self.days[on]
        last_out = day.last_out
        if last_out is not None and seen > last_out and not day.lone_ins:
            latest = seen if day.seen_after_out is None else max(seen, day.seen_after_out[1])
            self.days[on] = replace(day, seen_after_out=(last_out, latest))

    def _day_ends(self, on: date) -> int:
        return duty_ends(on, self.rules)

    def _add(
        self,
        on: date,
        *,
        stretches: tuple[Stretch, ...] = (),
        missing: tuple[MissingPunch, ...] = (),
        lone_ins: tuple[int, ...] = (),
        lone_outs: tuple[int, ...] = (),
    ) -> None:
        day = self.days.get(on) or BoundDay(on)
        self.days[on] = replace(
            day,
            stretches=day.stretches + stretches,
            missing=day.missing + missing,
            lone_ins=day.lone_ins + lone_ins,
            lone_outs=day.lone_outs + lone_outs,
        )


def _candidate(on: date, seen: list[int]) -> int | None:
    return minute_from(on, seen[0]) if seen else None
