"""What befalls the key cabinet: people who take and bring back, crowbars, and keys that go while the box is dark."""

from functools import partial
from typing import TYPE_CHECKING

from tests.sim.key_cabinet import BRING_BACK, DEEDS, TAKE
from tests.sim.plan import Event
from tests.sim.timeline import SECOND

if TYPE_CHECKING:
    from tests.sim.world import World


STRANGER = 6
"""A card that is nobody's in any plan."""


def key_visit(world: "World", event: Event) -> None:
    """Hold a card to the cabinet; ``seconds`` is what that one does then (``key_cabinet``)."""
    if (cabinet := world.boxes[0].cabinet) is not None:
        card = STRANGER if event.number == STRANGER else event.number % world.plan.options.staff
        cabinet.visit(card, DEEDS[event.seconds])


def key_forced(world: "World", event: Event) -> None:
    """Break the cabinet open."""
    if (cabinet := world.boxes[0].cabinet) is not None:
        cabinet.break_open(event.number, event.seconds * SECOND)


def key_unseen(world: "World", event: Event) -> None:
    """Switch the box off, take a key meanwhile, and hang it anywhere after an even number of seconds."""
    box = world.boxes[0]
    if (cabinet := box.cabinet) is None:
        return
    box.crash(event.seconds * SECOND)
    cabinet.break_open(event.number, SECOND)
    if event.seconds % 2 == 0:
        world.timeline.after(SECOND // 2, cabinet.hang_anywhere)


def go_on(world: "World", delay: int) -> None:
    """Life goes on after everything healed: somebody takes a key, and brings it back."""
    if (cabinet := world.boxes[0].cabinet) is not None:
        world.timeline.after(delay, partial(cabinet.visit, 0, TAKE))
        world.timeline.after(2 * delay, partial(cabinet.visit, 0, BRING_BACK))
