"""規則: which rules hold for the network tiers, which wait for a second person, and which held before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.zones.rule import RuleSet
from domain.zones.zone_fault import ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.decide_proposal import Verdict, decide_proposal
from gateway.operations.zones.propose_rules import AskedRules, read_asked_rules
from gateway.operations.zones.waive_rules import AskedWaiver, read_asked_waiver
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tiers.code_words import Told, load_active_sayings, tell_codes
from gateway.pages.tiers.naming import name_logins, name_tiers
from gateway.pages.tiers.rule_view import RuleChange, RuleTeller
from gateway.pages.words import Language
from store.people import load_persons
from store.tier_proposals import Proposal, ProposalKind, ProposalState, list_proposals, load_proposal
from store.tier_rules import (
    Activation,
    list_activations,
    list_rule_sets,
    load_active_hash,
    load_latest_hash,
    load_rule_set,
)
from store.tx import Tx

router = APIRouter()

LISTED_MAX = 50
HASH_PATTERN = r"^[0-9a-f]{64}$"

SetHash = Annotated[str, Path(pattern=HASH_PATTERN)]
ProposalId = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal as a page shows it: what it would change, or whose rules it sets aside.

    ``is_own``: the visitor asked for it. ``is_late``: another set was approved since, so it can only be withdrawn.
    """

    proposal: Proposal
    changes: Sequence[RuleChange] = ()
    rules: AskedRules | None = None
    waiver: AskedWaiver | None = None
    name: str = ""
    tier: str = ""
    codes: Sequence[Told] = ()
    asker: str = ""
    decider: str = ""
    is_own: bool = False
    is_late: bool = False


@router.get("/tier-rules")
def get_rules(visit: Visitor, tier: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show the rules that hold, of one tier or all, what waits for a second person, and what held before."""
    return show_rules(visit, tier)


@router.get("/tier-rules/sets/{set_hash}")
def get_set(visit: Visitor, set_hash: SetHash) -> Response:
    """Show a set, what it changed against the one before it, and from when it held."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rules, note = load_rule_set(tx, set_hash), list_rule_sets(tx).get(set_hash)
        if rules is None or note is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        activations = list_activations(tx)
        before = _find_before(tx, activations, set_hash)
        is_latest = load_latest_hash(tx) == set_hash
        held = [each for each in activations if each.set_hash == set_hash]
        named = _name_writers(tx, rules, held, note.proposed_by)
    teller = tell_rules(visit, tx.now)
    return visit.render(
        "tiers/rule_set.html",
        note=note,
        rows=teller.rows(rules),
        changes=teller.changes(before, rules),
        activations=held,
        logins=named,
        is_latest=is_latest,
        keeps=visit.may(Right.keep_tiers),
        now=tx.now,
    )


@router.get("/tier-rules/proposals/{proposal_id}")
def get_proposal(visit: Visitor, proposal_id: ProposalId) -> Response:
    """Show what is proposed, and what became of it."""
    return show_proposal(visit, proposal_id)


@router.post("/tier-rules/proposals/{proposal_id}/decide")
def post_verdict(
    visit: Visitor,
    proposal_id: ProposalId,
    verdict: Annotated[Verdict, Form()],
    why: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Approve, refuse or withdraw a proposal of rules or of a waiver."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand(tx, proposal_id)
            proposal = decide_proposal(tx, proposal_id, verdict, by=visit.signed_in.login, why=" ".join(why.split()))
    except ZoneFaultsError as error:
        return show_proposal(visit, proposal_id, error)
    context.committed.set()
    return see_other("/tier-rules" if proposal.kind is ProposalKind.rules else "/tier-waivers")


def show_rules(visit: Visit, tier: str) -> Response:
    """Show the page of all rules."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        active, activations = load_active_hash(tx, tx.now), list_activations(tx)
        rules = (load_rule_set(tx, active) if active else None) or ()
        waiting = list_waiting(tx, visit)
        notes = list_rule_sets(tx)
        named = _name_writers(tx, rules, activations)
    tiers = name_tiers(context.tiers.plan.tiers)
    chosen = tier if tier in tiers else ""
    return visit.render(
        "tiers/rules.html",
        rows=tell_rules(visit, tx.now).rows(rules, chosen),
        tiers=tiers,
        chosen=chosen,
        waiting=waiting,
        activations=_list_history(activations)[:LISTED_MAX],
        active=next((each for each in activations if each.from_at <= tx.now), None),
        notes=notes,
        logins=named,
        keeps=visit.may(Right.keep_tiers),
        now=tx.now,
    )


def show_proposal(visit: Visit, proposal_id: str, error: ZoneFaultsError | None = None) -> Response:
    """Show a proposal, after its decision was refused with what is wrong."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        waiting = _view(tx, visit, _demand(tx, proposal_id))
    return visit.render(
        "tiers/rule_proposal.html",
        waiting=waiting,
        keeps=visit.may(Right.keep_tiers),
        fault=tell_faults(error, visit.language),
        now=tx.now,
    )


def list_waiting(tx: Tx, visit: Visit, kind: ProposalKind | None = None) -> list[Waiting]:
    """Give what waits for a second person, of rules and waivers or of one of them, the last one first."""
    kinds = (ProposalKind.rules, ProposalKind.waiver) if kind is None else (kind,)
    return [
        _view(tx, visit, each) for kind in kinds for each in list_proposals(tx, kind=kind, state=ProposalState.open)
    ]


def tell_rules(visit: Visit, now: datetime) -> RuleTeller:
    """Give what says rules to a visitor."""
    tiers = name_tiers(visit.pages.context.tiers.plan.tiers)
    return RuleTeller(visit.phrases, tiers, civil_minute(now)[0])


def tell_faults(error: ZoneFaultsError | None, language: Language) -> str:
    """Say what is wrong in one text; empty where nothing is."""
    faults = error.faults if error is not None else ()
    return " ".join(describe_zone_fault(fault)[0 if language is Language.ja else 1] for fault in faults)


def _demand(tx: Tx, proposal_id: str) -> Proposal:
    proposal = load_proposal(tx, proposal_id)
    if proposal is None or proposal.kind is ProposalKind.clearance:  # those stand on a page of their own
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return proposal


def _view(tx: Tx, visit: Visit, proposal: Proposal) -> Waiting:
    is_own = proposal.asked_by == visit.signed_in.login
    named = name_logins(tx, {proposal.asked_by, proposal.decided_by})
    asker, decider = named[proposal.asked_by], named.get(proposal.decided_by or "", "")
    if proposal.kind is ProposalKind.waiver:
        person = load_persons(tx, [proposal.subject]).get(proposal.subject)
        name = person.name if person else proposal.subject
        asked = read_asked_waiver(proposal)
        codes = tell_codes(asked.codes, load_active_sayings(tx), visit.language)
        tier = tell_rules(visit, tx.now).name_tier(asked.tier_id)
        return Waiting(
            proposal,
            waiver=asked,
            name=name,
            tier=tier,
            codes=codes,
            asker=asker,
            decider=decider,
            is_own=is_own,
        )
    wished = read_asked_rules(proposal)
    base: RuleSet = load_rule_set(tx, wished.base) or ()
    changes = tell_rules(visit, tx.now).changes(base, load_rule_set(tx, proposal.subject) or ())
    is_late = proposal.state is ProposalState.open and (load_latest_hash(tx) or "") != wished.base
    return Waiting(proposal, changes, wished, asker=asker, decider=decider, is_own=is_own, is_late=is_late)


def _name_writers(tx: Tx, rules: RuleSet, activations: Sequence[Activation], *others: str) -> dict[str, str]:
    """Give the names of who wrote and approved rules, and of who let them hold."""
    wrote = {login for each in rules for login in (each.author, each.approver)}
    let_hold = {login for each in activations for login in (each.asked_by, each.approved_by)}
    return name_logins(tx, wrote | let_hold | set(others))


def _find_before(tx: Tx, activations: Sequence[Activation], set_hash: str) -> RuleSet:
    """Give the set that held before another one held for the first time."""
    oldest_first = [each.set_hash for each in reversed(activations)]
    if set_hash not in oldest_first:
        return ()
    at = oldest_first.index(set_hash)
    return load_rule_set(tx, oldest_first[at - 1]) or () if at else ()


def _list_history(activations: Sequence[Activation]) -> list[Activation]:
    """Give activations, the last one first, without those by which a set went on holding."""
    following = [*activations, None][1:]
    return [
        each
        for each, former in zip(activations, following, strict=True)
        if former is None or former.set_hash != each.set_hash
    ]
