"""A facility's rules with one rule more, in place of the one of its id, or without it."""

from dataclasses import replace
from typing import Any, TypeVar

from domain.facilities.booking_rules import BookingWindow
from domain.facilities.closures import ClosureRule
from domain.facilities.entry import EntryRule
from domain.facilities.opening import Opening, SpecialDays
from domain.facilities.quotas import Quota
from domain.facilities.rules import FacilityRules
from store.facility_rules import Rule

_Kind = TypeVar("_Kind", bound=Rule)


def with_rule(rules: FacilityRules, rule: Rule) -> FacilityRules:
    """Give the rules with one of them kept."""
    return _exchange(rules, type(rule), rule.id, rule)


def without_rule(rules: FacilityRules, kind: type[Rule], rule_id: str) -> FacilityRules:
    """Give the rules without one of a kind; as they are where there is none of that id."""
    return _exchange(rules, kind, rule_id, None)


def _exchange(rules: FacilityRules, kind: type[Rule], rule_id: str, rule: Rule | None) -> FacilityRules:
    opening = rules.opening
    new: tuple[Any, ...] = () if rule is None else (rule,)
    if issubclass(kind, Opening):
        return replace(rules, opening=replace(opening, openings=(*_others(opening.openings, rule_id), *new)))
    if issubclass(kind, ClosureRule):
        return replace(rules, opening=replace(opening, closures=(*_others(opening.closures, rule_id), *new)))
    if issubclass(kind, SpecialDays):
        return replace(rules, opening=replace(opening, special_days=(*_others(opening.special_days, rule_id), *new)))
    if issubclass(kind, BookingWindow):
        return replace(rules, windows=(*_others(rules.windows, rule_id), *new))
    if issubclass(kind, Quota):
        return replace(rules, quotas=(*_others(rules.quotas, rule_id), *new))
    if issubclass(kind, EntryRule):
        return replace(rules, entries=(*_others(rules.entries, rule_id), *new))
    return replace(rules, terms=(*_others(rules.terms, rule_id), *new))


def _others(standing: tuple[_Kind, ...], rule_id: str) -> tuple[_Kind, ...]:
    return tuple(each for each in standing if each.id != rule_id)
