"""Let a log-on agent, a VPN or an identity provider have its user in a tier, for as long as a decision permits it.

Such a session has no switch: the agent asks again, and is told no. It is in the book like any other, and ends there as
soon as it is no longer right.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from contract.tier_decision import Written
from domain.zones.decide_tier import Answer
from domain.zones.facts import Factor
from domain.zones.tier_session import PortSession, SessionAct, SessionState, step_session
from gateway.operations.zones.book_session import Booked, Place, make_session
from gateway.operations.zones.note_accounting import stands
from gateway.zones.question import Question
from gateway.zones.tier_news import SESSION_MOVED, TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.port_sessions import KeptSession, SessionStep, load_session, save_session
from store.terminal_seats import Seat, save_seats
from store.tx import Tx

Decide = Callable[[Question], Written]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was decided, the session where the user may be in the tier, and what this commit is to write down."""

    written: Written
    session: PortSession | None
    booked: Booked


def admit_user(tx: Tx, question: Question, decide: Decide, *, session_id: str | None = None) -> Admitted:
    """Decide about a user.

    Args:
        tx: the transaction; the answer may leave once it is committed.
        question: as the agent puts it.
        decide: decides a question.
        session_id: of the agent's session that should go on; one that is over, or is about somebody else, does not.
    """
    written = decide(question)
    _seat(tx, question, written)
    kept = _find(tx, question, session_id)
    if written.decision.answer is not Answer.permit:
        if kept is not None:
            _end(tx, kept, " ".join(written.decision.failed))
        return Admitted(written, None, Booked(written, kept.session.id if kept else None))
    if kept is not None and stands(kept.session, written.decision):
        after = replace(kept.session, ends_at=written.decision.ends_at)
        save_session(tx, kept, after, SessionStep(tx.now, SessionAct.interim, after.state))
        return Admitted(written, after, Booked(written, after.id))
    if kept is not None:
        _end(tx, kept, "")
    made = make_session(written, Place(question.asked_by), state=SessionState.confirmed)
    assert made is not None  # noqa: S101 (a permit has a VLAN)
    session = replace(made, factor=question.factor, factor_at=question.factor_at)
    return Admitted(written, session, Booked(written, session.id, session))


def end_user(tx: Tx, agent: str, session_id: str) -> bool:
    """Let a session of an agent be over, for its user logged off; False where there is none that goes on."""
    kept = load_session(tx, session_id, lock=True)
    if kept is None or not _is_of(kept.session, agent):
        return False
    _end(tx, kept, "")
    return True


def _find(tx: Tx, question: Question, session_id: str | None) -> KeptSession | None:
    kept = load_session(tx, session_id, lock=True) if session_id else None
    if kept is None or not _is_of(kept.session, question.asked_by):
        return None
    about = (question.person_id, question.terminal_id)
    return kept if (kept.session.person_id, kept.session.terminal_id) == about else None


def _is_of(session: PortSession, agent: str) -> bool:
    return session.nas_id == agent and session.state is SessionState.confirmed


def _end(tx: Tx, kept: KeptSession, reason: str) -> None:
    state = step_session(kept.session.state, SessionAct.stop)
    after = replace(kept.session, state=state, ended_at=tx.now)
    if save_session(tx, kept, after, SessionStep(tx.now, SessionAct.stop, state, reason=reason)):
        insert_notices(tx, [Notice(SESSION_MOVED, after.id, "{}")])


def _seat(tx: Tx, question: Question, written: Written) -> None:
    """Let the person sit at the terminal where the agent saw them: the terminal's own sessions are decided by that."""
    facts = written.decision.facts
    if question.factor is Factor.none or not (facts.person_known and facts.terminal_issued):
        return
    at = question.factor_at or tx.now
    save_seats(tx, [Seat(question.terminal_id, question.person_id, question.factor, at, question.asked_by)])
    insert_notices(tx, [Notice(TIER_CHANGED, question.person_id, "{}")])
