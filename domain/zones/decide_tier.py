"""May this person at this terminal use this tier now: one decision, whoever asks. Default deny, every reason named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.civil import civil_minute
from domain.zones.compile_rules import CompiledRules
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
    rules_old = "rules_old"  # the rules were compiled for another day
    ended = "ended"  # what the permit would stand on is over at this instant
    method = "method"  # the tier does not take terminals that show themselves like this


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
class Decision:
    """An answer with everything it stands on. ``failed`` are all codes that did not hold, without those ``waived``.

    A permit has its VLAN and the instant it ends at the latest (``ends_at``, by ``ends_by``: the fact or waiver that
    ends first), None: nothing ends it by itself.
    """

    answer: Answer
    tier_id: str
    rules_hash: str
    decided_at: datetime
    vlan: int | None = None
    failed: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    waivers: tuple[str, ...] = ()
    ends_at: datetime | None = None
    ends_by: str = ""


def decide_tier(
    plan: TierPlan, rules: CompiledRules, facts: Facts, now: datetime, waivers: Iterable[Waiver] = ()
) -> Decision:
    """Decide.

    Args:
        plan: the tiers that there are.
        rules: compiled for the civil day of ``now``.
        facts: all that is known.
        now: the instant.
        waivers: those of this person; others' count for nothing and must not be given.
    """
    on = civil_minute(now)[0]
    tier = plan.find(facts.tier, on)
    if tier is None:
        return Decision(Answer.reject, facts.tier, rules.hash, now, failed=(Built.no_tier,))
    mine = rules.tiers.get(tier.id)
    built = tuple(
        code
        for code, holds in (
            (Built.method, facts.method in tier.methods),
            (Built.no_rules, mine is not None and bool(mine.codes)),
            (Built.rules_old, rules.on == on),
        )
        if not holds
    )
    if built or mine is None:
        return _refuse(tier, rules, now, built)
    held = [each for each in waivers if each.tier_id == tier.id and each.holds_at(now)]
    set_aside = frozenset[str]().union(*(each.codes for each in held)) & mine.waivable
    judged = mine.judge(facts)
    failed = tuple(code for code in judged if code not in set_aside)
    if failed:
        return _refuse(tier, rules, now, failed)
    waived = tuple(code for code in judged if code in set_aside)
    used = [each for each in held if each.codes & set(waived)]
    ends = [(at, name) for name, at in facts.ends.items() if name in mine.facts]
    ends += [(each.until_at, each.id) for each in used]
    ends_at, ends_by = min(ends, default=(None, ""))
    if ends_at is not None and ends_at <= now:
        return _refuse(tier, rules, now, (Built.ended,))
    return Decision(
        Answer.permit,
        tier.id,
        rules.hash,
        now,
        vlan=tier.vlan,
        waived=waived,
        waivers=tuple(each.id for each in used),
        ends_at=ends_at,
        ends_by=ends_by,
    )


def _refuse(tier: Tier, rules: CompiledRules, now: datetime, failed: tuple[str, ...]) -> Decision:
    """Refuse: into quarantine where the tier has one and the terminal showed itself rightly, else by a reject."""
    may_wait = tier.quarantine_vlan is not None and Built.method not in failed
    answer = Answer.quarantine if may_wait else Answer.reject
    return Decision(answer, tier.id, rules.hash, now, vlan=tier.quarantine_vlan if may_wait else None, failed=failed)
