"""A person's word about a roll-out: a second one approves it, anybody with the right stops it."""

import json
from collections.abc import Callable
from enum import StrEnum

from domain.access.rollout import Cause, Phase, Rollout, approve_rollout, stop_rollout
from store.outbox import Notice, insert_notices
from store.rollouts import REASON_LENGTH_MAX, StoredRollout, load_rollout, save_rollout_state
from store.tx import Tx


class RolloutFault(StrEnum):
    """Why nothing was changed."""

    no_rollout = "no_rollout"
    same_person = "same_person"
    is_over = "is_over"
    no_reason = "no_reason"
    long_reason = "long_reason"
    no_former = "no_former"  # it was the first description of all
    another_is_live = "another_is_live"
    unreadable = "unreadable"  # one of the descriptions was written by a newer software


def approve(tx: Tx, number: int, *, by: str) -> RolloutFault | None:
    """Let a proposed roll-out begin; gives why not. Whoever proposed it cannot approve it."""

    def decide(rollout: StoredRollout) -> Rollout | RolloutFault:
        if rollout.state.phase is not Phase.proposed:
            return RolloutFault.is_over
        if rollout.proposal.proposed_by == by:
            return RolloutFault.same_person
        return approve_rollout(rollout.state, tx.now)

    return _move(tx, number, decide, by=by)


def stop(tx: Tx, number: int, *, by: str, reason: str) -> RolloutFault | None:
    """Stop a roll-out, or reject one that is only proposed; its devices return to the former description."""

    def decide(rollout: StoredRollout) -> Rollout | RolloutFault:
        if not reason.strip():
            return RolloutFault.no_reason
        if len(reason) > REASON_LENGTH_MAX:
            return RolloutFault.long_reason
        return stop_rollout(rollout.state, Cause.person) if rollout.state.is_live else RolloutFault.is_over

    return _move(tx, number, decide, by=by, reason=reason)


def _move(
    tx: Tx,
    number: int,
    decide: Callable[[StoredRollout], Rollout | RolloutFault],
    *,
    by: str,
    reason: str | None = None,
) -> RolloutFault | None:
    rollout = load_rollout(tx, number)
    if rollout is None:
        return RolloutFault.no_rollout
    state = decide(rollout)
    if isinstance(state, RolloutFault):
        return state
    if not save_rollout_state(tx, rollout, state, by=by, reason=reason):
        return RolloutFault.is_over  # it moved by itself meanwhile; whoever asks looks again
    insert_notices(tx, [Notice("rollout.moved", str(number), json.dumps({"phase": state.phase}))])
    return None
