"""Tiers under every fault order that 16 seeds draw (I29, I30), and proof that the simulation would notice."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from domain.zones.tier_session import SessionAct
from gateway.radius.cut_desk import CutDesk, Looked, Wanted
from gateway.radius.disconnect import Outcome
from tests.domain.zones.cases import RULES
from tests.gateway.radius.hall import Seats
from tests.sim.broken import InvariantBrokenError
from tests.sim.tier_world import Plant, TierWorld

SEEDS = 16
CHUNK = 4
TICKS = 240
FOUND_WITHIN = 20


def befall(world: TierWorld) -> None:
    """Draw what befalls in a tick."""
    draw = world.random
    terminal = draw.choice(sorted(world.stations))
    person = world.truth.seated[terminal]
    issued = world.truth.terminals.get(terminal)

    def come_or_go(seats: Seats) -> None:
        (seats.absent.discard if person in seats.absent else seats.absent.add)(person)

    def end_soon(seats: Seats) -> None:
        seats.until[person] = world.at + timedelta(seconds=draw.randint(2, 20))

    def clear(seats: Seats) -> None:
        seats.until.pop(person, None)

    def lose(seats: Seats) -> None:
        seats.terminals.pop(terminal, None)

    for of, often in ((come_or_go, 0.08), (end_soon, 0.03), (clear, 0.03)):
        if draw.random() < often:
            world.change(person, terminal, of)
    if issued is not None and draw.random() < 0.005:
        world.change(person, terminal, lose)
    if draw.random() < 0.01:
        world.switch.silent = not world.switch.silent
        world.log.append(f"{world.at:%H:%M:%S} the switch is {'silent' if world.switch.silent else 'there'}")
    if draw.random() < 0.004:
        world.switch.go_down()
        world.log.append(f"{world.at:%H:%M:%S} the switch loses everything")
    if world.alive and draw.random() < 0.01:
        world.dies_between = True
    if world.alive and draw.random() < 0.008:
        world.die()
        world.log.append(f"{world.at:%H:%M:%S} the centre dies")
    elif not world.alive and draw.random() < 0.1:
        world.start()
        world.log.append(f"{world.at:%H:%M:%S} the centre is back")


def live(seed: int, plant: Plant) -> str:
    """Live a seed; gives what was broken and all that befell, or nothing."""
    world = TierWorld(seed, plant)
    try:
        world.live(TICKS, befall)
    except InvariantBrokenError as error:
        return "\n".join([*world.log, f"{world.at:%H:%M:%S} seed {seed}: {error}"])
    assert world.watch.let_in
    return ""


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_holds(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert not (broken := live(seed, Plant())), broken


class DeafDesk(CutDesk):
    """Looks at sessions again and again, and hears nothing in between."""

    def look(self, wanted: Wanted) -> Looked:
        return super().look(wanted) if wanted.everything else Looked()


class TrustingDesk(CutDesk):
    """Takes a switch that says nothing for one that obeyed."""

    def note(self, outcomes: Mapping[str, Outcome]) -> None:
        super().note({id_: Outcome(SessionAct.obeyed, each.tries) for id_, each in outcomes.items()})


class ForgetfulDesk(CutDesk):
    """Tells a switch what it books itself, and nothing that somebody had booked before."""

    def look(self, wanted: Wanted) -> Looked:
        """Look, and forget what was ending already."""
        before = {each.id for each in self.list_ending()}
        looked = super().look(wanted)
        looked.to_tell = [each for each in looked.to_tell if each.id not in before]
        return looked


PLANTS = {
    "deaf": (Plant(open_desk=DeafDesk), "I29"),
    "trusting": (Plant(open_desk=TrustingDesk), "I29"),
    "forgetful": (Plant(open_desk=ForgetfulDesk, takes_up=False), "I29"),
    "timeless": (Plant(has_clock=False), "I29"),
    "endless": (Plant(seconds=lambda *_: 10**6), "I29"),
    "any_terminal": (Plant(rules=tuple(each for each in RULES if each.code != "terminal")), "I30"),
}


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_planted_bug_is_found(plant: str) -> None:
    wrong, promise = PLANTS[plant]
    for seed in range(FOUND_WITHIN):
        if (broken := live(seed, wrong)) and promise in broken.rpartition("\n")[2]:
            return
    pytest.fail(f"{plant} was not found in {FOUND_WITHIN} seeds")
