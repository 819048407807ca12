"""What people really do on their days: when they come and go, what of it was work, and what a reader heard of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from domain.attendance.elsewhere import declared_spans, watch_spans
from domain.attendance.facts import MonthFacts
from domain.attendance.plan import DayPlan, derive_plan
from domain.attendance.request_span import spans_of_leave
from domain.attendance.shift import DayKind
from domain.attendance.spans import Span, Spans, civil_date, intersect, merge, subtract
from tests.profiles import HAGI

STAYS_ON = 90
"""Who has something to do again within so many minutes does not go home between."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Time on site on the axis; ``work`` is what of it was work without an order."""

    person_id: str
    on: date
    starts: int
    ends: int
    work: Spans = ()


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap at an axis minute; ``direction`` None is a door inside, ``doubtful`` a clock that nobody had set."""

    person_id: str
    reader: str
    minute: int
    second: int
    direction: str | None
    doubtful: bool = False


def draw_stays(random: Random, facts: MonthFacts, not_before: int) -> list[Stay]:
    """Draw when a person is on site in a month, by what is planned, ordered and agreed; stays touch nowhere."""
    plan = derive_plan(facts)
    found: list[Stay] = []
    for number in range((facts.last_on - facts.first_on).days + 1):
        on = facts.first_on + timedelta(days=number)
        for needed in _together(_needed(facts, plan[on])):
            found.append(_stay(random, facts.person_id, plan[on], needed))
    return _apart(found, not_before)


def _needed(facts: MonthFacts, day: DayPlan) -> Spans:
    orders = [(each.starts, each.ends) for each in facts.orders if civil_date(each.starts) == day.on]
    watch = [span for span in watch_spans(facts.elsewhere, HAGI) if civil_date(span[0]) == day.on]
    window = day.window if day.kind is DayKind.work else ()
    away = merge(part for each in facts.leave if each.on == day.on for part in _leave_of(day, spans_of_leave(each)))
    declared = declared_spans(facts.elsewhere, HAGI, merge((*window, *orders)))
    return subtract(merge((*subtract(window, away), *orders, *watch)), declared)


def _leave_of(day: DayPlan, spans: Iterable[Span]) -> Iterator[Span]:
    for start, end in spans:
        yield (start, end)
        # Who takes both sides of a break, or all up to it, does not come for the break.
        yield from (pause for pause in day.breaks if start <= pause[1] and pause[0] <= end)


def _together(spans: Spans) -> list[Spans]:
    runs: list[list[Span]] = []
    for span in spans:
        if runs and span[0] - runs[-1][-1][1] <= STAYS_ON:
            runs[-1].append(span)
        else:
            runs.append([span])
    return [tuple(run) for run in runs]


def _stay(random: Random, person_id: str, day: DayPlan, needed: Spans) -> Stay:
    first, last = needed[0][0], needed[-1][1]
    starts = first + (random.randint(1, 25) if random.random() < 0.02 else -random.randint(1, 12))
    ends = last + random.randint(0, 12)
    work: list[Span] = []
    is_regular = bool(intersect(needed, day.window))
    draw = random.random()
    if draw < 0.05:
        ends = last + random.randint(20, 150)
        work = [(last, ends)] if random.random() < 0.6 else []
    elif draw < 0.07:
        starts = first - random.randint(20, 70)
        work = [(starts, first)] if random.random() < 0.5 else []
    elif draw < 0.09 and last - first > 120 and is_regular:
        ends = last - random.randint(5, 60)
    return Stay(person_id, day.on, starts, ends, tuple(work))


def _apart(stays: list[Stay], not_before: int) -> list[Stay]:
    found: list[Stay] = []
    before = not_before
    for each in sorted(stays, key=lambda stay: stay.starts):
        if found and each.starts <= found[-1].ends + 1:  # stayed through
            found[-1] = replace(found[-1], ends=max(found[-1].ends, each.ends), work=(*found[-1].work, *each.work))
        elif each.ends > before + 2:
            found.append(replace(each, starts=max(each.starts, before + 2)))
        before = found[-1].ends if found else before
    return found


def draw_taps(random: Random, stay: Stay, reader: str) -> Iterator[Tap]:
    """Draw what readers hear of a stay: forgotten cards, wrong directions, cards held twice, unset clocks."""
    undirected = reader == "library"
    for minute, direction, wrong in ((stay.starts, "in", "out"), (stay.ends, "out", "in")):
        draw = random.random()
        if draw < 0.012:
            continue
        told = "none" if undirected else wrong if draw < 0.016 else direction
        tap = Tap(stay.person_id, reader, minute, random.randrange(2, 58), told, doubtful=draw > 0.9985)
        yield tap
        if 0.02 < draw < 0.045:
            yield replace(tap, second=tap.second + 1)
    middle = stay.starts + (stay.ends - stay.starts) // 2
    if random.random() < 0.08:
        yield Tap(stay.person_id, reader, middle, 30, None)
    if stay.ends - stay.starts > 300 and random.random() < 0.03:
        yield Tap(stay.person_id, reader, middle, 5, "none" if undirected else "out")
        yield Tap(stay.person_id, reader, middle + random.randint(10, 45), 5, "none" if undirected else "in")
    if random.random() < 0.006:
        yield Tap(stay.person_id, reader, stay.ends + random.randint(18, 60), 30, None)
