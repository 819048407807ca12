"""つながらないとき: why a person can or cannot use each network tier now, for that person and for whoever helps."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from contract.tier_decision import Written, read_decision
from domain.zones.situation import Situation
from domain.zones.tier import Tier
from gateway.context import GatewayContext
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.looks import note_look
from gateway.pages.tiers.code_words import Told, load_sayings, tell_codes
from gateway.pages.tiers.grounds import list_tiers
from gateway.pages.tiers.naming import name_areas, name_tiers
from gateway.pages.tiers.network_view import Spoken, TierVerdict, choose_method, choose_terminal, view_verdict
from gateway.zones.question import Question
from store.decision_search import list_latest_decisions
from store.people import load_person
from store.port_sessions import list_live_sessions
from store.terminals import KeptTerminal, list_terminals
from store.tier_rules import load_rule_set
from store.tx import Tx

router = APIRouter()

LATELY = timedelta(days=7)
LATELY_MAX = 20
ASKED_BY = "page"
"""Who asks; nothing of it is written down, so nobody is let in."""


@router.get("/network")
def get_network(visit: Visitor) -> Response:
    """Show to the visitor how it stands with each tier."""
    return _show(visit, "tiers/network.html", visit.signed_in.person_id, own=True)


@router.get("/network/part")
def get_network_part(visit: Visitor) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "tiers/parts/network.html", visit.signed_in.person_id, own=True)


@router.get("/tiers/people/{person_id}")
def get_tier_person(visit: Visitor, person_id: str) -> Response:
    """Show the same of a person to whoever helps."""
    page = _show(visit, "tiers/network.html", person_id, own=False)
    note_look(visit, "tier_person", person_id, "")
    return page


@router.get("/tiers/people/{person_id}/part")
def get_tier_person_part(visit: Visitor, person_id: str) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "tiers/parts/network.html", person_id, own=False)


def _show(visit: Visit, template: str, person_id: str, *, own: bool) -> Response:
    context = visit.pages.context
    now = context.now()
    if own and not person_id:
        return visit.render(template, person=None, own=True, now=now)
    with context.store.reading(now) as tx:
        person = load_person(tx, person_id)
        if person is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        rows = list_latest_decisions(tx, now - LATELY, person_id=person_id, limit=LATELY_MAX)
        lately = [(row.number, read_decision(row.body)) for row in rows]
        sessions = [each.session for each in list_live_sessions(tx, person_ids=[person_id])]
        terminals = {each.id: each for each in list_terminals(tx)}
        looks = _look_at_tiers(context, person_id, [each for _, each in lately], terminals, now)
        verdicts = [_tell(visit, tx, each) for each in looks]
        told = [(number, each, _tell_failed(visit, tx, each)) for number, each in lately]
    return visit.render(
        template,
        person=person,
        own=own,
        verdicts=verdicts,
        situation=looks[0].situation if looks else None,
        facts=looks[0].written.decision.facts if looks else None,
        areas=name_areas(context.site),
        sessions={each.tier_id: each for each in sessions},
        terminals=terminals,
        tiers=name_tiers(context.tiers.plan.tiers),
        lately=told,
        reads=visit.may(Right.read_tiers),
        now=now,
    )


class _Look(NamedTuple):
    """One tier asked for somebody: at which terminal (empty: none known), what is known, and the answer."""

    tier: Tier
    terminal_id: str
    situation: Situation
    written: Written


def _look_at_tiers(
    context: GatewayContext,
    person_id: str,
    lately: Sequence[Written],
    terminals: Mapping[str, KeptTerminal],
    now: datetime,
) -> list[_Look]:
    """Ask for each tier in force what would be answered now."""
    kept = {id_: (each.tier_id, each.kept_by) for id_, each in terminals.items() if _is_issued(each, now)}
    used = [(each.decision.facts.tier, each.terminal_id) for each in lately]
    found = []
    for tier in list_tiers(context.tiers.plan.tiers, now):
        terminal_id = choose_terminal(tier, person_id, kept, used)
        question = Question(ASKED_BY, choose_method(tier), tier.id, terminal_id, "", person_id)
        situation = context.tiers.look(question, now).situation
        found.append(_Look(tier, terminal_id, situation, context.tiers.decide(question, now)))
    return found


def _tell(visit: Visit, tx: Tx, look: _Look) -> TierVerdict:
    decision = look.written.decision
    rules = load_rule_set(tx, decision.rules_hash) or ()
    return view_verdict(
        visit.pages.context.tiers.plan,
        look.tier,
        decision,
        look.situation,
        terminal_id=look.terminal_id,
        spoken=Spoken(rules, load_sayings(tx, decision.rules_hash), visit.language),
    )


def _tell_failed(visit: Visit, tx: Tx, written: Written) -> tuple[Told, ...]:
    decision = written.decision
    return tell_codes(decision.failed, load_sayings(tx, decision.rules_hash), visit.language)


def _is_issued(terminal: KeptTerminal, now: datetime) -> bool:
    return terminal.issued_from <= now and (terminal.issued_until is None or now < terminal.issued_until)
