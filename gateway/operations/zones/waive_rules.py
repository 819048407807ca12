"""Rules set aside for somebody for a time (非常時): asked by one person with a reason, granted by another."""

import json
from dataclasses import dataclass
from datetime import timedelta

from domain.zones.decide_tier import Waiver
from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from gateway.zones.tier_news import TIER_CHANGED
from store.accounts import load_account
from store.outbox import Notice, insert_notices
from store.people import load_persons
from store.rule_waivers import end_waiver, insert_waiver, load_waiver
from store.tier_proposals import Proposal, ProposalKind, insert_proposal, load_proposal
from store.tier_rules import load_active_hash, load_rule_set
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class WishedWaiver:
    """What is asked for: which codes of a tier's rules, for whom, and for how many hours from the grant on."""

    id: str
    person_id: str
    tier_id: str
    codes: frozenset[str]
    hours: int
    reason: str


@dataclass(frozen=True, slots=True)
class AskedWaiver:
    """What a proposal of a waiver says; the person is its subject."""

    tier_id: str
    codes: frozenset[str]
    hours: int


def list_waivable(tx: Tx, tier_id: str) -> frozenset[str]:
    """Give the codes of a tier's rules, as they hold now, that may be set aside."""
    active = load_active_hash(tx, tx.now)
    rules = (load_rule_set(tx, active) if active else None) or ()
    return frozenset(rule.code for rule in rules if rule.may_be_waived and tier_id in rule.tiers)


def propose_waiver(tx: Tx, wish: WishedWaiver, *, hours_max: int, by: str) -> Proposal:
    """Ask another person to set rules aside; the same id again gives what stands already.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        wish: what is asked for.
        hours_max: the most hours that the city allows.
        by: the login of whoever asks.

    Raises:
        ZoneFaultsError: nothing is said why (``reason``), nobody has that number (``person_id``), a code cannot be set
            aside or none was chosen (``codes``), or it is for too long (``hours``).
    """
    standing = load_proposal(tx, wish.id)
    if standing is not None:
        return standing
    reason = wish.reason.strip()
    if not load_persons(tx, [wish.person_id]):
        raise refuse_zone("person_id", ZoneWhy.unknown_person, found=wish.person_id)
    _check_codes(tx, wish.tier_id, wish.codes)
    if not 1 <= wish.hours <= hours_max:
        raise refuse_zone("hours", ZoneWhy.too_long_time, most=hours_max)
    if not reason:
        raise refuse_zone("reason", ZoneWhy.no_reason)
    if len(reason) > TEXT_MAX:
        raise refuse_zone("reason", ZoneWhy.too_long, most=TEXT_MAX)
    body = json.dumps({"tier_id": wish.tier_id, "codes": sorted(wish.codes), "hours": wish.hours})
    proposal = Proposal(wish.id, ProposalKind.waiver, wish.person_id, body, reason, by, tx.now)
    insert_proposal(tx, proposal)
    return proposal


def _check_codes(tx: Tx, tier_id: str, codes: frozenset[str]) -> None:
    if not codes:
        raise refuse_zone("codes", ZoneWhy.no_reason)
    if strange := sorted(codes - list_waivable(tx, tier_id)):
        raise refuse_zone("codes", ZoneWhy.not_waivable, found=strange[0])


def read_asked_waiver(proposal: Proposal) -> AskedWaiver:
    """Give what a proposal of a waiver says."""
    body = json.loads(proposal.body)
    return AskedWaiver(body["tier_id"], frozenset(body["codes"]), body["hours"])


def apply_waiver(tx: Tx, proposal: Proposal, *, by: str) -> Waiver:
    """Set the rules aside from now on; the person is decided again.

    Raises:
        ZoneFaultsError: whoever grants it asked for it (``granted_by``) or is its person (``person_id``), or a rule
            may be set aside no more.
    """
    asked = read_asked_waiver(proposal)
    if proposal.asked_by == by:
        raise refuse_zone("granted_by", ZoneWhy.same_person)
    granter = load_account(tx, by)
    if granter is not None and granter.person_id == proposal.subject:
        raise refuse_zone("person_id", ZoneWhy.for_oneself)
    _check_codes(tx, asked.tier_id, asked.codes)
    until_at = tx.now + timedelta(hours=asked.hours)
    waiver = Waiver(
        proposal.id,
        proposal.subject,
        asked.tier_id,
        asked.codes,
        tx.now,
        until_at,
        proposal.reason,
        proposal.asked_by,
        by,
    )
    insert_waiver(tx, waiver)
    insert_notices(tx, [Notice(TIER_CHANGED, proposal.subject, "{}")])
    return waiver


def end_waiver_early(tx: Tx, waiver_id: str, *, by: str) -> Waiver:
    """End a waiver before its time, whoever asked for or granted it; the person is decided again.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: it is over already.
    """
    waiver = load_waiver(tx, waiver_id)
    if waiver is None:
        raise LookupError(waiver_id)
    if not end_waiver(tx, waiver_id, by=by):
        raise refuse_zone("waiver", ZoneWhy.over)
    insert_notices(tx, [Notice(TIER_CHANGED, waiver.person_id, "{}")])
    return waiver
