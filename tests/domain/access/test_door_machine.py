"""The door machine against a small model of its own, over any sequence of events.

``Site`` drives two doors with the same events: one is given TimePassed whenever it is due, as a controller does, the
other never. A simulated lock obeys the first one's effects. The model knows nothing of states or tables: it keeps who
may open until when, who wants which mode, and since when the door may be watched.
"""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.access.door import (
    FIRE_PRIORITY,
    Accessed,
    ContactMoved,
    DoorEffect,
    DoorEvent,
    DoorMode,
    DoorSpec,
    ExitRequested,
    FireMoved,
    FreeLock,
    HoldLock,
    Override,
    OverrideCleared,
    OverrideSet,
    Reported,
    SecureLock,
    TamperMoved,
    TimePassed,
    admits,
    initial_door,
    step_door,
)
from domain.ids import DoorId

RELEASE, EXTENDED, OPEN, OPEN_EXTENDED = 4.0, 8.0, 10.0, 20.0
FREEING = {DoorMode.unlocked, DoorMode.locked_open}
SHUT = {DoorMode.blocked, DoorMode.locked_down}
ASKABLE = [mode for mode in DoorMode if mode is not DoorMode.accessed]
ALTERNATING = [("opened", "closed"), ("tampered", "tamper_cleared"), ("fire_release", "fire_cleared")]
ALARMS = {"forced_open", "held_open_prealarm", "held_open"}
QUARTERS = st.integers(0, 60).map(lambda quarters: quarters / 4)


@dataclass
class Passage:
    """Somebody whom the model lets open."""

    cause: int
    until: float
    egress: bool
    extended: bool


@dataclass
class Model:
    """What anybody who heard the events must expect of the door."""

    spec: DoorSpec
    wishes: list[Override] = field(default_factory=list)  # in the order of asking
    fire_input: bool = False
    contact: bool | None = None
    passages: list[Passage] = field(default_factory=list)
    watched_since: float | None = None
    longest: float = OPEN
    forced: bool = False

    def mode(self) -> DoorMode:
        top = max((wish.priority for wish in self.wishes), default=None)
        return [wish.mode for wish in self.wishes if wish.priority == top][-1] if self.wishes else DoorMode.locked

    def is_free(self) -> bool:
        return self.mode() in FREEING or bool(self.passages)

    def alarm(self, now: float) -> str | None:
        if self.forced or self.watched_since is None:
            return "forced_open" if self.forced else None
        left = self.watched_since + self.longest - now
        if left <= 0:
            return "held_open"
        return "held_open_prealarm" if left <= self.spec.pre_alarm_seconds else None

    def pass_time(self, now: float) -> None:
        self._change_mode([wish for wish in self.wishes if wish.until_mono is None or now < wish.until_mono], now)
        if all(passage.until <= now for passage in self.passages):
            self.passages = []

    def hear(self, event: DoorEvent, now: float) -> None:
        match event:
            case Accessed(cause, extended, egress):
                if egress or self.mode() not in SHUT:
                    until = now + (EXTENDED if extended else RELEASE)
                    self.passages.append(Passage(cause, until, egress, extended))
                    if cause and self.watched_since is not None and now < self.watched_since + self.longest:
                        self.watched_since, self.longest = now, OPEN_EXTENDED if extended else OPEN
            case ExitRequested():
                self.passages.append(Passage(0, now + RELEASE, egress=True, extended=False))
            case ContactMoved(is_open) if self.spec.has_contact:
                self._move(is_open, now)
            case FireMoved(active):
                self.fire_input = active
                if active and not any(wish.source == "fire" for wish in self.wishes):
                    self._change_mode([*self.wishes, Override("fire", DoorMode.locked_open, FIRE_PRIORITY)], now)
            case OverrideSet(override):
                rest = [wish for wish in self.wishes if wish.source != override.source]
                late = override.until_mono is not None and override.until_mono <= now
                self._change_mode(rest if late else [*rest, override], now)
            case OverrideCleared(source) if not (source == "fire" and self.fire_input):
                self._change_mode([wish for wish in self.wishes if wish.source != source], now)
        self.pass_time(now)

    def _move(self, is_open: bool, now: float) -> None:
        if is_open and self.contact is False:
            self.forced = not self.is_free()
            if self.is_free() and self.mode() not in FREEING:
                self.watched_since = now
                self.longest = OPEN_EXTENDED if any(passage.extended for passage in self.passages) else OPEN
        if is_open and not self.contact:
            for passage in self.passages:
                passage.until = min(passage.until, now + self.spec.relock_delay_seconds)
        if not is_open:
            self.watched_since, self.forced = None, False
        self.contact = is_open

    def _change_mode(self, wishes: list[Override], now: float) -> None:
        before = self.mode()
        self.wishes = wishes
        if self.mode() in SHUT:
            self.passages = [passage for passage in self.passages if passage.egress]
        if self.mode() in FREEING:
            self.watched_since, self.forced = None, False
        elif before in FREEING and self.contact:
            self.watched_since, self.longest = now, OPEN


@dataclass
class SimulatedLock:
    """A lock that ends its pulses by itself."""

    held: bool = False
    pulse_ends: float = 0.0

    def obey(self, effect: DoorEffect, now: float) -> None:
        match effect:
            case FreeLock(seconds):
                self.held, self.pulse_ends = False, now + seconds
            case HoldLock():
                self.held, self.pulse_ends = True, now
            case SecureLock():
                self.held, self.pulse_ends = False, now

    def is_free(self, now: float) -> bool:
        return self.held or now < self.pulse_ends


class Site(RuleBasedStateMachine):
    """One door, everything that may happen to it, and what must hold whatever happens."""

    @initialize(
        has_contact=st.sampled_from([True, True, True, False]),
        pre_alarm=st.sampled_from([0.0, 3.0]),
        relock_delay=st.sampled_from([0.0, 0.5, 2.0]),
        first=st.sampled_from([None, False, True]),
    )
    def begin(self, has_contact: bool, pre_alarm: float, relock_delay: float, first: bool | None) -> None:
        self.spec = DoorSpec(
            DoorId("main"),
            release_seconds=RELEASE,
            extended_release_seconds=EXTENDED,
            open_seconds=OPEN,
            extended_open_seconds=OPEN_EXTENDED,
            pre_alarm_seconds=pre_alarm,
            relock_delay_seconds=relock_delay,
            has_contact=has_contact,
        )
        self.now = 100.0
        self.state = self.lazy = initial_door(self.spec)
        self.model = Model(self.spec)
        self.lock = SimulatedLock()
        self.effects: list[DoorEffect] = []
        self.lazy_effects: list[DoorEffect] = []
        self.causes: list[int] = []
        self.last: dict[str, str] = {}
        if first is not None:
            self.happen(ContactMoved(first))

    def happen(self, event: DoorEvent) -> list[DoorEffect]:
        again = step_door(self.spec, self.state, event, self.now)
        self.state, effects = step_door(self.spec, self.state, event, self.now)
        assert again == (self.state, effects), "a step is a function of its arguments"
        was_free = self.model.is_free()
        self.model.hear(event, self.now)
        for effect in effects:
            if isinstance(effect, FreeLock):
                assert 0 < effect.seconds <= EXTENDED
            if isinstance(effect, Reported):
                self.judge(effect, was_free=was_free)
            self.lock.obey(effect, self.now)
        self.effects += effects
        if not isinstance(event, TimePassed):
            self.lazy, told = step_door(self.spec, self.lazy, event, self.now)
            self.lazy_effects += told
        return list(effects)

    def judge(self, told: Reported, *, was_free: bool) -> None:
        """Hold one word against the words before it and the model, as it was before the event and as it is after."""
        if told.word in {"taken", "not_taken"}:
            assert self.spec.has_contact
            assert told.cause in self.causes
        if told.word == "taken":
            assert self.model.contact
        if told.word == "not_taken":
            assert not self.model.contact or self.model.mode() in SHUT
        if told.word == "released":
            assert self.state.mode is DoorMode.accessed
        if told.word == "relocked":
            assert was_free
            assert not self.model.is_free()
        if told.word == "forced_open":
            assert not was_free
        if told.word in ALARMS:
            assert self.model.contact
            assert self.model.mode() not in FREEING
        for pair in ALTERNATING:
            if told.word in pair:
                assert self.last.get(str(pair)) != told.word, f"{told.word} twice"
                self.last[str(pair)] = told.word
        if told.word == "restored":
            assert self.last.pop("alarm") in ALARMS
        if told.word in ALARMS:
            before = "held_open_prealarm" if told.word == "held_open" and self.spec.pre_alarm_seconds else None
            assert self.last.get("alarm") == before
            self.last["alarm"] = told.word

    @rule(seconds=QUARTERS)
    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.state.next_due_mono) is not None and due <= until:
            assert due >= self.now
            self.now = due
            self.happen(TimePassed())
        self.now = until

    @rule(extended=st.booleans(), egress=st.booleans(), recorded=st.booleans())
    def hold_a_card(self, extended: bool, egress: bool, recorded: bool) -> None:
        cause = len(self.causes) + 1
        if recorded and self.spec.has_contact:
            self.causes.append(cause)
        admitted = egress or admits(self.state)
        free = self.state.is_free
        self.happen(Accessed(cause if cause in self.causes else 0, extended=extended, egress=egress))
        assert self.state.is_free is (admitted or free)

    @rule(extended=st.booleans())
    def walk_through(self, extended: bool) -> None:
        self.hold_a_card(extended=extended, egress=False, recorded=True)
        self.move_the_contact(is_open=True)

    @rule(which=st.integers(0, 3))
    def hold_the_same_card(self, which: int) -> None:
        for grant in [grant for grant in self.state.grants if grant.pending][which : which + 1]:
            told = self.happen(Accessed(grant.cause, extended=grant.extended, egress=grant.egress))
            assert all(isinstance(effect, FreeLock) for effect in told)

    @rule()
    def ask_for_the_way_out(self) -> None:
        self.happen(ExitRequested())
        assert self.lock.is_free(self.now), "egress is never blocked"
        assert self.state.release_ends_mono >= self.now + RELEASE

    @rule(is_open=st.booleans())
    def move_the_contact(self, is_open: bool) -> None:
        known = self.state.is_open
        told = self.happen(ContactMoved(is_open))
        if known is is_open:
            assert told == []

    @rule(active=st.booleans())
    def move_the_fire_input(self, active: bool) -> None:
        self.happen(FireMoved(active))
        if active:
            assert self.lock.held

    @rule(active=st.booleans())
    def tamper(self, active: bool) -> None:
        changed = active is not self.state.tampered
        assert self.happen(TamperMoved(active)) == (
            [Reported("tampered" if active else "tamper_cleared")] if changed else []
        )

    @rule(
        source=st.sampled_from(["schedule", "first_card", "command", "lockdown", "emergency"]),
        mode=st.sampled_from(ASKABLE),
        priority=st.sampled_from([10, 20, 20, 30]),
        seconds=st.none() | QUARTERS,
    )
    def ask_for_a_mode(self, source: str, mode: DoorMode, priority: int, seconds: float | None) -> None:
        until = None if seconds is None else self.now + seconds
        override = OverrideSet(Override(source, mode, priority, until))
        self.happen(override)
        assert self.happen(override) == []

    @rule(source=st.sampled_from(["schedule", "first_card", "command", "lockdown", "emergency", "fire"]))
    def clear_a_mode(self, source: str) -> None:
        before = self.state.standing_mode
        self.happen(OverrideCleared(source))
        if source == "fire" and self.model.fire_input:
            assert self.state.standing_mode is before is DoorMode.locked_open

    @invariant()
    def the_door_is_as_the_model_expects(self) -> None:
        assert self.state.standing_mode is self.model.mode()
        assert self.state.is_free is self.model.is_free()
        assert (self.state.mode is DoorMode.accessed) is (self.model.is_free() and self.model.mode() not in FREEING)

    @invariant()
    def the_lock_is_free_when_the_state_says_so(self) -> None:
        assert self.lock.is_free(self.now) is self.state.is_free

    @invariant()
    def no_pulse_outlives_what_it_was_given_for(self) -> None:
        latest = max((passage.until for passage in self.model.passages), default=self.now)
        assert self.state.release_ends_mono <= latest
        assert latest <= self.now + EXTENDED

    @invariant()
    def an_alarm_stands_exactly_while_it_is_due(self) -> None:
        assert self.state.alarm == self.model.alarm(self.now)

    @invariant()
    def whoever_never_looks_at_the_clock_sees_the_same(self) -> None:
        told = len(self.lazy_effects)
        assert self.lazy_effects == self.effects[:told]
        caught_up, rest = step_door(self.spec, self.lazy, TimePassed(), self.now)
        current, last = step_door(self.spec, self.state, TimePassed(), self.now)
        assert caught_up == current
        assert [*self.lazy_effects, *rest] == [*self.effects, *last]

    @invariant()
    def nobody_is_told_twice_what_became_of_them(self) -> None:
        told = Counter(e.cause for e in self.effects if isinstance(e, Reported) and e.word in {"taken", "not_taken"})
        assert all(count == 1 for count in told.values())
        waiting = {grant.cause for grant in self.state.grants if grant.pending}
        assert waiting.isdisjoint(told)
        assert waiting | set(told) == set(self.causes)

    def teardown(self) -> None:
        if not hasattr(self, "state"):
            return
        self.wait(200.0)
        assert not self.state.grants
        told = [e.cause for e in self.effects if isinstance(e, Reported) and e.word in {"taken", "not_taken"}]
        assert sorted(told) == self.causes
        assert self.state.next_due_mono is None
        self.the_door_is_as_the_model_expects()
        self.an_alarm_stands_exactly_while_it_is_due()


Site.TestCase.settings = settings(max_examples=250, stateful_step_count=40)
TestDoorMachine = Site.TestCase
