"""Record that approved information was moved, taken out or disposed of: by whom, when, and by what means."""

from domain.zones.movement import Act, Movement, MovementAct, step_movement
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from store.movements import insert_step, load_movement, save_movement
from store.tx import Tx

MEANS_MAX = 200


def carry_out_movement(tx: Tx, movement_id: str, *, by: str, means: str) -> Movement:
    """Write down that a movement was carried out now; gives it as it stands then.

    Args:
        tx: the transaction.
        movement_id: which one.
        by: the login of whoever did it.
        means: how it was carried or destroyed, as 暗号化したUSB or 溶解処理.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: it is not approved, its time is over, or the means are not said.
    """
    standing = load_movement(tx, movement_id)
    if standing is None:
        raise LookupError(movement_id)
    if len(means) > MEANS_MAX:
        raise refuse_zone("means", ZoneWhy.too_long, most=MEANS_MAX)
    after = step_movement(standing.kept, Act(MovementAct.carry_out, by, means), tx.now)
    if not save_movement(tx, standing.kept, after):
        raise refuse_zone("state", ZoneWhy.moved_on)
    insert_step(tx, movement_id, MovementAct.carry_out, by=by, text=means.strip())
    return after
