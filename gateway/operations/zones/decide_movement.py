"""Approve, refuse or withdraw a request to move information: never one's own, never twice, by as many as it needs."""

from domain.notices.message import Message
from domain.zones.movement import Act, Movement, MovementAct, MovementState, step_movement
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from store.messages import insert_messages, settle_messages
from store.movements import insert_step, load_movement, save_movement
from store.tx import Tx

WAITING, DECIDED = "movement_waiting", "movement_decided"
"""Kinds of messages: to those who may approve, and to whoever asked."""
FILLING_MAX = 60
TEXT_MAX = 200


def decide_movement(tx: Tx, movement_id: str, act: MovementAct, *, by: str, text: str = "") -> Movement:
    """Say a word about a request now; gives it as it stands then, and tells whoever asked once it is decided.

    Args:
        tx: the transaction.
        movement_id: which one.
        act: approve, refuse or withdraw.
        by: the login of whoever says it.
        text: why it is refused.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: it has moved on, its time is over, it is one's own or approved by the same person already, or
            a refusal says no reason.
    """
    standing = load_movement(tx, movement_id)
    if standing is None:
        raise LookupError(movement_id)
    if len(text) > TEXT_MAX:
        raise refuse_zone("text", ZoneWhy.too_long, most=TEXT_MAX)
    if act is MovementAct.refuse and by == standing.kept.asked_by:
        raise refuse_zone("by", ZoneWhy.same_person)
    after = step_movement(standing.kept, Act(act, by, text), tx.now)
    if not save_movement(tx, standing.kept, after):
        raise refuse_zone("state", ZoneWhy.moved_on)
    insert_step(tx, movement_id, act, by=by, text=text.strip())
    if after.state is not MovementState.asked:
        settle_messages(tx, WAITING, [movement_id])
        if standing.person_id and act is not MovementAct.withdraw:
            filling = {"note": after.subject[:FILLING_MAX]}
            told = Message(standing.person_id, DECIDED, f"{movement_id} {act}", f"/movements/{movement_id}", filling)
            insert_messages(tx, [told])
    return after
