"""Who wrote the rules of a set that is proposed: what is unchanged keeps its author and approver. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from domain.zones.rule import Rule, RuleSet


def keep_authors(rules: Iterable[Rule], standing: Iterable[Rule], by: str) -> RuleSet:
    """Give rules with those who wrote and approved them.

    Args:
        rules: as they are to be, whoever stands as their author.
        standing: the rules that hold.
        by: who changed the others.
    """
    kept = {_content(rule): rule for rule in standing}
    return tuple(kept.get(_content(rule)) or replace(rule, author=by, approver="") for rule in rules)


def _content(rule: Rule) -> Rule:
    return replace(rule, author="", approver="")
