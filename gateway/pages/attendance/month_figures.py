"""The sums of a month, each with the runs of minutes that make it up: nothing is summed that is not listed. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.classes import OVERTIME_CLASSES, REGULAR, Entry
from domain.attendance.facts import Leave
from domain.attendance.month import PersonMonth
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import Profile
from domain.attendance.spans import axis_minute, intersect, minute_from, total

PRESENCE_RULE, LEAVE_RULE, DIVERGENCE_RULE, MISSING_RULE = "R14", "L16", "R14", "R14"


class Unit(StrEnum):
    """How a figure is written."""

    h_mm = "h_mm"
    minutes = "minutes"
    days = "days"


@dataclass(frozen=True, slots=True)
class Part:
    """What a figure is made of: a day, its ends as minutes from 00:00 of it (None: the whole day), amount and rule.

    ``rate`` is percent of the hourly pay, 0 where nothing is paid for it; ``word`` the key of what it is.
    """

    on: date
    ends: tuple[int, int] | None
    amount: int
    rule: str
    word: str = ""
    rate: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum of its parts: ``id`` finds its popover, ``word`` is the key of its name, unless it has a ``name``."""

    id: str
    word: str
    unit: Unit
    parts: tuple[Part, ...]
    rate: int = 0
    name: str = ""

    @property
    def amount(self) -> int:
        """Add the parts up."""
        return sum(part.amount for part in self.parts)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures on top, and those that break the month down: by class, by what is paid beside, by leave."""

    overtime: Figure
    divergence: Figure
    missing: Figure
    present: Figure
    worked: Figure
    classes: tuple[Figure, ...]
    leave: tuple[Figure, ...]


def sum_figures(month: PersonMonth, profile: Profile, name_leave: Callable[[str], str]) -> Figures:
    """Give every figure of a month with its parts; ``profile`` gives the rates, ``name_leave`` a kind's name."""
    days = month.days
    return Figures(
        overtime=_figure("overtime", "month.overtime", _overtime(days, profile)),
        divergence=_figure("divergence", "month.divergence", _divergences(days), Unit.minutes),
        missing=_figure("missing", "month.missing", _missing(days), Unit.days),
        present=_figure("present", "month.present", _present(days), Unit.days),
        worked=_figure("worked", "month.worked", _worked(days)),
        classes=tuple(_classes(month, profile)),
        leave=tuple(_leave(days, name_leave)),
    )


def _figure(name: str, word: str, parts: Iterable[Part], unit: Unit = Unit.h_mm, rate: int = 0) -> Figure:
    return Figure(name, word, unit, tuple(parts), rate)


def _overtime(days: Iterable[PersonDay], profile: Profile) -> Iterator[Part]:
    return _parts(days, lambda entry: entry.name in OVERTIME_CLASSES, lambda entry: _rate(entry, entry.name, profile))


def _classes(month: PersonMonth, profile: Profile) -> Iterator[Figure]:
    entries = [entry for day in month.days for entry in day.entries]
    for name, raised in sorted({(entry.name, entry.raised) for entry in entries if entry.name != REGULAR}):
        parts = _parts(month.days, _of_class(name, raised=raised), lambda entry: _rate(entry, entry.name, profile))
        rate = (profile.raised_rates if raised else profile.rates).get(name, 0)
        yield _figure(f"{name}-over" if raised else name, f"class.{name}", parts, rate=rate)
    for name in sorted({name for entry in entries for name in entry.allowances}):
        yield _figure(name, f"class.{name}", _parts(month.days, _beside(name), _rate_of(name, profile)))
    night = tuple(_parts(month.days, _is_night, lambda entry: _rate(entry, entry.name, profile)))
    raised_parts = tuple(_parts(month.days, _is_raised, lambda entry: _rate(entry, entry.name, profile)))
    if night:
        yield _figure("night", "figures.night", night)
    if raised_parts:
        yield _figure("raised", "figures.over_60h", raised_parts)


def _of_class(name: str, *, raised: bool) -> Callable[[Entry], bool]:
    return lambda entry: entry.name == name and entry.raised is raised


def _beside(allowance: str) -> Callable[[Entry], bool]:
    return lambda entry: allowance in entry.allowances


def _rate_of(name: str, profile: Profile) -> Callable[[Entry], int]:
    return lambda entry: _rate(entry, name, profile)


def _is_raised(entry: Entry) -> bool:
    return entry.raised


def _is_night(entry: Entry) -> bool:
    return entry.name.endswith("_night") or "night_regular" in entry.allowances


def _rate(entry: Entry, name: str, profile: Profile) -> int:
    rates = profile.raised_rates if entry.raised and name in profile.raised_rates else profile.rates
    return rates.get(name, 0)


def _parts(days: Iterable[PersonDay], wanted: Callable[[Entry], bool], rate: Callable[[Entry], int]) -> Iterator[Part]:
    for day in days:
        for entry in day.entries:
            if wanted(entry):
                ends = minute_from(day.on, entry.starts), minute_from(day.on, entry.ends)
                yield Part(day.on, ends, entry.minutes, entry.rule, f"class.{entry.name}", rate(entry))


def _divergences(days: Iterable[PersonDay]) -> Iterator[Part]:
    for day in days:
        for item in day.divergences:
            known = item.from_minute is not None and item.to_minute is not None
            ends = (item.from_minute or 0, item.to_minute or 0) if known else None
            yield Part(day.on, ends, item.minutes, DIVERGENCE_RULE, f"divergence.{item.kind}.short")


def _missing(days: Iterable[PersonDay]) -> Iterator[Part]:
    for day in days:
        if day.missing and not day.open:
            yield Part(day.on, None, 1, MISSING_RULE, "state.missing")


def _present(days: Iterable[PersonDay]) -> Iterator[Part]:
    for day in days:
        if day.in_minute is not None:
            ends = None if day.out_minute is None else (day.in_minute, day.out_minute)
            yield Part(day.on, ends, 1, PRESENCE_RULE)


def _worked(days: Iterable[PersonDay]) -> Iterator[Part]:
    for day in days:
        if day.worked_minutes and day.in_minute is not None and day.out_minute is not None:
            yield Part(day.on, (day.in_minute, day.out_minute), day.worked_minutes, PRESENCE_RULE)
        elif day.worked_minutes:
            yield Part(day.on, None, day.worked_minutes, PRESENCE_RULE)


def _leave(days: Iterable[PersonDay], name_leave: Callable[[str], str]) -> Iterator[Figure]:
    whole: dict[str, list[Part]] = {}
    hours: dict[str, list[Part]] = {}
    for day in days:
        for leave in day.leave:
            if leave.starts_minute is None or leave.ends_minute is None:
                whole.setdefault(leave.kind, []).append(Part(day.on, None, 1, LEAVE_RULE))
            else:
                minutes = _leave_minutes(day, leave, leave.starts_minute, leave.ends_minute)
                ends = leave.starts_minute, leave.ends_minute
                hours.setdefault(leave.kind, []).append(Part(day.on, ends, minutes, LEAVE_RULE))
    for unit, found in ((Unit.days, whole), (Unit.h_mm, hours)):
        for kind, parts in sorted(found.items()):
            yield Figure(f"leave-{unit}-{kind.replace('.', '-')}", "", unit, tuple(parts), name=name_leave(kind))


def _leave_minutes(day: PersonDay, leave: Leave, starts_minute: int, ends_minute: int) -> int:
    span = axis_minute(leave.on, starts_minute), axis_minute(leave.on, ends_minute)
    if day.assessment is None:  # nothing else is known of the day: the leave's own ends are all there is
        return span[1] - span[0]
    return total(intersect((span,), day.assessment.plan.duty))
