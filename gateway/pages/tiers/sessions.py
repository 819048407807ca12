"""Sessions of the past and of now: looked for, each with what it stands on, and ended by hand where that is needed."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi import Path as InPath
from starlette.responses import Response

from contract.tier_decision import CHAIN_START, read_decision
from domain.civil import JST
from domain.zones.tier_session import SessionAct, SessionState
from gateway.operations.zones.end_session import end_sessions, mark_ending, restore_obedience
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.looks import note_look, note_work
from gateway.pages.records.report_form import DAYS_MAX, Day, read_period
from gateway.pages.tiers.code_words import BY_HAND, load_sayings, tell_codes
from gateway.pages.tiers.fact_words import tell_facts
from gateway.pages.tiers.naming import load_names, name_tiers
from gateway.pages.tiers.session_view import DecisionTold, follows, may_put_off, tell_steps, view_sessions
from store.decision_search import ChainedRow, list_decisions_of, load_hash_before
from store.port_sessions import KeptSession, list_session_steps, load_session
from store.session_search import SessionSearch, list_sessions, list_steps_of
from store.trainings import list_trainings
from store.tx import Tx

router = APIRouter()

SESSIONS_MAX = 200

SessionId = Annotated[str, InPath(max_length=80)]
Word = Annotated[str, Query(max_length=80)]


@router.get("/tiers/sessions")
def get_sessions(
    visit: Visitor, *, who: Word = "", terminal: Word = "", tier: Word = "", state: Word = "", first: Day = "",
    last: Day = "",
) -> Response:  # fmt: skip
    """Show the sessions of some days: of people, at terminals (by id or name), of a tier, in a state, or all."""
    context = visit.pages.context
    now = context.now()
    period = read_period(first or now.astimezone(JST).date().isoformat(), last, today=now.astimezone(JST).date())
    known = SessionState(state) if state in set(SessionState) else None
    asked = SessionSearch(period.since, period.until, " ".join(who.split()), " ".join(terminal.split()), tier, known)
    note_work(visit, "tier_sessions", period.query(who=who, terminal=terminal, tier=tier, state=state))
    with context.store.reading(now) as tx:
        found = [] if period.fault else list_sessions(tx, asked, limit=SESSIONS_MAX + 1)
        shown = found[:SESSIONS_MAX]
        steps = list_steps_of(tx, {each.id for each in shown})
        lines = view_sessions(shown, steps, load_names(tx, {each.person_id for each in shown}))
    return visit.render(
        "tiers/sessions.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if period.fault else HTTPStatus.OK,
        lines=lines,
        more=len(found) > SESSIONS_MAX,
        most=SESSIONS_MAX,
        days_max=DAYS_MAX,
        period=period,
        asked=asked,
        tiers=name_tiers(context.tiers.plan.tiers),
        states=SessionState,
        now=now,
    )


@router.get("/tiers/sessions/{session_id}")
def get_session(visit: Visitor, session_id: SessionId) -> Response:
    """Show a session: its decisions with their proof, and what happened to it."""
    return _show(visit, session_id)


@router.post("/tiers/sessions/{session_id}/end")
def post_end(visit: Visitor, session_id: SessionId) -> Response:
    """Put a session off: its switch is told to end it."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        kept = _load(tx, session_id, lock=True)
        done = may_put_off(kept.session) and mark_ending(tx, kept, f"{BY_HAND} {visit.signed_in.login}")
    context.committed.set()
    return see_other(f"/tiers/sessions/{session_id}") if done else _show(visit, session_id, fault="moved_on")


@router.post("/tiers/sessions/{session_id}/shut")
def post_shut(visit: Visitor, session_id: SessionId) -> Response:
    """Say that the port of a session whose switch did not obey was shut by hand."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        is_disobeyed = _load(tx, session_id, lock=True).session.state is SessionState.disobeyed
        by = f"{BY_HAND} {visit.signed_in.login}"
        done = is_disobeyed and bool(end_sessions(tx, {session_id: SessionAct.shut}, reason=by))
        restore_obedience(tx)
    context.committed.set()
    return see_other("/tiers") if done else _show(visit, session_id, fault="moved_on")


def _load(tx: Tx, session_id: str, *, lock: bool = False) -> KeptSession:
    kept = load_session(tx, session_id, lock=lock)
    if kept is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return kept


def _show(visit: Visit, session_id: str, *, fault: str | None = None) -> Response:
    context = visit.pages.context
    now, tiers = context.now(), name_tiers(context.tiers.plan.tiers)
    with context.store.reading(now) as tx:
        session = _load(tx, session_id).session
        decisions = [_tell(visit, tx, row) for row in list_decisions_of(tx, session_id)]
        sayings = load_sayings(tx, decisions[-1].written.decision.rules_hash if decisions else "")
        steps = tell_steps(list_session_steps(tx, session_id), sayings, visit.language)
        names = load_names(tx, {session.person_id})
    note_look(visit, "tier_session", session.person_id or None, session_id)
    return visit.render(
        "tiers/session.html",
        fault=fault,
        session=session,
        person=names.persons.get(session.person_id, session.person_id),
        department=names.departments.get(session.person_id, ""),
        terminal=names.terminals.get(session.terminal_id, session.terminal_id),
        tier=tiers.get(session.tier_id),
        decisions=decisions,
        steps=steps,
        cuts=visit.may(Right.cut_sessions),
        may_put_off=may_put_off(session),
        now=now,
    )


def _tell(visit: Visit, tx: Tx, row: ChainedRow) -> DecisionTold:
    written, language = read_decision(row.body), visit.language
    decision = written.decision
    sayings = load_sayings(tx, decision.rules_hash)
    tiers = name_tiers(visit.pages.context.tiers.plan.tiers)
    trainings = {each.id: each for each in list_trainings(tx)}
    return DecisionTold(
        row.number,
        row.decided_at,
        written,
        tuple(tell_facts(decision.facts, visit.phrases, tiers, trainings)),
        tell_codes(decision.failed, sayings, language),
        tell_codes(decision.waived, sayings, language),
        tell_codes(decision.ends_by, sayings, language),
        row.hash.hex(),
        follows(load_hash_before(tx, row.number) or CHAIN_START, row.body, row.hash),
    )
