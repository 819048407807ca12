"""What stands on a day besides its hours, in words: what changes on it, shift, leave, swaps, what is asked for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.facts import Leave, MonthFacts
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.leave_parts import halves
from domain.attendance.plan import Plan, derive_plan
from domain.attendance.profile import held_since
from domain.attendance.requests import Request
from domain.civil import format_clock
from domain.workflow.states import State
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.hr.profile_view import name_profile
from gateway.pages.requests.request_view import name_leave, tell_request

OPEN = frozenset({State.submitted, State.cancelling, State.returned})
"""Applications in these states are not decided yet; a draft is nobody's business."""


@dataclass(frozen=True, slots=True)
class DayNote:
    """One note; ``kind`` is ``change``, ``shift``, ``leave``, ``elsewhere``, ``swap`` or ``asked``.

    ``more`` are its hours.
    """

    kind: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An application that is not over, with what it asks for."""

    request: Request
    state: State


def tell_notes(
    facts: MonthFacts,
    shifts: Mapping[date, str],
    asked: Iterable[Asked],
    phrases: Phrases,
    kinds: Mapping[str, LeaveKind],
) -> dict[date, tuple[DayNote, ...]]:
    """Give the notes of a month's days, in the order in which they are read.

    Args:
        facts: the month's facts.
        shifts: the names of planned shifts.
        asked: applications that nobody has decided yet.
        phrases: the words.
        kinds: the city's kinds of leave by id.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    notes: dict[date, list[DayNote]] = defaultdict(list)
    for on, note in _tell_changes(facts, phrases):
        notes[on].append(note)
    for on, name in shifts.items():
        notes[on].append(_shift_note(facts, on, name))
    for on, shift in facts.shifts.items():
        if shift.flexible and on not in shifts:
            notes[on].append(_shift_note(facts, on, phrases.say("flex.note")))
    for on, note in (*_tell_swaps(facts, phrases), *_tell_leave(facts, phrases, kinds)):
        notes[on].append(note)
    for item in facts.elsewhere:
        hours = _range(item.starts_minute, item.ends_minute)
        notes[item.on].append(DayNote("elsewhere", phrases.say(f"elsewhere.{item.kind}"), hours))
    for each in asked:
        for on, note in _tell_asked(each, phrases, kinds):
            notes[on].append(note)
    return {on: tuple(found) for on, found in notes.items() if facts.first_on <= on <= facts.last_on}


def _tell_changes(facts: MonthFacts, phrases: Phrases) -> Iterator[tuple[date, DayNote]]:
    """Tell from which day on the person is employed otherwise, and from which other rules hold."""
    for former in facts.staff.former:
        on = former.until_on + timedelta(days=1)
        now = facts.staff.on(on)
        if now.employment is not former.employment:
            yield on, DayNote("change", phrases.say(f"note.from_{now.employment}"))
        if now.manager != former.manager:
            yield on, DayNote("change", phrases.say("note.from_manager" if now.manager else "note.from_no_manager"))
    begins = held_since(facts.rules, facts.last_on)
    if begins == facts.first_on:
        name = name_profile(facts.profile.title, phrases.language)
        yield begins, DayNote("change", phrases.say("note.from_rules", name=name))


def _shift_note(facts: MonthFacts, on: date, name: str) -> DayNote:
    shift = facts.shifts.get(on)
    hours = None if shift is None else shift.hours
    return DayNote("shift", name, "" if hours is None else _range(hours.starts_minute, hours.ends_minute))


def _tell_swaps(facts: MonthFacts, phrases: Phrases) -> Iterator[tuple[date, DayNote]]:
    for swap in facts.swaps:
        part = "" if swap.part_minutes is None else phrases.say("note.part", minutes=swap.part_minutes)
        yield swap.worked_on, DayNote("swap", phrases.say("note.swapped_in", off=phrases.day(swap.off_on)), part)
        yield swap.off_on, DayNote("swap", phrases.say("note.swapped_off", worked=phrases.day(swap.worked_on)), part)
    for given in facts.compensatory:
        yield given.worked_on, DayNote("swap", phrases.say("note.compensated", off=phrases.day(given.off_on)))
        yield given.off_on, DayNote("swap", phrases.say("note.compensatory", worked=phrases.day(given.worked_on)))


def _tell_leave(facts: MonthFacts, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> Iterator[tuple[date, DayNote]]:
    plan = derive_plan(facts) if any(leave.starts_minute is not None for leave in facts.leave) else {}
    for leave in facts.leave:
        name = name_leave(leave.kind, phrases, kinds)
        yield leave.on, DayNote("leave", name, _leave_part(leave, plan, phrases))


def _leave_part(leave: Leave, plan: Plan, phrases: Phrases) -> str:
    if leave.starts_minute is None or leave.ends_minute is None:
        return ""
    span = (leave.starts_minute, leave.ends_minute)
    parts = halves(plan[leave.on]) if leave.on in plan else None
    if parts is not None and span in parts:
        return phrases.say("note.first_half" if span == parts[0] else "note.last_half")
    return _range(*span)


def _tell_asked(asked: Asked, phrases: Phrases, kinds: Mapping[str, LeaveKind]) -> Iterator[tuple[date, DayNote]]:
    told = tell_request(asked.request, phrases, kinds)
    text = phrases.say(f"note.asked_{asked.state}", what=told.title)
    for days in range((told.last_on - told.first_on).days + 1):
        yield told.first_on + timedelta(days=days), DayNote("asked", text, told.hours)


def _range(starts: int, ends: int) -> str:
    return f"{format_clock(starts)}–{format_clock(ends)}"
