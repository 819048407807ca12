"""What leaves the product as a file or a calendar: of which class each kind is, from which tier into which it goes.

A city says so by rows with days of force. While it says nothing of any, exports leave unmarked, as in a city without
classes; once it speaks of one, every kind has its row (``gateway.site.exports``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.validity import is_in_force
from domain.zones.information import Demand, Handling, Register
from domain.zones.tier import TierId


class Export(StrEnum):
    """A kind of what leaves, by whose information it holds."""

    attendance = "attendance"  # lists and papers of months, leave and overtime
    calendars = "calendars"  # somebody's shifts and leave for a calendar
    evidence = "evidence"  # the pack for the outside audit
    facilities = "facilities"  # a facility's rules as a file
    keys = "keys"
    links = "links"  # 特定通信
    payroll = "payroll"
    published = "published"  # draws and calendars of rooms, for everybody
    records = "records"  # taps, alarms, reports of who was where
    reservees = "reservees"
    takings = "takings"
    trainings = "trainings"
    use_reports = "use_reports"  # counts of uses, of nobody


@dataclass(frozen=True, slots=True)
class ExportRule:
    """Of which class a kind of export is, in which tier it is made, and in which it arrives."""

    export: Export
    class_id: str
    from_tier: TierId
    to_tier: TierId
    valid_from: date | None = None
    valid_until: date | None = None


def find_export_rule(rules: Sequence[ExportRule], export: Export, on: date) -> ExportRule | None:
    """Give the row of a kind that is in force on a day; None in a city that has said nothing of any.

    A kind that has no row on the day has one of a class that nobody knows, so that it stays.
    """
    if not rules:
        return None
    found = (each for each in rules if each.export is export and is_in_force(each, on))
    return next(found, ExportRule(export, "", TierId(""), TierId("")))


def demand_export(rule: ExportRule, register: Register, on: date) -> Demand:
    """Give what is asked for before a file leaves.

    Into another tier it is a movement, and its class says what that asks for. In its own tier it is free where its
    class may lie there, and forbidden else.
    """
    if rule.from_tier != rule.to_tier:
        return register.demand(rule.class_id, Handling.move, on, to_tier=rule.to_tier)
    return Demand.free if _may_lie(rule, register, on) else Demand.forbidden


def _may_lie(rule: ExportRule, register: Register, on: date) -> bool:
    known = register.find(rule.class_id, on) is not None
    return known and all(rule.to_tier in each.tiers for each in register.alike(rule.class_id, on))
