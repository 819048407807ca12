"""Another set of rules for the network tiers: proposed whole by one person, holding once another approved it."""

import json
from dataclasses import dataclass
from datetime import datetime

from domain.zones.rule import TEXT_MAX, RuleSet, approve_rules, check_rules, hash_rules
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy, refuse_zone
from gateway.zones.rule_authors import keep_authors
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.tier_proposals import Proposal, ProposalKind, insert_proposal, load_proposal
from store.tier_rule_drafts import delete_draft
from store.tier_rules import (
    Activation,
    activate_rule_set,
    hold_activations,
    insert_rule_set,
    list_activations,
    load_latest_hash,
    load_rule_set,
)
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class WishedRules:
    """What is asked for: ``base`` is the hash of the set that was changed, ``from_at`` None: as soon as approved."""

    id: str
    rules: RuleSet
    note: str
    base: str
    from_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskedRules:
    """What a proposal of rules says."""

    base: str
    from_at: datetime | None


def propose_rules(tx: Tx, wish: WishedRules, tiers: frozenset[str], *, by: str) -> Proposal:
    """Write a set down and ask another person for approval; the same id again gives what stands already.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        wish: what is asked for.
        tiers: the ids of the tiers that there are.
        by: the login of whoever asks; the own draft is over with it.

    Raises:
        ZoneFaultsError: a rule is wrong (fields are ``code.field``), nothing is said why (``note``), its instant is
            past (``from_at``), or another set was approved since it was begun (``base``).
    """
    standing = load_proposal(tx, wish.id)
    if standing is not None:
        return standing
    latest = load_latest_hash(tx) or ""
    rules = keep_authors(wish.rules, load_rule_set(tx, latest) or (), by)
    _check(tx, wish, rules, latest, tiers)
    from_at = None if wish.from_at is None else wish.from_at.isoformat()
    proposal = Proposal(
        wish.id,
        ProposalKind.rules,
        insert_rule_set(tx, rules, by=by, note=wish.note.strip()),
        json.dumps({"base": latest, "from_at": from_at}),
        wish.note.strip(),
        by,
        tx.now,
    )
    insert_proposal(tx, proposal)
    delete_draft(tx, by)
    return proposal


def _check(tx: Tx, wish: WishedRules, rules: RuleSet, latest: str, tiers: frozenset[str]) -> None:
    if wish.base != latest:
        raise refuse_zone("base", ZoneWhy.moved_on)
    if faults := check_rules(rules, tiers):
        raise ZoneFaultsError(faults)
    if not rules or hash_rules(rules) == latest:
        raise refuse_zone("rules", ZoneWhy.unchanged)
    if not wish.note.strip():
        raise refuse_zone("note", ZoneWhy.no_reason)
    if len(wish.note.strip()) > TEXT_MAX:
        raise refuse_zone("note", ZoneWhy.too_long, most=TEXT_MAX)
    if wish.from_at is not None and wish.from_at <= tx.now:
        raise refuse_zone("from_at", ZoneWhy.over)


def read_asked_rules(proposal: Proposal) -> AskedRules:
    """Give what a proposal of rules says beside the set itself, which is its subject."""
    body = json.loads(proposal.body)
    return AskedRules(body["base"], body["from_at"] and datetime.fromisoformat(body["from_at"]))


def apply_rules(tx: Tx, proposal: Proposal, *, by: str) -> Activation:
    """Let a proposed set hold from its instant, or from now where that is past; everybody is decided again.

    What was to hold later is taken over by it, for whoever proposed it began from that.

    Raises:
        ZoneFaultsError: another set was approved since it was proposed (``base``), or whoever approves wrote some of
            its rules.
    """
    hold_activations(tx)
    asked = read_asked_rules(proposal)
    if (load_latest_hash(tx) or "") != asked.base:
        raise refuse_zone("base", ZoneWhy.moved_on)
    rules = approve_rules(load_rule_set(tx, proposal.subject) or (), by)
    first_at = max(tx.now, asked.from_at or tx.now)
    planned = {each.from_at for each in list_activations(tx) if each.from_at > first_at}
    for from_at in (first_at, *sorted(planned)):
        activate_rule_set(tx, rules, Activation(proposal.subject, from_at, proposal.asked_by, by))
    insert_notices(tx, [Notice(TIER_CHANGED, "", "{}")])
    return Activation(proposal.subject, first_at, proposal.asked_by, by)
