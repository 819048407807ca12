"""The 25 % of a swap across weeks (週休日振替, L11): regular minutes beyond the week's threshold."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from domain.attendance.classes import Entry
from domain.attendance.day import DayAssessment
from domain.attendance.plan import Plan
from domain.attendance.profile import Counting, InForce
from domain.attendance.shift import DayKind
from domain.attendance.spans import Spans, intersect, subtract, total


def swap_week_spans(days: Iterable[DayAssessment], plan: Plan, profile: InForce) -> Spans:
    """Give the minutes that a swap across weeks adds beyond the week's threshold (L11), as far as they were worked.

    The planned minutes of a Sunday–Saturday week, holidays left out (their 休日勤務 raises the threshold by as much),
    less the threshold, are the last ones of the days that were swapped in.
    """
    spans: list[tuple[int, int]] = []
    for day in days:
        own = profile.on(day.on)
        if not day.plan.swapped_in or own.counting is not Counting.ordinance:
            continue
        sunday = day.on.toordinal() - day.on.isoweekday() % 7
        week = [plan[date.fromordinal(ordinal)] for ordinal in range(sunday, sunday + 7)]
        planned = sum(item.net_minutes for item in week if item.kind is DayKind.work and not item.holiday_duty)
        excess = max(0, planned - own.swap_week_threshold_minutes)
        later = sum(item.net_minutes for item in week if item.swapped_in and item.on > day.on)
        spans += intersect(_last(day.plan.duty, excess - later), day.regular)
    return tuple(spans)


def _last(duty: Spans, minutes: int) -> Spans:
    skipped = max(0, total(duty) - max(0, minutes))
    kept: list[tuple[int, int]] = []
    for start, end in duty:
        drop = min(skipped, end - start)
        skipped -= drop
        if start + drop < end:
            kept.append((start + drop, end))
    return tuple(kept)


def with_swap_week(entries: tuple[Entry, ...], spans: Spans) -> tuple[Entry, ...]:
    """Mark the regular minutes in ``spans`` with the ``swap_week`` allowance, cutting entries at its ends."""
    if not spans:
        return entries
    marked: list[Entry] = []
    for entry in entries:
        own = ((entry.starts, entry.ends),)
        inside = intersect(own, spans) if entry.order is None else ()
        if not inside:
            marked.append(entry)
            continue
        marked += [replace(entry, starts=start, ends=end) for start, end in subtract(own, inside)]
        marked += [
            replace(entry, starts=start, ends=end, rule="L11", allowances=(*entry.allowances, "swap_week"))
            for start, end in inside
        ]
    return tuple(sorted(marked, key=lambda entry: (entry.on, entry.starts)))
