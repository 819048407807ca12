"""Look after the roll-out that is running: the next stage, the end, or the way back."""

import json

from domain.access.rollout import Phase, step_rollout
from gateway.rollouts.revisions import load_revision, rules_between
from gateway.rollouts.rollout_facts import load_rollout_facts
from gateway.site.source import SiteError
from store.alarms import Alarm, insert_alarms
from store.outbox import Notice, insert_notices
from store.rollouts import StoredRollout, load_live_rollout, save_rollout_state
from store.tx import Tx


def advance_rollout(tx: Tx) -> StoredRollout | None:
    """Take one step; gives the roll-out as it was before if it moved, None when nothing did.

    A stop that nobody asked for raises an alarm that names the device and what was seen of it.
    """
    rollout = load_live_rollout(tx)
    if rollout is None or rollout.state.phase is not Phase.running or rollout.proposal.former_id is None:
        return None
    try:
        former, coming = (
            load_revision(tx, each) for each in (rollout.proposal.former_id, rollout.proposal.revision_id)
        )
    except SiteError:
        return None  # by which rules it would go on cannot be read; gateway.rollout_keeper says so
    facts = load_rollout_facts(tx, rollout.state, coming.id, coming.site)
    state = step_rollout(rules_between(former, coming), rollout.state, facts, tx.now)
    if state == rollout.state or not save_rollout_state(tx, rollout, state):
        return None
    if state.phase is Phase.stopped:
        detail = f"roll-out {rollout.id}, stage {state.stage + 1}: {state.cause}"
        insert_alarms(tx, [Alarm("rollout_stopped", state.blamed or "site", detail)])
    insert_notices(tx, [Notice("rollout.moved", str(rollout.id), json.dumps({"phase": state.phase}))])
    return rollout
