"""The kinds of leave that a person may choose on a day, with what is left of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.attendance.leave_balance import most_to_take
from domain.attendance.leave_kinds import Allowance, LeaveKind, LeaveUnit
from domain.attendance.leave_minutes import LeaveAmount, to_amount
from domain.attendance.leave_parts import halves
from domain.attendance.requests import LeaveRequest
from gateway.pages.requests.asked_day import AskedDay
from gateway.pages.requests.entered import Part
from gateway.requests.rules import Rules
from store.leave_ledgers import load_leave_facts
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class LeaveChoice:
    """A kind of leave; ``left`` is None where nothing counts it. ``parts`` are what of the day it can take."""

    kind: LeaveKind
    left: LeaveAmount | None
    parts: tuple[Part, ...]


def load_leave_choices(tx: Tx, day: AskedDay, rules: Rules, *, usual_only: bool) -> tuple[LeaveChoice, ...]:
    """Give the kinds whose season holds the day; with ``usual_only`` those alone that are granted (年次休暇)."""
    return tuple(_choices(tx, day, rules, usual_only=usual_only))


def _choices(tx: Tx, day: AskedDay, rules: Rules, *, usual_only: bool) -> Iterator[LeaveChoice]:
    for kind in rules.leave_kinds.values():
        if usual_only and kind.allowance is not Allowance.granted:
            continue
        if kind.season is None or kind.season.holds(day.on):
            yield LeaveChoice(kind, _left(tx, day, kind, rules), _parts(day, kind))


def _left(tx: Tx, day: AskedDay, kind: LeaveKind, rules: Rules) -> LeaveAmount | None:
    if not kind.has_balance:
        return None
    request = LeaveRequest(kind.id, day.on, day.on)
    held = load_leave_facts(
        tx, day.person, request, {day.on: day.plan}, kinds=rules.leave_kinds, profile=rules.profiles
    )
    mine = tuple(each for each in held.takings if each.kind == kind.id)
    lots = held.lots_for(kind, (*(each.on for each in mine), day.on))
    return to_amount(most_to_take(lots, mine, day.on), held.day_minutes)


def _parts(day: AskedDay, kind: LeaveKind) -> tuple[Part, ...]:
    both = (Part.am, Part.pm) if LeaveUnit.half in kind.units and halves(day.plan) else ()
    whole = (Part.day,) if LeaveUnit.day in kind.units else ()
    return (*whole, *both, *((Part.hours,) if LeaveUnit.hour in kind.units else ()))
