"""Sets of minutes as ordered, disjoint, half-open spans on one axis of civil minutes.

A minute is counted from 00:00 of 0001-01-01's eve in Japanese civil time (``date.toordinal() * 1440 + minute``), so
midnight, month ends and year ends need no special case, and a length is a subtraction.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.civil import MINUTES_PER_DAY

Span = tuple[int, int]
"""From the first minute, up to but not including the last."""

Spans = tuple[Span, ...]


def axis_minute(on: date, minute: int = 0) -> int:
    """Give the axis minute of a clock minute of a day; the minute may lie past 24:00."""
    return on.toordinal() * MINUTES_PER_DAY + minute


def civil_date(axis: int) -> date:
    """Give the civil date in which an axis minute lies."""
    return date.fromordinal(axis // MINUTES_PER_DAY)


def minute_from(on: date, axis: int) -> int:
    """Give an axis minute as minutes from 00:00 of ``on``; 1560 is 26:00."""
    return axis - on.toordinal() * MINUTES_PER_DAY


def total(spans: Iterable[Span]) -> int:
    """Count the minutes."""
    return sum(end - start for start, end in spans)


def merge(spans: Iterable[Span]) -> Spans:
    """Give the union as ordered, disjoint spans that do not touch; empty ones vanish."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersect(ones: Spans, others: Spans) -> Spans:
    """Give the minutes that lie in both; each side ordered and disjoint."""
    common: list[Span] = []
    i = j = 0
    while i < len(ones) and j < len(others):
        start = max(ones[i][0], others[j][0])
        end = min(ones[i][1], others[j][1])
        if start < end:
            common.append((start, end))
        if ones[i][1] <= others[j][1]:
            i += 1
        else:
            j += 1
    return tuple(common)


def subtract(spans: Spans, holes: Spans) -> Spans:
    """Give the minutes of ``spans`` that lie in no hole; each side ordered and disjoint."""
    rest: list[Span] = []
    for start, end in spans:
        at = start
        for hole_start, hole_end in holes:
            if hole_end <= at:
                continue
            if hole_start >= end:
                break
            if hole_start > at:
                rest.append((at, hole_start))
            at = hole_end
        if at < end:
            rest.append((at, end))
    return tuple(rest)


def cut(spans: Iterable[Span], clock_minutes: tuple[int, ...]) -> Iterator[Span]:
    """Cut spans at these minutes of each civil day (ascending, the first is 0)."""
    boundaries = (*clock_minutes[1:], MINUTES_PER_DAY)
    for start, end in spans:
        at = start
        while at < end:
            clock = at % MINUTES_PER_DAY
            until = end
            for boundary in boundaries:
                if boundary > clock:
                    until = min(end, at - clock + boundary)
                    break
            yield at, until
            at = until
