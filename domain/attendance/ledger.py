"""The minute ledger: every minute of presence with its class, rate, order, punches and rule. "Why?" has an answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.attendance.bound_day import Stretch
from domain.attendance.classes import COMPENSATED, REGULAR, Entry
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import Profile
from domain.attendance.shift import DayKind
from domain.attendance.spans import Span, Spans, intersect, minute_from, subtract


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A run of minutes told apart by nothing; ends are minutes from 00:00 of the duty day.

    ``name`` is the class, several joined by ``+``, or why the minutes do not count: ``break``, ``leave``, ``held_back``
    (a punch of the day is missing), ``unordered``. ``rate`` is percent of the hourly pay; ``order`` and ``taps`` are
    the references that the facts carried; ``rule`` is a row of the rule catalogue.
    """

    from_minute: int
    to_minute: int
    name: str
    rate: int
    order: str | None
    taps: tuple[str, ...]
    rule: str


def explain_day(day: PersonDay, profile: Profile) -> tuple[LedgerRow, ...]:
    """Give the day's ledger; inside each stretch of presence its rows leave no minute out and touch without overlap."""
    if day.assessment is None:
        return ()
    return tuple(row for stretch in day.assessment.stretches for row in _explain_stretch(day, stretch, profile))


def _explain_stretch(day: PersonDay, stretch: Stretch, profile: Profile) -> Iterator[LedgerRow]:
    at = stretch.starts
    for entry in sorted(day.entries, key=lambda entry: entry.starts):
        if entry.ends <= stretch.starts or entry.starts >= stretch.ends:
            continue
        starts, ends = max(entry.starts, stretch.starts), min(entry.ends, stretch.ends)  # one may go on in the next
        yield from _uncounted(day, (at, starts), stretch)
        name, rate = _name_and_rate(entry, profile)
        order = None if entry.order is None else entry.order.ref
        told = minute_from(day.on, starts), minute_from(day.on, ends)
        yield LedgerRow(*told, name, rate, order, stretch.refs, entry.rule)
        at = ends
    yield from _uncounted(day, (at, stretch.ends), stretch)


def _uncounted(day: PersonDay, gap: Span, stretch: Stretch) -> Iterator[LedgerRow]:
    found: list[tuple[Span, str, str]] = []
    rest: Spans = (gap,) if gap[0] < gap[1] else ()
    for name, rule, spans in _reasons(day):
        found += [(span, name, rule) for span in intersect(rest, spans)]
        rest = subtract(rest, spans)
    found += [(span, "unordered", "L19") for span in rest]
    for span, name, rule in sorted(found):
        ends = minute_from(day.on, span[0]), minute_from(day.on, span[1])
        yield LedgerRow(*ends, name, 0, None, stretch.refs, rule)


def _reasons(day: PersonDay) -> Iterator[tuple[str, str, Spans]]:
    assessment = day.assessment
    if assessment is None:
        return
    yield "break", "R7", assessment.breaks
    if day.kind is DayKind.work and day.leave:
        yield "leave", "L16", assessment.away
    if not day.entries and not day.missing:  # a manager's presence is recorded, not counted (L18)
        yield "regular", "R16", assessment.plan.duty if day.kind is DayKind.work else ()
    yield "held_back", "R14", assessment.held_back


def _name_and_rate(entry: Entry, profile: Profile) -> tuple[str, int]:
    names = [*([] if entry.name in {REGULAR, COMPENSATED} else [entry.name]), *entry.allowances]
    if not names:
        return entry.name, 100 if entry.name == REGULAR else 0
    rates = (profile.raised_rates if entry.raised and name in profile.raised_rates else profile.rates for name in names)
    return "+".join(names), sum(table[name] for table, name in zip(rates, names, strict=True))
