"""The board of the network tiers: who is in which now, on what grounds, until when and why it will end."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from contract.tier_decision import Written, read_decision
from domain.zones.decide_tier import Answer
from domain.zones.tier_session import PortSession
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.looks import note_work
from gateway.pages.tiers.board_view import BoardFacts, derive_board
from gateway.pages.tiers.code_words import Sayings, load_active_sayings, load_sayings
from gateway.pages.tiers.grounds import list_tiers
from gateway.pages.tiers.naming import load_names, name_areas
from gateway.zones.question import Question
from store.decision_search import list_latest_decisions, load_last_decisions
from store.port_sessions import list_live_sessions
from store.session_search import list_steps_of
from store.tier_records import list_waivers_between
from store.tx import Tx

router = APIRouter()

REFUSED_SHOWN = timedelta(hours=1)
"""For so long the board names whom a tier turned away."""

REFUSED_MAX = 200
ASKED_BY = "board"

Words = Annotated[str, Query(max_length=80)]


@router.get("/tiers")
def get_tiers(visit: Visitor, q: Words = "") -> Response:
    """Show the board."""
    note_work(visit, "tiers", q)
    return _show(visit, "tiers/board.html", q)


@router.get("/tiers/part")
def get_tiers_part(visit: Visitor, q: Words = "") -> Response:
    """Give the part of it that changes."""
    return _show(visit, "tiers/parts/board.html", q)


def _show(visit: Visit, template: str, words: str) -> Response:
    context = visit.pages.context
    now, plan = context.now(), context.tiers.plan
    tiers = list_tiers(plan.tiers, now)
    with context.store.reading(now) as tx:
        facts = _load_facts(visit, tx)
        people = {each.person_id for each in facts.sessions}
        people |= {each.person_id for each in facts.refused} | {each.person_id for each in facts.waivers}
        sayings = _load_sayings(tx, (*facts.decided.values(), *facts.refused))
        names = replace(load_names(tx, people), codes=tuple(sayings))
        board = derive_board(tiers, facts, names, now, words)
        steps = list_steps_of(tx, {each.session.id for each in board.disobeyed})
    return visit.render(
        template,
        board=board,
        areas=name_areas(context.site),
        sayings=sayings,
        steps=steps,
        words=words,
        cuts=visit.may(Right.cut_sessions),
        now=now,
    )


def _load_facts(visit: Visit, tx: Tx) -> BoardFacts:
    sessions = [each.session for each in list_live_sessions(tx)]
    decided = {id_: read_decision(row.body) for id_, row in load_last_decisions(tx, [s.id for s in sessions]).items()}
    rows = list_latest_decisions(tx, tx.now - REFUSED_SHOWN, answer=Answer.reject.value, limit=REFUSED_MAX)
    look = visit.pages.context.tiers.look
    return BoardFacts(
        sessions,
        decided,
        {each.id: look(_ask(each), tx.now).situation for each in sessions if each.person_id},
        [read_decision(row.body) for row in rows],
        [each for each in list_waivers_between(tx, tx.now, tx.now) if each.holds_at(tx.now)],
    )


def _ask(session: PortSession) -> Question:
    return Question(ASKED_BY, session.method, session.tier_id, session.terminal_id, session.station, session.person_id)


def _load_sayings(tx: Tx, decided: Iterable[Written]) -> Sayings:
    """Give what is said by the rules that hold, and by those of earlier decisions where these say nothing."""
    found: dict[str, Sayings] = {each: load_sayings(tx, each) for each in {w.decision.rules_hash for w in decided}}
    sayings = {code: said for each in found.values() for code, said in each.items()}
    return sayings | dict(load_active_sayings(tx))
