"""The controller under any order of cards, keys, inputs, commands, times, policies, disks and restarts.

What is watched at every step stands in :class:`~tests.readers.watched.Watched`, what must hold of the whole journal in
:class:`~tests.readers.ledger.Ledger`; both know nothing of how the controller does it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract.commands import DoorAction, DoorCommand
from contract.records import AccessEnded
from domain.access.policy import ALWAYS, DoorHours, PassbackMode, PolicySnapshot
from domain.ids import DoorId
from domain.verdict import Granted
from readers.drivers.port import CardSeen
from readers.events import (
    CommandCame,
    PolicyConfirmed,
    PolicyTook,
    Recalled,
    Resumed,
    TimePassed,
)
from readers.recollection import recall_scene
from readers.scene import PLACES_KEPT
from tests.readers.building import DURESS_PIN, LAB_DOOR, MAIN_DOOR, OFFICE, PIN, WAYS, building, people
from tests.readers.cases import NOW, number_of
from tests.readers.ledger import Ledger
from tests.readers.watched import DOORS, Watched

FADES = timedelta(minutes=10)
CARDS = ["anna", "anna-2", "bert", "free", "slow", "guest", "medic", "pina", "stranger"]


def city(version: int, *, revoked: bool = False) -> PolicySnapshot:
    """A building that asks for everything somewhere; anna may be revoked."""
    return building(
        version,
        areas={
            "lab": {"passback": PassbackMode.hard, "passback_fades": FADES, "occupancy_max": 2},
            "vault": {"passback": PassbackMode.hard, "two_person": True},
            "hall": {"passback": PassbackMode.soft},
        },
        points={"trap-a-in": {"pin": OFFICE}, "trap-b-in": {"pin": ALWAYS}, "main-out": {"pin": ALWAYS}},
        cards={
            "anna": None if revoked else people()["anna"],
            "bert": replace(people()["bert"], pin=people()["pina"].pin),
        },
        hours={"main": DoorHours(MAIN_DOOR, OFFICE, first_card=True)},
    )


class ControllerMachine(RuleBasedStateMachine):
    """Draws what happens."""

    def __init__(self) -> None:
        super().__init__()
        self.policies = {1: city(1)}
        contacts = {DoorId(door) for door in DOORS if door != "vault"}
        self.ledger = Ledger(self.policies, contacts)
        self.box = self._new_life()
        self.told = 0
        self.commands: list[DoorCommand] = []

    def _new_life(self, of: "Watched | None" = None) -> Watched:
        box = Watched.__new__(Watched)
        box.ledger, box.opened_codes = self.ledger, of.opened_codes if of else Counter()
        box.__init__(policy=of.policy if of else self.policies[1])  # type: ignore[misc]
        if of is not None:
            box.seconds, box.standing = of.seconds, of.standing
            box.lines = of.lines
            box.state = replace(box.state, confirmed_at=of.state.confirmed_at, confirmed_mono=of.state.confirmed_mono)
        else:
            self.box_lines = 0
        box.holding = True
        return box

    def _take_lines(self) -> None:
        for seq, line in enumerate(self.box.lines[self.told :], start=self.told + 1):
            self.ledger.take(seq, line)
        self.told = len(self.box.lines)

    # ---- people ------------------------------------------------------------------------------------------------------

    @rule(
        name=st.sampled_from(CARDS), reader=st.sampled_from(sorted(WAYS)), ago=st.sampled_from([0, 0, 0, 1.9, 2.1, 40])
    )
    def tap(self, name: str, reader: str, ago: float) -> None:
        seen = CardSeen(reader, "simulated", number_of(name), 1, self.box.moment.mono - ago)
        self._hold_passback(lambda: self.box.tell(seen), name, reader)

    @rule(reader=st.sampled_from(["main-in", "lab-in", "lab-in", "main-out"]), begins=st.sampled_from([-60, -60, 30]))
    def show_code(self, reader: str, begins: int) -> None:
        once = (NOW + timedelta(seconds=begins), NOW + timedelta(hours=2))
        self.box.tell(CardSeen(reader, "simulated", number_of("visit"), 1, self.box.moment.mono, once=once))

    @rule(
        reader=st.sampled_from(["trap-a-in", "trap-b-in", "main-in"]),
        keys=st.sampled_from(["1", "*", "00#", f"{PIN}#", f"{PIN}#", f"{DURESS_PIN}#"]),
    )
    def press(self, reader: str, keys: str) -> None:
        self.box.keys(reader, keys)

    @rule(name=st.sampled_from(["anna", "anna-2", "bert"]), reader=st.sampled_from(["lab-in", "lab-in", "lab-out"]))
    def enter(self, name: str, reader: str) -> None:
        self.write(writes=True)
        self.tap(name, reader, 0)
        self.write(writes=True)
        self.walk_through(LAB_DOOR)
        self.write(writes=True)

    @rule(name=st.sampled_from(["pina", "pina", "bert"]), door=st.sampled_from(["trap-a-in", "trap-b-in"]))
    def tap_with_pin(self, name: str, door: str) -> None:
        self._hold_passback(lambda: [*self.box.tap(name, door), *self.box.keys(door, f"{PIN}#")], name, door)

    def _hold_passback(self, act: Callable[[], object], name: str, reader: str) -> None:
        """Whoever the records and the news have inside the lab is not let in again."""
        before = len(self.box.waiting)
        # Somebody's end of a passage that waits for the disk has moved them already, and the records cannot say so yet.
        unsaid = any(isinstance(body, AccessEnded) for append in self.box.waiting for body in append.bodies)
        act()
        if unsaid:
            return
        box = self.box
        for append in box.waiting[before:]:
            tap = append.tap
            if tap is None or tap.person is None or tap.point != "lab-in" or not isinstance(tap.verdict, Granted):
                continue
            at, area = self.ledger.where.get(tap.person, (tap.at, "nowhere"))
            exempt = people().get(name) is not None and people()[name].passback_exempt
            assert exempt or area != "lab" or tap.at - at >= min(FADES, PLACES_KEPT), f"{name} twice in the lab"

    # ---- the building ------------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from([*(f"{door}-exit" for door in DOORS), "main-tamper", "fire"]), active=st.booleans())
    def move_input(self, name: str, active: bool) -> None:
        self.box.input(name, active)

    @rule(door=st.sampled_from([door for door in DOORS if door != "vault"]), active=st.booleans())
    def move_contact(self, door: DoorId, active: bool) -> None:
        self.box.input(f"{door}-contact", active)

    @rule(door=st.sampled_from([LAB_DOOR, MAIN_DOOR]))
    def walk_through(self, door: DoorId) -> None:
        if self.box.is_free(door):
            self.box.open(door)
            self.box.close(door)

    # ---- the centre --------------------------------------------------------------------------------------------------

    @rule(
        action=st.sampled_from(["open_once", "unlock", "lock", "block", "lock_down", "lock_open", "resume", "resume"]),
        doors=st.lists(st.sampled_from(DOORS), min_size=1, max_size=3, unique=True),
        seconds=st.sampled_from([None, 30, 600]),
        valid=st.sampled_from([0, 10, 120]),
    )
    def command(self, action: DoorAction, doors: list[DoorId], seconds: int | None, valid: float) -> None:
        order = self.box.order(action, *doors, name=f"c-{len(self.commands)}", seconds=seconds, valid=valid)
        self.commands.append(order)
        self.box.tell(CommandCame(order))

    @precondition(lambda self: self.commands)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        self.box.tell(CommandCame(data.draw(st.sampled_from(self.commands))))

    @rule(person=st.sampled_from(["p-anna", "p-bert"]), area=st.sampled_from(["lab", "hall"]), ago=st.integers(0, 100))
    def hear_place(self, person: str, area: str, ago: int) -> None:
        self.box.hear_place(person, area, ago=ago)
        self.ledger.hear(person, area, self.box.moment.at - timedelta(seconds=ago))

    @rule(revoked=st.booleans(), lost=st.booleans())
    def publish(self, revoked: bool, lost: bool) -> None:
        version = len(self.policies) + 1
        self.policies[version] = city(version, revoked=revoked)
        self.box.policy = self.policies[version]
        self.box.tell(PolicyTook(version, self.box.moment.at))

    @rule()
    def confirm(self) -> None:
        self.box.tell(PolicyConfirmed(self.box.moment.at))

    @rule()
    def lose_policy(self) -> None:
        self.box.policy = None

    # ---- time, disk, death -------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.1, 0.5, 1.0, 2.5, 5.0, 14.9, 30.0, 61.0, 301.0, 4000.0]))
    def wait(self, seconds: float) -> None:
        self.box.wait(seconds)

    @rule(seconds=st.sampled_from([2.5, 60.0, 4000.0]))
    def sleep_and_wake(self, seconds: float) -> None:
        self.box.seconds += seconds
        self.box.tell(Resumed(seconds))
        self.box.tell(TimePassed())

    @rule(writes=st.sampled_from([True, True, True, True, True, False]))
    def write(self, writes: bool) -> None:
        # Once a write failed nothing is written until the restart.
        self.box.writes = self.box.writes and writes
        self.box.write()
        self._take_lines()

    @rule()
    def restart(self) -> None:
        """SIGKILL: what was not written is gone, and so is everything in memory."""
        self.ledger.to_end.clear()
        self.ledger.ended.pop(0, None)
        self.box = self._new_life(self.box)
        scene = recall_scene(enumerate(self.box.lines, start=1), self.box.wiring, self.box.policy)
        self.ledger.forget_news(self.box.policy)
        self.box.tell(Recalled(scene, self.box.standing))
        self.box.tell(TimePassed())

    @invariant()
    def standing_overrides_are_written_down(self) -> None:
        stands = {
            (door, each.source, each.mode)
            for door, known in self.box.state.doors.items()
            for each in known.overrides
            if each.source in {"command", "fire"}
        }
        kept = {(door, each.source, each.mode) for door, each in self.box.standing}
        assert stands <= kept

    def teardown(self) -> None:
        """In the end nothing is left running, and every grant of this life has ended."""
        box = self.box
        for _ in range(3):
            box.write()
            box.wait(10_000)
        box.write()
        self._take_lines()
        state = box.state
        assert (state.passages, state.deciding, state.asked) == ({}, (), {})
        assert all(not known.grants for known in state.doors.values())
        if box.writes:
            assert {seq for seq in self.ledger.to_end if not self.ledger.ended[seq]} == set()


ControllerMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
test_controller_machine = ControllerMachine.TestCase
