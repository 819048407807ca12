"""A controller with somebody looking at every step: what it does to locks and signals must have its reason."""

from collections import Counter

from contract.records import TapObserved
from domain.access.door import DoorMode, Override
from domain.access.situation import Code
from domain.ids import DoorId
from domain.verdict import Granted
from readers.drivers.port import CardSeen, InputMoved
from readers.events import (
    Append,
    Effect,
    Event,
    Hold,
    KeepStanding,
    Present,
    Recorded,
    Release,
    Unrecorded,
)
from readers.state import ControllerState
from tests.readers.building import EGRESS, WAYS
from tests.readers.ledger import Ledger
from tests.readers.played import FREE_FOREVER, Played

DOORS = sorted({door for door, _, _ in WAYS.values()})
SHUT = {DoorMode.locked_down, DoorMode.blocked}
NEARLY = 1e-6
TAP_AGE_SECONDS_MAX = 2.0


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
