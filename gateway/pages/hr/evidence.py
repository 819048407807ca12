"""What tells where somebody was on a day: stamps, orders, doors inside and computers, on one scale and in words. Pure.

The picture repeats the words beside it; positions are minutes, so it needs no style of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.attendance.assess_punch import may_be_wrong
from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import MANUAL, Direction, MonthFacts, Punch
from domain.attendance.person_day import PersonDay
from domain.attendance.spans import axis_minute, minute_from
from domain.civil import civil_minute
from gateway.pages.attendance.timeline import Bar
from gateway.pages.records.tap_view import TapView

_HOUR = 60
_FROM, _TO = 8 * _HOUR, 18 * _HOUR
_COMPUTER = "computer/"

Minutes = tuple[int, int]
"""From and to, from 00:00 of the day."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that was recorded: ``kind`` keys its words, ``ref`` names the record, ``tap`` shows it where there is.

    ``host`` is the computer of a log-on or log-off; ``counts_on`` the duty day of a tap that bounds presence, on whose
    page somebody may say that it was no work.
    """

    minute: int
    kind: str
    ref: str
    tap: TapView | None = None
    host: str = ""
    counts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture: its name's key, its bars and its marks."""

    name: str
    bars: tuple[Bar, ...]
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A day's traces in order, and the picture of them: lanes over a scale of ``width`` minutes.

    ``hours`` are places on the scale with the hour to write there; ``disputed`` lies over all lanes.
    """

    traces: tuple[Trace, ...]
    width: int
    lanes: tuple[Lane, ...]
    planned: tuple[Bar, ...]
    disputed: tuple[Bar, ...]
    hours: tuple[Minutes, ...]


def tell_evidence(
    day: PersonDay,
    facts: MonthFacts,
    taps: Iterable[TapView],
    *,
    ordered: Sequence[Minutes],
    asked: Sequence[Minutes],
) -> Evidence:
    """Put a counted day beside everything that was recorded of it.

    Args:
        day: the day as it was counted.
        facts: what it was counted from.
        taps: the person's taps around the day, to say where they were, and which were found to be none of work.
        ordered: what was ordered.
        asked: what somebody applies for.
    """
    known_taps = {tap.ref: tap for tap in taps}
    traces = tuple(sorted(_trace(day, facts, known_taps), key=lambda each: (each.minute, each.ref)))
    disputed = [(item.from_minute, item.to_minute) for item in day.divergences]
    known = [each.minute for each in traces] + [minute for pair in (*ordered, *asked) for minute in pair]
    known += [minute for pair in disputed for minute in pair if minute is not None]
    first = min([_FROM, *known]) // _HOUR * _HOUR
    last = -(-(max([_TO, *known]) + 1) // _HOUR) * _HOUR

    def bars(kind: str, pairs: Iterable[tuple[int | None, int | None]]) -> tuple[Bar, ...]:
        return tuple(
            Bar(kind, start - first, max(1, end - start))
            for start, end in pairs
            if start is not None and end is not None
        )

    def lane(name: str, kinds: frozenset[str]) -> Lane:
        minutes = [each.minute for each in traces if each.kind in kinds]
        seen = [(minutes[0], minutes[-1])] if len(minutes) > 1 else []
        return Lane(name, bars(name, seen), tuple(minute - first for minute in minutes))

    return Evidence(
        traces=traces,
        width=last - first,
        lanes=(
            Lane("stamps", bars("present", _presence(day)), lane("stamps", STAMPS).marks),
            Lane("orders", (*bars("ordered", ordered), *bars("asked", asked))),
            lane("doors", frozenset({"inside"})),
            lane("computers", frozenset({"log_on", "log_off"})),
        ),
        planned=bars("planned", [day.scheduled_minute] if day.scheduled_minute else []),
        disputed=bars("disputed", [(start, end) for start, end in disputed if start != end]),
        hours=tuple((hour * _HOUR - first, hour) for hour in range(first // _HOUR, last // _HOUR + 1, 2)),
    )


STAMPS = frozenset({"came", "went", "stamped", "by_hand", "doubtful"})
KINDS = STAMPS | {"wrong", "inside", "log_on", "log_off"}
"""Every kind of trace; its words stand under ``divergences.trace``."""
LANES = ("stamps", "orders", "doors", "computers")


def _presence(day: PersonDay) -> list[Minutes]:
    stretches = () if day.assessment is None else day.assessment.stretches
    return [(minute_from(day.on, each.starts), minute_from(day.on, each.ends)) for each in stretches]


def _trace(day: PersonDay, facts: MonthFacts, taps: Mapping[str, TapView]) -> Iterator[Trace]:
    of_day = {ref for each in (day.assessment.stretches if day.assessment else ()) for ref in each.refs}
    for punch in facts.punches:
        if punch.ref in of_day or duty_on(facts.rules, punch.minute) == day.on:
            counts_on = duty_on(facts.rules, punch.minute) if may_be_wrong(punch) else None
            minute = minute_from(day.on, punch.minute)
            yield Trace(minute, _kind(punch), punch.ref, taps.get(punch.ref), counts_on=counts_on)
    for tap in taps.values():
        at = axis_minute(*civil_minute(tap.line.occurred_at))
        if tap.wrong is not None and duty_on(facts.rules, at) == day.on:
            yield Trace(minute_from(day.on, at), "wrong", tap.ref, tap)
    for use in facts.computer_use:
        if duty_on(facts.rules, use.minute) == day.on:
            host, _, kind = use.ref.removeprefix(_COMPUTER).rpartition("/")
            yield Trace(minute_from(day.on, use.minute), f"log_{kind}", use.ref, host=host)


def _kind(punch: Punch) -> str:
    if punch.doubtful:
        return "doubtful"
    if punch.interior:
        return "inside"
    if punch.ref.startswith(MANUAL):
        return "by_hand"
    return {Direction.clock_in: "came", Direction.clock_out: "went", Direction.none: "stamped"}[punch.direction]
