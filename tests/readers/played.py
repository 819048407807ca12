"""A controller played through its events: what a test tells it, what it moved, showed and recorded.

The journal answers at once unless it is held back or fails; time passes at every due instant, as the agent lets it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from contract.commands import DoorAction, DoorCommand, PersonPlace, PlacesTold
from contract.records import AccessEnded, AlarmRaised, Body, DoorMoved, TapObserved, decode_record, encode_record
from domain.access.policy import PolicySnapshot
from domain.ids import DoorId
from readers.controller import step
from readers.drivers.port import CardSeen, InputMoved, KeysEntered
from readers.events import (
    Append,
    CommandCame,
    Effect,
    Event,
    Hold,
    Moment,
    Present,
    Recorded,
    Release,
    Relock,
    Started,
    TimePassed,
    Unrecorded,
)
from readers.state import ControllerState
from readers.wiring import Wiring
from tests.readers.building import building, wired
from tests.readers.cases import DEVICE, NOW, moment, number_of

FREE_FOREVER = float("inf")
Kind = TypeVar("Kind")


@dataclass
class Played:
    """The controller, its journal and its locks.

    ``writes`` False: the journal fails. ``holding``: appends wait in ``waiting`` until :meth:`write`. ``free_until``
    is the locks as hardware that times itself would have them.
    """

    policy: PolicySnapshot | None = field(default_factory=building)
    wiring: Wiring = field(default_factory=wired)
    state: ControllerState = field(init=False)
    seconds: float = 0.0
    writes: bool = True
    holding: bool = False
    waiting: list[Append] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    free_until: dict[DoorId, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = ControllerState(self.wiring, NOW, 1000.0)
        self.tell(Started("test"))
        self.effects.clear()

    # ---- what happens ------------------------------------------------------------------------------------------------

    @property
    def moment(self) -> Moment:
        """Now."""
        return moment(self.seconds)

    def tell(self, event: Event) -> list[Effect]:
        """Let an event happen, and all that the journal answers to it; gives the effects in their order."""
        done = self._handle(event)
        return done if self.holding else [*done, *self.write()]

    def _handle(self, event: Event) -> list[Effect]:
        self.state, effects = step(self.state, self.policy, event, self.moment)
        for effect in effects:
            self._do(effect)
        self.effects += effects
        return effects

    def write(self) -> list[Effect]:
        """Let the journal answer what waits: one commit, as the agent makes it."""
        done: list[Effect] = []
        while self.waiting:
            appends, self.waiting = self.waiting, []
            if self.writes:
                seqs = []
                for append in appends:
                    self.lines += [encode_record(body) for body in append.bodies]
                    seqs.append(len(self.lines))
                answers: list[Event] = [Recorded(append, seq) for append, seq in zip(appends, seqs, strict=True)]
            else:
                answers = [Unrecorded(append, "disk full") for append in appends]
            for answer in answers:
                done += self._handle(answer)
            if self.holding:
                break
        return done

    def _do(self, effect: Effect) -> None:
        match effect:
            case Append():
                self.waiting.append(effect)
            case Release(door, seconds):
                self.free_until[door] = self.seconds + seconds
            case Hold(door):
                self.free_until[door] = FREE_FOREVER
            case Relock(door):
                self.free_until[door] = 0.0

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass, due instant by due instant."""
        done: list[Effect] = []
        ends = self.seconds + seconds
        while (due := self.state.next_end_mono) is not None and due - 1000.0 < ends:
            self.seconds = max(self.seconds, due - 1000.0)
            done += self.tell(TimePassed())
        self.seconds = ends
        return [*done, *self.tell(TimePassed())]

    def tap(self, name: str, reader: str, **more: Any) -> list[Effect]:
        """Hold a card to a reader."""
        return self.tell(replace(CardSeen(reader, "simulated", number_of(name), 1, self.moment.mono), **more))

    def keys(self, reader: str, keys: str) -> list[Effect]:
        """Press keys at a reader."""
        return self.tell(KeysEntered(reader, keys, self.moment.mono))

    def input(self, name: str, active: bool) -> list[Effect]:
        """Move a wired input."""
        return self.tell(InputMoved(name, active))

    def open(self, door: DoorId) -> list[Effect]:
        """Open a door with a contact."""
        return self.input(f"{door}-contact", True)

    def close(self, door: DoorId) -> list[Effect]:
        """Close it."""
        return self.input(f"{door}-contact", False)

    def pass_through(self, name: str, reader: str, door: DoorId) -> bool:
        """Tap, and go through if the lock is free; gives whether the verdict was yes."""
        self.tap(name, reader)
        granted = self.last_tap.granted
        if granted and self.is_free(door):
            self.open(door)
            self.close(door)
        self.wait(10)
        return granted

    def command(
        self, action: DoorAction, *doors: DoorId, name: str = "c-1", seconds: int | None = None, valid: float = 10.0
    ) -> list[Effect]:
        """Let a command of the centre come, which counts for ``valid`` seconds from now."""
        return self.tell(CommandCame(self.order(action, *doors, name=name, seconds=seconds, valid=valid)))

    def order(
        self, action: DoorAction, *doors: DoorId, name: str = "c-1", seconds: int | None = None, valid: float = 10.0
    ) -> DoorCommand:
        """Make a command."""
        at = self.moment.at
        return DoorCommand(
            device=DEVICE,
            id=name,
            doors=doors,
            action=action,
            seconds=seconds,
            by="chief",
            issued_at=at,
            expires_at=at + timedelta(seconds=valid),
        )

    def hear_place(self, person: str, area: str, *, ago: float = 0.0, valid: float = 60.0) -> None:
        """Let the centre tell where another controller saw a person, ``ago`` seconds ago."""
        at = self.moment.at
        place = PersonPlace(person=person, area=area, at=at - timedelta(seconds=ago))
        told = PlacesTold(device=DEVICE, places=(place,), issued_at=at, expires_at=at + timedelta(seconds=valid))
        self.tell(CommandCame(told))

    # ---- what came of it ---------------------------------------------------------------------------------------------

    @property
    def bodies(self) -> list[Body]:
        """Everything recorded, read back from its lines."""
        return [decode_record(line) for line in self.lines]

    def recorded(self, kind: type[Kind]) -> list[Kind]:
        """Give the records of a kind."""
        return [body for body in self.bodies if isinstance(body, kind)]

    @property
    def last_tap(self) -> TapObserved:
        """Give the newest tap's record."""
        return self.recorded(TapObserved)[-1]

    def endings(self) -> list[tuple[str, bool]]:
        """Give what became of the grants: (access point, taken), in order."""
        return [(ended.access_point, ended.taken) for ended in self.recorded(AccessEnded)]

    def moves(self, door: DoorId) -> list[str]:
        """Give a door's words."""
        return [moved.state for moved in self.recorded(DoorMoved) if moved.door == door]

    def alarms(self) -> list[str]:
        """Give the recorded alarms' names."""
        return [raised.alarm for raised in self.recorded(AlarmRaised)]

    def is_free(self, door: DoorId) -> bool:
        """Tell whether the lock is free, as hardware with a timer of its own would have it."""
        return self.free_until.get(door, 0.0) > self.seconds


def shown(effects: Iterable[Effect]) -> list[Present]:
    """Give what displays were told."""
    return [effect for effect in effects if isinstance(effect, Present)]


def released(effects: Iterable[Effect]) -> list[DoorId]:
    """Give the doors that were freed for somebody, in order."""
    return [effect.door for effect in effects if isinstance(effect, Release)]
