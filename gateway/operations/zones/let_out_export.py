"""Let a file leave as the class of what it holds asks: at once, by an approved request, or not at all.

A request for a file is one of the movements (``ask_movement``): of the same person, information, class and tiers. It is
carried out by fetching the file, once; should the way to the browser break, again within ``AGAIN``.
"""

from datetime import timedelta

from domain.civil import civil_minute
from domain.zones.export import ExportRule, demand_export
from domain.zones.information import Demand, Handling, InformationClass
from domain.zones.movement import Act, Movement, MovementAct, MovementState, step_movement
from store.information_classes import load_register
from store.movements import insert_step, list_movements, save_movement
from store.tx import Tx

AGAIN = timedelta(minutes=10)
"""So long after it left, the same file leaves again by the same approval."""

MEANS = "画面から保存 / saved from the page"
"""How it was carried, in the record."""


class MayNotLeaveError(Exception):
    """A file may not leave now; ``waiting`` is the request that waits for it, None where there is none.

    ``demand`` is forbidden where no request would help.
    """

    def __init__(self, rule: ExportRule, demand: Demand, waiting: Movement | None = None) -> None:
        super().__init__(f"{rule.export} {rule.class_id} → {rule.to_tier}: {demand}")
        self.rule = rule
        self.demand = demand
        self.waiting = waiting


def let_out_export(tx: Tx, rule: ExportRule, *, by: str, subject: str, place: str) -> InformationClass:
    """Write down that a file leaves now, where a request was needed; gives the class that it is marked with.

    Args:
        tx: the transaction.
        rule: what holds for this kind of file.
        by: the login of whoever fetches it.
        subject: what the file is, as a request for it says.
        place: at which address it is fetched, as a request for it says.

    Raises:
        MayNotLeaveError: its class forbids it, or no request of this person was approved.
    """
    on = civil_minute(tx.now)[0]
    register = load_register(tx)
    demand, found = demand_export(rule, register, on), register.find(rule.class_id, on)
    if found is None or demand is Demand.forbidden:
        raise MayNotLeaveError(rule, Demand.forbidden)
    if demand is Demand.free:
        return found
    standing = _find_standing(tx, rule, by=by, of=(demand, subject, place))
    if standing is None or standing.state is MovementState.asked:
        raise MayNotLeaveError(rule, demand, standing)
    if standing.state is MovementState.approved:
        after = step_movement(standing, Act(MovementAct.carry_out, by, MEANS), tx.now)
        if save_movement(tx, standing, after):  # else the same person was quicker in another window
            insert_step(tx, standing.id, MovementAct.carry_out, by=by, text=MEANS)
    return found


def flows_freely(tx: Tx, rule: ExportRule | None) -> bool:
    """Tell whether something may leave that asks by itself, as a calendar does, and so cannot wait for approval."""
    on = civil_minute(tx.now)[0]
    return rule is None or demand_export(rule, load_register(tx), on) is Demand.free


def _find_standing(tx: Tx, rule: ExportRule, *, by: str, of: tuple[Demand, str, str]) -> Movement | None:
    """Give the newest request for just this file that still counts."""
    states = (MovementState.asked, MovementState.approved, MovementState.done)
    for each in (found.kept for found in list_movements(tx, states=states, asked_by=by)):
        way = (each.handling, each.class_id, each.from_tier, each.to_tier)
        is_it = (each.demand, each.subject, each.place) == of
        if is_it and way == (Handling.move, rule.class_id, rule.from_tier, rule.to_tier) and _counts(each, tx):
            return each
    return None


def _counts(of: Movement, tx: Tx) -> bool:
    if of.done_at is not None:
        return tx.now < of.done_at + AGAIN
    return tx.now < of.until_at
