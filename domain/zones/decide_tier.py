"""May this person at this terminal use this tier now: one decision, whoever asks. Default deny, every reason named."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.civil import civil_minute, instant
from domain.zones.compile_rules import CompiledRules, TierRules
from domain.zones.facts import Facts
from domain.zones.tier import Tier, TierPlan


class Answer(StrEnum):
    """What a switch is told."""

    permit = "permit"
    quarantine = "quarantine"  # into the VLAN that leads nowhere, with a session that can be ended
    reject = "reject"


class Built(StrEnum):
    """Reasons that no rule set can take away: without them a gap in the data would be a way in."""

    no_tier = "no_tier"  # none of that name is in force
    no_rules = "no_rules"  # a tier without rules admits nobody
    rules_old = "rules_old"  # the rules are those of other days
    method = "method"  # the tier does not take terminals that show themselves like this
    stranger = "stranger"  # what asks is no switch of the site


@dataclass(frozen=True, slots=True)
class Waiver:
    """Codes set aside for somebody in one tier for a time: asked by one person, granted by another (非常時)."""

    id: str
    person_id: str
    tier_id: str
    codes: frozenset[str]
    from_at: datetime
    until_at: datetime
    reason: str
    asked_by: str
    granted_by: str

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it holds, and stands on two persons."""
        return self.from_at <= at < self.until_at and self.asked_by != self.granted_by


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of somebody at a terminal, now and as far as it changes by itself.

    ``facts_at`` gives the facts of an instant; ``turns`` are the instants at which one of them changes by itself, in
    any order: the end of hours, of a training, of a certificate.
    """

    facts_at: Callable[[datetime], Facts]
    turns: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with everything it stands on: the ``facts``, and all codes that ``failed``, without those ``waived``.

    A permit has its VLAN and the first instant at which it would be refused (``ends_at``), and the codes that fail
    then (``ends_by``); None: nothing that is known ends it.
    """

    answer: Answer
    facts: Facts
    rules_hash: str
    decided_at: datetime
    vlan: int | None = None
    failed: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    ends_at: datetime | None = None
    ends_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """Codes that fail, and those that would but are set aside."""

    failed: tuple[str, ...]
    waived: tuple[str, ...] = ()


def decide_tier(
    plan: TierPlan, rules: CompiledRules, outlook: Outlook, now: datetime, waivers: Iterable[Waiver] = ()
) -> Decision:
    """Decide.

    Args:
        plan: the tiers that there are.
        rules: of the civil day of ``now``.
        outlook: all that is known.
        now: the instant.
        waivers: those of this person; others' must not be given.
    """
    facts, mine = outlook.facts_at(now), tuple(waivers)
    judged = judge_facts(plan, rules, facts, now, mine)
    tier = plan.find(facts.tier, civil_minute(now)[0])
    if judged.failed or tier is None:
        return _refuse(tier, rules, facts, now, judged.failed)
    turns = {*outlook.turns, *(each.until_at for each in mine)}
    turns |= {instant(last_on, 24 * 60) for last_on in (rules.last_on, tier.valid_until) if last_on is not None}
    foreseen = (
        (at, judge_facts(plan, rules, outlook.facts_at(at), at, mine).failed) for at in sorted(turns) if at > now
    )
    ends_at, ends_by = next(((at, failed) for at, failed in foreseen if failed), (None, ()))
    return Decision(
        Answer.permit,
        facts,
        rules.hash,
        now,
        vlan=tier.vlan,
        waived=judged.waived,
        ends_at=ends_at,
        ends_by=ends_by,
    )


def judge_facts(
    plan: TierPlan, rules: CompiledRules, facts: Facts, at: datetime, waivers: Iterable[Waiver] = ()
) -> Judged:
    """Give the codes that fail of facts at an instant, and those that were set aside by waivers."""
    on = civil_minute(at)[0]
    tier, mine = plan.find(facts.tier, on), rules.tiers.get(facts.tier)
    if tier is None:
        return Judged((Built.no_tier,))
    if built := _list_built(tier, mine, facts, is_of_today=rules.hold_on(on)):
        return Judged(built)
    assert mine is not None  # noqa: S101 (else it has no rules)
    held = [each for each in waivers if each.tier_id == tier.id and each.holds_at(at)]
    aside = frozenset[str]().union(*(each.codes for each in held)) & mine.waivable
    failed = mine.judge(facts)
    return Judged(tuple(code for code in failed if code not in aside), tuple(code for code in failed if code in aside))


def _list_built(tier: Tier, mine: TierRules | None, facts: Facts, *, is_of_today: bool) -> tuple[str, ...]:
    standing = (
        (Built.method, facts.method in tier.methods),
        (Built.no_rules, mine is not None and bool(mine.codes)),
        (Built.rules_old, is_of_today),
    )
    return tuple(code for code, holds in standing if not holds)


def _refuse(tier: Tier | None, rules: CompiledRules, facts: Facts, now: datetime, failed: tuple[str, ...]) -> Decision:
    """Refuse: into quarantine where the tier has one and the terminal showed itself rightly, else by a reject."""
    if tier is None or tier.quarantine_vlan is None or Built.method in failed:
        return Decision(Answer.reject, facts, rules.hash, now, failed=failed)
    return Decision(Answer.quarantine, facts, rules.hash, now, vlan=tier.quarantine_vlan, failed=failed)
