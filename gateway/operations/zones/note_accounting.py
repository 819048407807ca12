"""What a switch tells of its sessions (RFC 2866): it begins, goes on, ends. Told again, nothing changes.

A session that begins or goes on is decided again, for its person may have left since. One that is not in the book, or
had ended in it, is decided as well and booked as it is: what is on the network stands in the book, and whoever cuts
finds it there. Nothing that is told permits anything.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from contract.radius_api import Accounting
from contract.tier_decision import Written
from domain.zones.cut_reason import CutReason
from domain.zones.decide_tier import Answer, Decision
from domain.zones.tier import Method
from domain.zones.tier_session import LIVE, PortSession, SessionAct, SessionState, step_session
from gateway.operations.zones.book_session import Booked, Place
from gateway.zones.question import Question
from gateway.zones.tier_news import SESSION_MOVED, TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.port_sessions import (
    KeptSession,
    SessionStep,
    insert_sessions,
    list_switch_sessions,
    load_session,
    save_session,
)
from store.tx import Tx

LATE = timedelta(minutes=2)
"""So long after its end a session may still be told of by what was on its way."""

_ACTS: Mapping[Accounting, SessionAct] = MappingProxyType(
    {
        Accounting.start: SessionAct.start,
        Accounting.interim: SessionAct.interim,
        Accounting.stop: SessionAct.stop,
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a switch told: ``session`` is what we gave as Class, ``switch_session`` its own number, ``at`` when."""

    kind: Accounting
    place: Place
    session: str
    switch_session: str
    at: datetime


Decide = Callable[[Question], Written]


def note_accounting(tx: Tx, told: Told, decide: Decide) -> list[Booked]:
    """Take in what a switch told, and give the decisions to be written down in the same commit, in their order."""
    if told.kind not in _ACTS:
        _end_all(tx, told)
        return []
    named = load_session(tx, told.session, lock=True) if told.session else None
    if named is not None and named.session.nas_id != told.place.nas_id:
        named = None  # of another switch: whoever names it does not speak for it
    kept = named if named is not None and named.session.state in LIVE else _find_by_number(tx, told)
    if kept is not None:
        return _step(tx, kept, told, decide)
    if told.kind is Accounting.stop or (named is not None and _is_late(named.session, told)):
        return []
    return [_adopt(tx, named.session if named else None, told, decide)]


def ask_again(session: PortSession) -> Question:
    """Give the question of a session as it was asked at first; who sits at the terminal is looked at anew."""
    is_agent = session.method is Method.agent
    is_mab = session.method is Method.mab
    return Question(
        session.nas_id,
        session.method,
        tier_id=session.tier_id,
        terminal_id=session.terminal_id,
        station=session.station if is_mab else "",
        person_id=session.person_id if is_agent else "",
        factor=session.factor,
        factor_at=session.factor_at,
    )


def stands(session: PortSession, decision: Decision) -> bool:
    """Tell whether a decision leaves a session where it is: the same tier, and the same VLAN of it."""
    same = (decision.facts.tier, decision.vlan) == (session.tier_id, session.vlan)
    return decision.answer is not Answer.reject and same


def _find_by_number(tx: Tx, told: Told) -> KeptSession | None:
    if not told.switch_session:
        return None
    found = list_switch_sessions(tx, told.place.nas_id, switch_session=told.switch_session)
    return found[-1] if found else None


def _is_late(ended: PortSession, told: Told) -> bool:
    """Tell whether what is told is of before a session's end, and only comes now."""
    if ended.switch_session != told.switch_session or ended.ended_at is None:
        return False
    return told.kind is not Accounting.interim or told.at <= ended.ended_at + LATE


def _step(tx: Tx, kept: KeptSession, told: Told, decide: Decide) -> list[Booked]:
    before, act = kept.session, _ACTS[told.kind]
    state = step_session(before.state, act)
    after = replace(
        before,
        state=state,
        station=told.place.station or before.station,
        port=told.place.port or before.port,
        switch_session=told.switch_session or before.switch_session,
        ended_at=tx.now if state is SessionState.ended else None,
        heard_at=told.at if before.heard_at is None or told.kind is Accounting.interim else before.heard_at,
    )
    if state is SessionState.ended:
        _save(tx, kept, after, SessionStep(tx.now, act, state))
        return []
    again = decide(ask_again(after))
    after, booked = _hold(after, again)
    if after != before or told.kind is Accounting.interim:
        _save(tx, kept, after, SessionStep(tx.now, act, state, reason=" ".join(again.decision.failed)), moved=booked)
    if state is SessionState.confirmed and not stands(after, again.decision):
        _tell(tx, after)
    if is_first := before.state is SessionState.pending:
        _supersede(tx, after)
    return [Booked(again, before.id)] if booked or is_first else []


def _hold(session: PortSession, again: Written) -> tuple[PortSession, bool]:
    """Give a session as a repeated decision leaves it, and whether that says anything new."""
    decision = again.decision
    if not stands(session, decision):
        return session, True
    ends = [at for at in (session.ends_at, decision.ends_at) if at is not None]
    held = replace(session, person_id=again.person_id, ends_at=min(ends, default=None))  # a switch was told the first
    return held, held != session


def _adopt(tx: Tx, ended: PortSession | None, told: Told, decide: Decide) -> Booked:
    """Book a session that is on the network and not in the book, as far as it is known what it is.

    Of one that had ended here we know the terminal; of any other nothing, and so nobody may be in it.
    """
    place = told.place
    again = decide(ask_again(ended) if ended else Question(place.nas_id, Method.eap_tls))
    found = PortSession(
        secrets.token_hex(16),
        ended.tier_id if ended else "",
        ended.vlan if ended else 0,
        again.terminal_id,
        again.person_id,
        place.nas_id,
        place.port,
        SessionState.confirmed,
        tx.now,
        station=place.station,
        switch_session=told.switch_session,
        method=ended.method if ended else Method.eap_tls,
        in_quarantine=ended.in_quarantine if ended else False,
        nas_address=place.address,
        heard_at=tx.now,
    )
    found, _ = _hold(found, again)
    insert_sessions(tx, [found])  # at once: told twice within one commit, it is found the second time
    if stands(found, again.decision):
        insert_notices(tx, [Notice(SESSION_MOVED, found.id, "{}")])
    else:
        _tell(tx, found)
    return Booked(again, found.id)


def _supersede(tx: Tx, session: PortSession) -> None:
    """End what the same station had on the same switch before: there is one session of it, the one that began last."""
    if not session.station:
        return
    for kept in list_switch_sessions(tx, session.nas_id, station=session.station):
        if kept.session.id != session.id and kept.session.decided_at <= session.decided_at:
            _end(tx, kept, CutReason.superseded)


def _end_all(tx: Tx, told: Told) -> None:
    """A switch began anew, or is about to end: what was on it before is no more."""
    for kept in list_switch_sessions(tx, told.place.nas_id):
        if kept.session.decided_at <= told.at:
            _end(tx, kept, CutReason.began_anew)


def _end(tx: Tx, kept: KeptSession, reason: CutReason) -> None:
    state = step_session(kept.session.state, SessionAct.stop)
    after = replace(kept.session, state=state, ended_at=tx.now)
    _save(tx, kept, after, SessionStep(tx.now, SessionAct.stop, state, reason=reason.value))


def _save(tx: Tx, kept: KeptSession, after: PortSession, step: SessionStep, *, moved: bool = True) -> None:
    if save_session(tx, kept, after, step) and (moved or after.state is not kept.session.state):
        insert_notices(tx, [Notice(SESSION_MOVED, after.id, "{}")])


def _tell(tx: Tx, session: PortSession) -> None:
    """Have whoever cuts look at a session that is not where it should be."""
    notices = [Notice(SESSION_MOVED, session.id, "{}")]
    if session.person_id:
        notices.append(Notice(TIER_CHANGED, session.person_id, "{}"))
    insert_notices(tx, notices)
