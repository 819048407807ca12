"""The controller under any order of cards, keys, inputs, commands, times, policies, disks and restarts.

What is watched at every step stands in :class:`Watched`, what must hold of the whole journal in :class:`Ledger`; both
know nothing of how the controller does it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract.commands import DoorAction, DoorCommand
from contract.records import AccessEnded, CommandAnswered, TapObserved, decode_record, encode_record
from domain.access.decide import Tap, decide
from domain.access.door import DoorMode, Override
from domain.access.policy import ALWAYS, DoorHours, PassbackMode, PolicySnapshot
from domain.access.situation import NOTHING_KNOWN, Code
from domain.ids import AccessPointId, CredentialToken, DoorId
from domain.verdict import Denied, Granted, Reason
from readers.drivers.port import CardSeen, InputMoved
from readers.events import (
    Append,
    CommandCame,
    Effect,
    Event,
    Hold,
    KeepStanding,
    PolicyConfirmed,
    PolicyTook,
    Present,
    Recalled,
    Recorded,
    Release,
    Resumed,
    TimePassed,
    Unrecorded,
)
from readers.recollection import recall_scene
from readers.scene import PLACES_KEPT
from readers.state import ControllerState
from tests.readers.building import DURESS_PIN, EGRESS, LAB_DOOR, MAIN_DOOR, OFFICE, PIN, WAYS, building, people
from tests.readers.cases import NOW, number_of
from tests.readers.played import FREE_FOREVER, Played

FADES = timedelta(minutes=10)
CARDS = ["anna", "anna-2", "bert", "free", "slow", "guest", "medic", "pina", "stranger"]
DOORS = sorted({door for door, _, _ in WAYS.values()})
SHUT = {DoorMode.locked_down, DoorMode.blocked}
NEARLY = 1e-6
TAP_AGE_SECONDS_MAX = 2.0


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


@dataclass
class Ledger:
    """What must hold of everything that one box ever recorded, over all its lives."""

    policies: dict[int, PolicySnapshot]
    wiring_contacts: set[DoorId]
    ended: Counter[int] = field(default_factory=Counter)
    to_end: set[int] = field(default_factory=set)
    codes: Counter[str] = field(default_factory=Counter)
    obeyed: Counter[str] = field(default_factory=Counter)
    where: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # by person, as records and news say
    entries: list[tuple[CredentialToken, str, str, datetime]] = field(default_factory=list)
    taps: dict[int, TapObserved] = field(default_factory=dict)

    def take(self, seq: int, line: bytes) -> None:
        """Hold a new line against all that came before."""
        body = decode_record(line)
        assert encode_record(body) == line
        match body:
            case TapObserved():
                self._tap(seq, body)
            case AccessEnded(cause_seq=cause):
                self.ended[cause] += 1
                assert cause == 0 or self.ended[cause] == 1, "a grant ends once"
                self._moved(body)
            case CommandAnswered(command=command, obeyed=True):
                self.obeyed[command] += 1
                assert self.obeyed[command] == 1, "a command is obeyed once"

    def _tap(self, seq: int, tap: TapObserved) -> None:
        policy = self.policies.get(tap.policy_version)
        facts = tap.situation.situation() if tap.situation else NOTHING_KNOWN
        asked = Tap(
            CredentialToken(tap.credential),
            AccessPointId(tap.access_point),
            tap.at,
            tap.policy_confirmed_at,
            tap.assurance,
        )
        verdict = decide(policy, asked, facts) if policy else Denied(Reason.policy_stale)
        if isinstance(verdict, Granted):
            soft = tuple(word.value for word in verdict.soft)
            assert (tap.granted, tap.reason, tap.rule, tap.soft) == (True, "granted", verdict.rule, soft)
        else:
            assert (tap.granted, tap.reason) == (False, verdict.reason.value)
        self.taps[seq] = tap
        if tap.granted:
            if tap.situation is not None and tap.situation.code is Code.fresh:
                self.codes[tap.credential] += 1
                assert self.codes[tap.credential] == 1, "a code opens once"
            if WAYS[tap.access_point][0] in self.wiring_contacts:
                self.to_end.add(seq)

    def _moved(self, ended: AccessEnded) -> None:
        tap = self.taps.get(ended.cause_seq)
        policy = self.policies.get(tap.policy_version) if tap else None
        if tap is None or policy is None or not (ended.taken and tap.granted):
            return
        card = CredentialToken(tap.credential)
        entry = (card, str(policy.credentials[card].person), str(WAYS[tap.access_point][2]), ended.at)
        self.entries.append(entry)
        self.hear(*entry[1:])

    def forget_news(self, policy: PolicySnapshot | None) -> None:
        """A restart leaves what the records say of the cards that the policy knows."""
        self.where.clear()
        for card, *entry in self.entries:
            if policy is not None and card in policy.credentials:
                self.hear(*entry)

    def hear(self, person: str, area: str, at: datetime) -> None:
        """Take in where a person is; the latest word holds."""
        self.where[person] = max(self.where.get(person, (at, "")), (at, area))


class Watched(Played):
    """The controller with somebody looking at every step."""

    ledger: Ledger
    opened_codes: Counter[str]
    lives_first_seq = 1
    standing: tuple[tuple[DoorId, Override], ...] = ()

    def write(self) -> list[Effect]:
        before = len(self.lines)
        done = super().write()
        assert len(self.lines) >= before
        return done

    def _handle(self, event: Event) -> list[Effect]:
        before, free_before = self.state, {door: self.is_free(door) for door in DOORS}
        effects = super()._handle(event)
        for effect in effects:
            self._watch(before, event, effect)
        self._watch_locks()
        self._watch_ways_out(event)
        self._watch_verdicts(before, effects)
        self._watch_codes(event, free_before, effects)
        return effects

    def _watch(self, before: ControllerState, event: Event, effect: Effect) -> None:
        match effect:
            case Release(door, seconds):
                spec = self.wiring.doors[door]
                assert 0 < seconds <= spec.extended_release_seconds
                shut = {before.doors[door].standing_mode, self.state.doors[door].standing_mode} <= SHUT
                assert not shut or self._leads_out(event, door), f"{door} is shut, and {event} freed it"
                if isinstance(event, Recorded | Unrecorded) and (tap := event.append.tap) is not None:
                    age = self.moment.mono - tap.seen_mono
                    assert age <= TAP_AGE_SECONDS_MAX, f"a tap {age} s old opened {door}"
                    assert isinstance(tap.verdict, Granted)
                    assert self.policy is None or tap.credential in self.policy.credentials, "revoked meanwhile"
                    assert isinstance(event, Recorded) or tap.opens_unrecorded
            case Hold(door):
                assert self.state.doors[door].row.frees
            case Present(signal=signal) if signal in {"granted", "refused"}:
                assert isinstance(event, Recorded), "nothing says 'recorded' before it is"
            case KeepStanding(overrides):
                self.standing = overrides

    def _leads_out(self, event: Event, door: DoorId) -> bool:
        if isinstance(event, CardSeen):
            return event.reader in EGRESS and WAYS[event.reader][0] == door
        return isinstance(event, InputMoved) and event.input == f"{door}-exit"

    def _watch_locks(self) -> None:
        """The locks are as the doors' state has them, and whatever is free for a time has its end in the state."""
        for door, known in self.state.doors.items():
            until = self.free_until.get(door, 0.0)
            assert known.row.frees == (until == FREE_FOREVER)
            if known.grants and not known.row.frees:
                assert known.release_ends_mono - 1000.0 <= until + NEARLY, (
                    "a lock may be told to lock earlier, not later"
                )
                assert self.state.next_end_mono is not None
                assert self.state.next_end_mono <= known.release_ends_mono
            elif not known.row.frees:
                assert until <= self.seconds

    def _watch_ways_out(self, event: Event) -> None:
        match event:
            case CardSeen(reader=reader) if reader in EGRESS and self.policy is not None:
                assert self.is_free(WAYS[reader][0])
            case InputMoved(input=name, active=True) if name == "fire":
                assert all(self.is_free(door) for door in DOORS)
            case InputMoved(input=name, active=True) if name.endswith("-exit"):
                assert self.is_free(DoorId(name.removesuffix("-exit")))

    def _watch_verdicts(self, before: ControllerState, effects: list[Effect]) -> None:
        """No card is granted at a door that is shut."""
        for effect in effects:
            tap = effect.tap if isinstance(effect, Append) else None
            if tap is not None and tap.door in before.doors and not tap.egress and isinstance(tap.verdict, Granted):
                assert before.doors[tap.door].standing_mode not in SHUT

    def _watch_codes(self, event: Event, free_before: dict[DoorId, bool], effects: list[Effect]) -> None:
        if isinstance(event, Recorded | Unrecorded) and (tap := event.append.tap) is not None and not tap.egress:
            (body,) = event.append.bodies
            assert isinstance(body, TapObserved)
            is_code = body.situation is not None and body.situation.code is Code.fresh
            if is_code and any(isinstance(effect, Release) for effect in effects):
                self.opened_codes[tap.credential] += 1
                assert self.opened_codes[tap.credential] == 1, "a code opens once"


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
