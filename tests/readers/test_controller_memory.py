"""Forty thousand presentations through the real agent and journal: what it remembers stays as small as it was."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from contract.commands import DoorCommand, PersonPlace, PlacesTold
from domain.access.policy import PassbackMode
from readers.agent import Agent
from readers.drivers.port import CardSeen, InputMoved, KeysEntered
from readers.events import CommandCame, Event, Moment, Started, TimePassed
from readers.journal import Journal
from readers.outputs.board import OutputBoard
from readers.policy_cache import HeldPolicy
from readers.state import ControllerState
from tests.readers.building import DURESS_PIN, WAYS, building, wired
from tests.readers.cases import DEVICE, NOW, number_of

PRESENTATIONS = 40_000
AT_ONCE = 4
SECONDS_BETWEEN = 0.4
CARDS = ["anna", "bert", "carl", "free", "slow", "guest", "medic", "pina", "visit"]


class Clock:
    """Time as the test lets it pass."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> Moment:
        """Read the clocks."""
        return Moment(NOW + timedelta(seconds=self.seconds), 1000.0 + self.seconds, "boot-1", "synced")


class Turned(Agent):
    """The agent without its thread: a turn of its loop is a call."""

    def turn(self) -> None:
        """Go once round."""
        self._queue.put(TimePassed())
        while not self._queue.empty():
            self._handle(self._queue.get())
        while self._appends:
            self._commit()

    def sizes(self) -> dict[str, int]:
        """Count whatever the controller remembers."""
        state, scene = self._state, self._state.scene
        doors = state.doors.values()
        return {
            "passages": len(state.passages),
            "deciding": len(state.deciding),
            "asked": len(state.asked),
            "causes": len(state.causes),
            "grants": sum(len(known.grants) + len(known.overrides) for known in doors),
            "places": sum(len(bucket) for bucket in scene.places.buckets) + len(scene.places.inside),
            "waiting": sum(1 + len(each) for each in scene.waiting.values()),
            "escorts": len(scene.escorts),
            "codes": len(scene.codes),
            "obeyed": len(scene.obeyed),
            "wrong_pins": len(scene.wrong_pins),
            "appends": len(self._appends),
        }


BOUNDS = {
    "passages": 40,
    "deciding": 0,
    "asked": len(WAYS),
    "causes": 5,
    "grants": 40,
    "places": 2 * len(CARDS) + 100,
    "waiting": 40,
    "escorts": len(WAYS),
    "codes": 1,
    "obeyed": 30,
    "wrong_pins": len(CARDS),
    "appends": 0,
}


def count_descriptors() -> int:
    """Count what this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture
def journal() -> Iterator[Journal]:
    folder = Path(tempfile.mkdtemp(prefix="sekisho-memory-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    journal = Journal.open(folder / "journal.db", DEVICE, new_epoch=5)
    yield journal
    journal.close()
    shutil.rmtree(folder)


def draw(chance: Random, clock: Clock, number: int) -> list[Event]:
    """One presentation and what else may happen beside it."""
    moment, reader = clock.now(), chance.choice(sorted(WAYS))
    events: list[Event] = []
    if chance.random() < 0.3:
        events.append(CardSeen(reader, "simulated", b"%08d" % number, 1, moment.mono))
    elif chance.random() < 0.05:
        once = (moment.at, moment.at + timedelta(minutes=1))
        events.append(CardSeen("main-in", "simulated", number_of("visit"), 1, moment.mono, once=once))
    else:
        events.append(CardSeen(reader, "simulated", number_of(chance.choice(CARDS)), 1, moment.mono))
    if chance.random() < 0.3:
        door = WAYS[reader][0]
        events += [InputMoved(f"{door}-contact", active=True), InputMoved(f"{door}-contact", active=False)]
    if chance.random() < 0.004:
        pina = CardSeen("lab-in", "simulated", number_of("pina"), 1, moment.mono)
        events += [pina, KeysEntered("lab-in", chance.choice(["0000#", f"{DURESS_PIN}#"]), moment.mono)]
    if chance.random() < 0.02:
        expires_at = moment.at + timedelta(seconds=30)
        command = DoorCommand(
            device=DEVICE,
            id=f"c-{number}",
            doors=("lab",),
            action=chance.choice(["open_once", "lock_down", "resume"]),
            by="chief",
            issued_at=moment.at,
            expires_at=expires_at,
        )
        place = PersonPlace(person=f"p-{number % 50}", area="lab", at=moment.at)
        told = PlacesTold(device=DEVICE, places=(place,), issued_at=moment.at, expires_at=expires_at)
        events += [CommandCame(command), CommandCame(told)]
    return events


def test_what_is_remembered_does_not_grow(journal: Journal) -> None:
    policy = building(
        areas={
            "lab": {"passback": PassbackMode.hard, "passback_fades": timedelta(minutes=5), "occupancy_max": 5},
            "vault": {"two_person": True},
            **{name: {"offline_age_max": timedelta(days=9)} for name in ("outside", "hall", "airlock")},
        },
        points={"lab-in": {"pin": "always"}},
    )
    clock, chance = Clock(), Random(3)
    state = ControllerState(wired(), NOW, 1000.0)
    agent = Turned(state, HeldPolicy(policy, NOW), journal, OutputBoard({}, []), clock)
    agent.report(Started("test"))
    agent.turn()
    threads, descriptors = threading.active_count(), count_descriptors()
    most: dict[str, int] = {}
    for number in range(0, PRESENTATIONS, AT_ONCE):
        for each in range(number, number + AT_ONCE):
            clock.seconds += SECONDS_BETWEEN
            for event in draw(chance, clock, each):
                agent.report(event)
        agent.turn()
        most = {name: max(size, most.get(name, 0)) for name, size in agent.sizes().items()}
    assert journal.next_seq > PRESENTATIONS
    assert {name: size for name, size in most.items() if size > BOUNDS[name]} == {}
    assert threading.active_count() <= threads
    assert count_descriptors() <= descriptors
    assert agent._queue.empty()
