"""Somebody at a desk ends a session: has its switch told to, or says that the port was shut by other means."""

from dataclasses import replace

from domain.zones.tier_session import SessionAct, SessionState, step_session
from gateway.zones.tier_news import SESSION_MOVED
from store.outbox import Notice, insert_notices
from store.port_sessions import SessionStep, load_session, save_session
from store.tx import Tx

BY_HAND = "by_hand"
"""The code of whatever somebody at a desk did; their login follows it."""


def put_off_session(tx: Tx, session_id: str, *, by: str) -> bool:
    """Let a session be ended; whoever cuts sessions hears of it and tells the switch.

    Args:
        tx: the transaction.
        session_id: which.
        by: the login of whoever wants it.

    Returns:
        False when there is none, or it is ending or over already, and nothing is changed.
    """
    return _act(tx, session_id, SessionAct.cut, by=by)


def shut_session(tx: Tx, session_id: str, *, by: str) -> bool:
    """Say that the port of a session that its switch did not end was shut by other means.

    Args:
        tx: the transaction.
        session_id: which.
        by: the login of whoever says so.

    Returns:
        False when there is none, or its switch did obey meanwhile, and nothing is changed.
    """
    return _act(tx, session_id, SessionAct.shut, by=by)


def _act(tx: Tx, session_id: str, act: SessionAct, *, by: str) -> bool:
    kept = load_session(tx, session_id, lock=True)
    if kept is None:
        return False
    state = step_session(kept.session.state, act)
    if state is kept.session.state:
        return False
    ended_at = tx.now if state is SessionState.ended else None
    after = replace(kept.session, state=state, ended_at=ended_at)
    if not save_session(tx, kept, after, SessionStep(tx.now, act, state, reason=f"{BY_HAND} {by}")):
        return False
    insert_notices(tx, [Notice(SESSION_MOVED, session_id, "{}")])
    return True
