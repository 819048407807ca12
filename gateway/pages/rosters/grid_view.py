"""A department's roster as its page shows it: people by days, the shift of each, why somebody is away. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import MonthFacts
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.plan import DayPlan, ImpossiblePlanError, derive_plan
from domain.attendance.profile import Profile
from domain.attendance.roster import assess_roster
from domain.attendance.roster_fault import RosterFault, RosterWhy
from domain.attendance.roster_hints import due_minutes, list_hints
from domain.attendance.shift import DayKind
from domain.attendance.shift_text import format_hours
from domain.attendance.spans import minute_from
from domain.civil import MINUTES_PER_DAY
from gateway.pages.rosters.facts import RosterFacts
from store.department_months import Belonging
from store.directory import DirectoryLine


class Shape(StrEnum):
    """How a cell looks."""

    day = "day"
    night = "night"  # reaches over midnight
    off_duty = "off_duty"  # 非番
    rest = "rest"  # 週休日
    holiday = "holiday"
    not_here = "not_here"  # the person did not belong to the department


class AwayWhy(StrEnum):
    """Why somebody is not, or not all day, where the roster has the person."""

    leave = "leave"
    asked = "asked"  # leave that waits for a word
    elsewhere = "elsewhere"
    swap = "swap"  # 週休日の振替: the day off
    compensatory = "compensatory"  # 代休日


@dataclass(frozen=True, slots=True)
class Away:
    """Something that takes somebody away on a day; both ends None is the whole day.

    ``kind`` is set for leave, ``elsewhere`` for hours elsewhere.
    """

    why: AwayWhy
    kind: LeaveKind | None = None
    elsewhere: ElsewhereKind | None = None
    starts_minute: int | None = None
    ends_minute: int | None = None

    @property
    def is_whole_day(self) -> bool:
        """Tell whether it takes the whole day."""
        return self.starts_minute is None


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's day. ``code`` and ``name`` are the shift kind's, empty for hours of their own or the usual week's."""

    on: date
    shape: Shape
    code: str
    name: str
    hours: str
    is_usual: bool
    is_planned: bool
    minutes: int
    away: tuple[Away, ...]
    is_flexible: bool = False

    @property
    def is_gone(self) -> bool:
        """Tell whether the person is away all day."""
        gone = (AwayWhy.leave, AwayWhy.swap, AwayWhy.compensatory)
        return any(each.is_whole_day and each.why in gone for each in self.away)

    @property
    def is_on_duty(self) -> bool:
        """Tell whether the person is expected for at least a part of the day."""
        return self.minutes > 0 and not self.is_gone


@dataclass(frozen=True, slots=True)
class Row:
    """A person's month: its days, the minutes that are due, days of duty, and what should be looked at.

    ``is_here_now``: the person belongs to the department today, and can be planned there.
    """

    person: DirectoryLine
    cells: tuple[Cell, ...]
    minutes: int
    duty_days: int
    hints: tuple[RosterFault, ...]
    pattern: str
    is_here_now: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """The page's table; ``on_duty`` counts by day who is expected, ``holidays`` names days off."""

    days: tuple[date, ...]
    rows: tuple[Row, ...]
    on_duty: tuple[int, ...]
    holidays: Mapping[date, str]

    @property
    def has_flexible_days(self) -> bool:
        """Tell whether somebody has a day of flexible hours (L20)."""
        return any(cell.is_flexible for row in self.rows for cell in row.cells)

    @property
    def has_days_elsewhere(self) -> bool:
        """Tell whether somebody did not belong to the department on one of the days."""
        return any(cell.shape is Shape.not_here for row in self.rows for cell in row.cells)


def derive_grid(facts: RosterFacts, profile: Profile, leave_kinds: Mapping[str, LeaveKind]) -> Grid:
    """Put a department's month together."""
    days = tuple(facts.first_on + timedelta(days=each) for each in range((facts.last_on - facts.first_on).days + 1))
    rows = tuple(
        _row(each, facts, days, profile, leave_kinds) for each in facts.people if each.line.person_id in facts.months
    )
    on_duty = tuple(sum(row.cells[index].is_on_duty for row in rows) for index in range(len(days)))
    return Grid(days, rows, on_duty, facts.holidays)


def _row(
    belonging: Belonging,
    facts: RosterFacts,
    days: Sequence[date],
    profile: Profile,
    leave_kinds: Mapping[str, LeaveKind],
) -> Row:
    who = belonging.line.person_id
    month = facts.months[who]
    plan = _plan(month)
    cells = tuple(
        _cell(who, plan[on], facts, profile, leave_kinds) if belonging.holds_on(on) else _not_here(on) for on in days
    )
    standing = assess_roster(month.shifts, [on for on in days if on in month.shifts], profile)
    told = [fault for fault in standing if fault.why is not RosterWhy.short_break]
    hints = [each for each in (*told, *list_hints(plan, days[0], days[-1], profile)) if _is_about(each, belonging)]
    members = facts.members.get(who, ())
    return Row(
        belonging.line,
        cells,
        sum(cell.minutes for cell in cells),
        sum(cell.minutes > 0 for cell in cells),
        tuple(sorted(hints, key=lambda fault: (fault.on or date.min, fault.why))),
        facts.patterns[members[-1].pattern_id].name if members else "",
        is_here_now=who in facts.here_now,
    )


def _is_about(hint: RosterFault, belonging: Belonging) -> bool:
    return hint.on is None or belonging.holds_on(hint.on)


def _not_here(on: date) -> Cell:
    return Cell(on, Shape.not_here, "", "", "", is_usual=False, is_planned=False, minutes=0, away=())


def _plan(month: MonthFacts) -> dict[date, DayPlan]:
    try:
        return derive_plan(month)
    except ImpossiblePlanError:  # told where it was agreed; the roster is then shown without it
        return derive_plan(replace(month, swaps=(), compensatory=()))


def _cell(
    person_id: str, day: DayPlan, facts: RosterFacts, profile: Profile, leave_kinds: Mapping[str, LeaveKind]
) -> Cell:
    on = day.on
    planned = facts.planned.get(person_id, {}).get(on)
    code = planned.code or "" if planned is not None else _pattern_code(person_id, on, facts)
    minutes = due_minutes(day)
    hours = "" if not day.window or not minutes else _hours(day)
    kind = facts.kinds.get(code)
    fits = kind is not None and (kind.shift.hours is None) == (not minutes)
    usual = profile.week[on.weekday()].hours
    return Cell(
        on,
        _shape(day),
        code if fits else "",
        kind.name if kind is not None and fits else "",
        hours,
        is_usual=not fits and usual is not None and hours == format_hours(usual),
        is_planned=planned is not None,
        minutes=minutes,
        away=tuple(_away(person_id, on, facts, leave_kinds)),
        is_flexible=day.is_flexible,
    )


def _pattern_code(person_id: str, on: date, facts: RosterFacts) -> str:
    for member in reversed(facts.members.get(person_id, ())):
        if member.from_on <= on and (member.until_on is None or on <= member.until_on):
            pattern = facts.patterns[member.pattern_id]
            return pattern.codes[((on - pattern.anchor_on).days - member.offset_days) % len(pattern.codes)]
    return ""


def _shape(day: DayPlan) -> Shape:
    if day.kind is DayKind.holiday:
        return Shape.holiday
    if day.kind is not DayKind.work:
        return Shape.rest
    if not day.window:
        return Shape.off_duty
    return Shape.night if minute_from(day.on, day.window[-1][1]) > MINUTES_PER_DAY else Shape.day


def _hours(day: DayPlan) -> str:
    ends = (minute_from(day.on, day.window[0][0]), minute_from(day.on, day.window[-1][1]))
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in ends)


def _away(person_id: str, on: date, facts: RosterFacts, kinds: Mapping[str, LeaveKind]) -> Iterator[Away]:
    month = facts.months[person_id]
    for leave in month.leave:
        if leave.on == on:
            yield Away(AwayWhy.leave, kinds.get(leave.kind), None, leave.starts_minute, leave.ends_minute)
    for request in facts.asked.get(person_id, ()):
        if request.from_on <= on <= request.until_on:
            yield Away(AwayWhy.asked, kinds.get(request.kind), None, request.starts_minute, request.ends_minute)
    for item in month.elsewhere:
        if item.on == on:
            yield Away(AwayWhy.elsewhere, None, item.kind, item.starts_minute, item.ends_minute)
    if any(swap.off_on == on and swap.part_minutes is None for swap in month.swaps):
        yield Away(AwayWhy.swap)
    if any(each.off_on == on for each in month.compensatory):
        yield Away(AwayWhy.compensatory)
