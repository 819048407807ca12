"""What can befall a city while a description goes out: people at the centre, boxes, rights, the centre itself."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.operations.access.decide_rollout import approve, stop
from gateway.operations.access.propose_revision import ProposalFaultError, propose_revision
from gateway.rollouts.revision_plan import plan_revision
from gateway.rollouts.revisions import load_settled
from store.people import save_card_status
from store.rollouts import load_live_rollout
from tests.gateway.rolling import FEWER, FIRST, LATER
from tests.sim.broken import InvariantBrokenError

if TYPE_CHECKING:
    from tests.sim.rollout_world import RolloutWorld

REVISIONS = (FIRST, LATER, FEWER)
STATUSES = ("active", "lost", "suspended")


def propose(world: "RolloutWorld") -> None:
    coming = world.random.choice(REVISIONS)
    with world.store.reading(world.at) as tx:
        former, live = load_settled(tx), load_live_rollout(tx)
        assert former is not None
        plan = plan_revision(tx, former, coming, world.at)
    try:
        with world.store.transaction(world.at) as tx:
            propose_revision(tx, former, coming, plan, by="planner", reason="sim")
    except ProposalFaultError:
        return
    if live is not None:
        raise InvariantBrokenError("rollout", "two are out at once")


def approve_it(world: "RolloutWorld") -> None:
    with world.store.transaction(world.at) as tx:
        if (live := load_live_rollout(tx)) is not None:
            approve(tx, live.id, by="second")


def stop_it(world: "RolloutWorld") -> None:
    with world.store.transaction(world.at) as tx:
        if (live := load_live_rollout(tx)) is not None:
            stop(tx, live.id, by="desk", reason="sim")


def change_rights(world: "RolloutWorld") -> None:
    with world.store.transaction(world.at) as tx:
        save_card_status(tx, [world.random.choice(world.cards)], world.random.choice(STATUSES))


def cut(world: "RolloutWorld") -> None:
    box = world.any_box()
    if box.is_there:
        world.desk.take([box.will()])
    box.connected = False


def die(world: "RolloutWorld") -> None:
    box = world.any_box()
    if box.is_there:
        world.desk.take([box.will()])
    box.alive = False


def come_back(world: "RolloutWorld") -> None:
    box = world.any_box()
    box.connected = True
    if not box.alive:
        box.alive = True
        box.restart()


def restart_box(world: "RolloutWorld") -> None:
    box = world.any_box()
    if box.alive:
        box.restart()


def spike(world: "RolloutWorld") -> None:
    box = world.any_box()
    box.refuses = not box.refuses


def restart_centre(world: "RolloutWorld") -> None:
    world.start()


def back_up(world: "RolloutWorld") -> None:
    world.backup = world.store.raw.serialize()


def restore(world: "RolloutWorld") -> None:
    world.store.put_back(world.backup)
    world.watch.rounds_since_restore = 0
    world.start()


FAULTS: tuple[tuple[Callable[["RolloutWorld"], None], float], ...] = (
    (propose, 0.08),
    (approve_it, 0.1),
    (stop_it, 0.02),
    (change_rights, 0.15),
    (cut, 0.04),
    (die, 0.02),
    (come_back, 0.1),
    (restart_box, 0.05),
    (spike, 0.02),
    (restart_centre, 0.06),
    (back_up, 0.04),
    (restore, 0.015),
)
"""What befalls, and how often in a round."""
