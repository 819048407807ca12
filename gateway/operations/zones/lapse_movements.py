"""Let requests lapse whose time is over: what was not approved or not done by then may not be done any more."""

from domain.notices.message import Message
from domain.zones.movement import Act, MovementAct, step_movement
from store.messages import insert_messages, settle_messages
from store.movements import insert_step, list_over, save_movement
from store.tx import Tx

WAITING, LAPSED = "movement_waiting", "movement_lapsed"
FILLING_MAX = 60


def lapse_movements(tx: Tx) -> int:
    """Lapse every open movement whose time is over now and tell whoever asked; gives how many."""
    over, told = [], []
    for each in list_over(tx):
        after = step_movement(each.kept, Act(MovementAct.lapse, ""), tx.now)
        if not save_movement(tx, each.kept, after):
            continue
        insert_step(tx, after.id, MovementAct.lapse, by="")
        over.append(after.id)
        if each.person_id:
            filling = {"note": after.subject[:FILLING_MAX]}
            told.append(Message(each.person_id, LAPSED, after.id, f"/movements/{after.id}", filling))
    if over:
        settle_messages(tx, WAITING, over)
        insert_messages(tx, told)
    return len(over)
