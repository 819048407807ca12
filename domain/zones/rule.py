"""A tier's rules as rows: what must hold, what is said when it does not, and what to do about it. Editing them is data.

A rule set has a hash over everything it says: a decision names it, so that it can be made again to the same answer. Who
wrote and approved it is no part of that.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.validity import share_days
from domain.zones.grammar import parse
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy, refuse_zone

TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Saying:
    """What a person is told: what is missing, and what to do, in Japanese and English."""

    ja: str
    en: str
    do_ja: str
    do_en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its ``expression`` must hold for every tier in ``tiers``.

    ``author`` wrote it as it is; ``approver``, another one, let it hold; empty: nobody has yet. ``may_be_waived``: two
    persons can set it aside for somebody for a time.
    """

    code: str
    saying: Saying
    expression: str
    tiers: frozenset[str]
    author: str
    approver: str = ""
    may_be_waived: bool = False
    valid_from: date | None = None
    valid_until: date | None = None


RuleSet = tuple[Rule, ...]


def hash_rules(rules: Iterable[Rule]) -> str:
    """Give the SHA-256 of everything that rules say, 64 hex digits; their order means nothing."""
    rows = sorted(
        json.dumps(
            [
                rule.code,
                [rule.saying.ja, rule.saying.en, rule.saying.do_ja, rule.saying.do_en],
                rule.expression,
                sorted(rule.tiers),
                rule.may_be_waived,
                [str(rule.valid_from or ""), str(rule.valid_until or "")],
            ],
            ensure_ascii=False,
        )
        for rule in rules
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def approve_rules(rules: Iterable[Rule], by: str) -> RuleSet:
    """Give a rule set with what nobody has approved yet approved by somebody.

    Raises:
        ZoneFaultsError: that one wrote some of it.
    """
    every = tuple(rules)
    if own := [rule.code for rule in every if not rule.approver and rule.author == by]:
        raise refuse_zone(f"{own[0]}.approver", ZoneWhy.same_person)
    return tuple(rule if rule.approver else replace(rule, approver=by) for rule in every)


def check_rules(rules: Sequence[Rule], tiers: frozenset[str]) -> tuple[ZoneFault, ...]:
    """Give everything that is wrong with a rule set; ``tiers`` are those that there are. Fields are ``code.field``."""
    faults = [fault for rule in rules for fault in _check_rule(rule, tiers)]
    for at, rule in enumerate(rules):
        if any(other.code == rule.code and share_days(other, rule) for other in rules[:at]):
            faults.append(ZoneFault(f"{rule.code}.code", ZoneWhy.taken, {"code": rule.code}))
    return tuple(faults)


def _check_rule(rule: Rule, tiers: frozenset[str]) -> Iterable[ZoneFault]:
    if rule.author == rule.approver:
        yield ZoneFault(f"{rule.code}.approver", ZoneWhy.same_person)
    for name in ("ja", "en", "do_ja", "do_en"):
        text = getattr(rule.saying, name).strip()
        if not text:
            yield ZoneFault(f"{rule.code}.{name}", ZoneWhy.no_words)
        elif len(text) > TEXT_MAX:
            yield ZoneFault(f"{rule.code}.{name}", ZoneWhy.too_long, {"most": TEXT_MAX})
    if not rule.tiers:
        yield ZoneFault(f"{rule.code}.tiers", ZoneWhy.no_tiers)
    for strange in sorted(rule.tiers - tiers):
        yield ZoneFault(f"{rule.code}.tiers", ZoneWhy.unknown_tier, {"found": strange})
    try:
        parse(rule.expression)
    except ZoneFaultsError as error:
        for fault in error.faults:
            yield ZoneFault(f"{rule.code}.{fault.field}", fault.why, fault.values)
