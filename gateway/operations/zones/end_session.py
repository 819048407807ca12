"""End sessions: the book says so before a switch is told, and then what the switch answered.

A session that ends by a decision has that decision beside it, in the same commit: who was put off, and by what. One
that a switch does not end is an alarm, and stays one until it is known to be over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from contract.tier_decision import Written
from domain.zones.tier_session import LIVE, PortSession, SessionAct, SessionState, step_session
from gateway.radius.disconnect import Outcome
from gateway.zones.decision_log import append_decisions
from gateway.zones.tier_news import SESSION_MOVED
from store.alarms import Alarm, insert_alarms, list_standing_subjects, restore_alarms
from store.outbox import Notice, insert_notices
from store.port_sessions import (
    KeptSession,
    SessionMove,
    SessionStep,
    hold_sessions,
    list_sessions_in,
    save_moves,
    save_session,
)
from store.tx import Tx

DISOBEYED = "session_disobeyed"
"""The alarm about a switch (its id) that did not end a session."""

GHOST = "session_ghost"
"""The alarm about a switch (its id) with a session that nobody booked; in the book it has no tier."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A session to end: ``reason`` are codes with a blank between, ``written`` the decision that led to it."""

    session_id: str
    reason: str
    written: Written | None = None


def mark_ending(tx: Tx, kept: KeptSession, reason: str) -> bool:
    """Let a session be told to end; False where it is over, or moved on since, and nothing is changed."""
    state = step_session(kept.session.state, SessionAct.cut)
    if state is not SessionState.ending:
        return False
    after, step = replace(kept.session, state=state), SessionStep(tx.now, SessionAct.cut, state, reason=reason)
    if not save_session(tx, kept, after, step):
        return False
    _tell(tx, [after])
    return True


def book_endings(tx: Tx, endings: Sequence[Ending]) -> list[PortSession]:
    """Let sessions be told to end, with the decisions behind it; gives those that are to be told.

    What is ending or over already is left as it is, and its decision is not written: one change has one decision.
    """
    held = hold_sessions(tx, [each.session_id for each in endings])
    moves: list[SessionMove] = []
    decided: list[tuple[Written, str | None]] = []
    for each in endings:
        kept = held.get(each.session_id)
        if kept is None or kept.session.state not in {SessionState.pending, SessionState.confirmed}:
            continue
        moves.append(_move(tx, kept, (SessionAct.cut,), reason=each.reason))
        if each.written is not None:
            decided.append((each.written, each.session_id))
    save_moves(tx, moves)
    if decided:
        append_decisions(tx, decided)
    return _tell(tx, [each.after for each in moves])


def note_outcomes(tx: Tx, outcomes: Mapping[str, Outcome]) -> dict[str, SessionState]:
    """Write down what switches answered, and give where each session stands then.

    Args:
        tx: the transaction.
        outcomes: by session. Of one that had not been ended before only success is news: it was told again.
    """
    moves: list[SessionMove] = []
    held = hold_sessions(tx, outcomes)
    for id_, kept in held.items():
        outcome = outcomes[id_]
        acts: tuple[SessionAct, ...] = (outcome.act,)
        if kept.session.state is SessionState.disobeyed:
            acts = (SessionAct.cut, outcome.act) if outcome.act in {SessionAct.obeyed, SessionAct.unknown} else ()
        elif step_session(kept.session.state, outcome.act) is kept.session.state:
            acts = acts if outcome.act is SessionAct.obeyed else ()  # over already; that it was on is worth a line
        if acts:
            moves.append(_move(tx, kept, acts, outcome=outcome))
    save_moves(tx, moves)
    moved = _tell(tx, [each.after for each in moves])
    _raise(tx, [_disobeyed(each) for each in moved if each.state is SessionState.disobeyed])
    if any(each.kept.session.state is SessionState.disobeyed for each in moves):
        restore_obedience(tx)
    restore_alarms(tx, {(GHOST, each.nas_id) for each in moved if not each.tier_id and each.state not in LIVE})
    return {id_: kept.session.state for id_, kept in held.items()} | {each.id: each.state for each in moved}


def note_outcome(tx: Tx, session_id: str, outcome: Outcome) -> SessionState | None:
    """Write down what a switch answered, and give where the session stands then; None: there is none."""
    return note_outcomes(tx, {session_id: outcome}).get(session_id)


def hand_over(tx: Tx, others: Mapping[str, Written]) -> None:
    """Let sessions be those of whoever sits there now, and write the decisions that let them beside it."""
    held = hold_sessions(tx, others)
    moves: list[SessionMove] = []
    for id_, kept in held.items():
        if kept.session.state in {SessionState.pending, SessionState.confirmed}:
            move = _move(tx, kept, (SessionAct.handed_over,))
            moves.append(move._replace(after=replace(move.after, person_id=others[id_].person_id)))
    save_moves(tx, moves)
    if moves:
        append_decisions(tx, [(others[each.after.id], each.after.id) for each in moves])
    _tell(tx, [each.after for each in moves])


def end_sessions(tx: Tx, wanted: Mapping[str, SessionAct], *, reason: str = "") -> list[PortSession]:
    """Let sessions be over by an act of each (``lapse``, ``missing``); gives those that are by that."""
    held = hold_sessions(tx, wanted)
    moves = [
        _move(tx, kept, (wanted[id_],), reason=reason)
        for id_, kept in held.items()
        if step_session(kept.session.state, wanted[id_]) is SessionState.ended
        and kept.session.state is not SessionState.ended
    ]
    save_moves(tx, moves)
    return _tell(tx, [each.after for each in moves])


def restore_obedience(tx: Tx) -> None:
    """Let the alarms about switches that have no such session any more be right again."""
    standing = list_standing_subjects(tx, DISOBEYED)
    if standing:
        still = {kept.session.nas_id for kept in list_sessions_in(tx, SessionState.disobeyed)}
        restore_alarms(tx, [(DISOBEYED, nas_id) for nas_id in sorted(standing - still)])


def raise_ghosts(tx: Tx, ghosts: Iterable[PortSession]) -> None:
    """Alarm about sessions that were found on switches and not in the book."""
    _raise(tx, [Alarm("session_ghost", each.nas_id, f"{each.port} {each.station}".strip()) for each in ghosts])


def _move(
    tx: Tx, kept: KeptSession, acts: Sequence[SessionAct], *, reason: str = "", outcome: Outcome | None = None
) -> SessionMove:
    state, steps = kept.session.state, []
    for act in acts:
        state = step_session(state, act)
        answered = outcome if outcome is not None and act is outcome.act else None
        tries, cause = (answered.tries, answered.error_cause) if answered is not None else (0, None)
        steps.append(SessionStep(tx.now, act, state, tries, cause, reason))
    ended_at = kept.session.ended_at or (tx.now if state is SessionState.ended else None)
    return SessionMove(kept, replace(kept.session, state=state, ended_at=ended_at), tuple(steps))


def _disobeyed(session: PortSession) -> Alarm:
    return Alarm("session_disobeyed", session.nas_id, f"{session.port} {session.terminal_id}".strip())


def _raise(tx: Tx, alarms: Sequence[Alarm]) -> None:
    told = insert_alarms(tx, alarms)
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in told])


def _tell(tx: Tx, moved: list[PortSession]) -> list[PortSession]:
    insert_notices(tx, [Notice(SESSION_MOVED, each.id, "{}") for each in moved])
    return moved
