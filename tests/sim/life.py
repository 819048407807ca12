"""One run of the agent on a box: the real agent, link and policy watch, turned by virtual time.

Their loops wait on queues and real clocks; here each turn of a loop is one happening, and what a turn takes (a sync of
2 ms, or of five seconds) passes on the process's own clock before the next turn begins. The process can die at any
step: before or after each write, each output, each send.
"""

import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from contract.commands import PlacesTold
from domain.access.threat import NOTHING_DECLARED
from domain.ids import DoorId
from readers.command_ear import CommandEar
from readers.drivers.port import CardSeen, InputMoved
from readers.events import AlarmFound, CommandCame, Event, KeepStanding, Recalled, Resumed, Started, TimePassed
from readers.journal import JournalFailedError
from readers.link import Identity, Written
from readers.policy_cache import HeldPolicy
from readers.policy_files import PolicyRefusedError
from readers.recollection import recall_scene, recent_lines
from readers.space import Reserve
from readers.standing import load_standing, load_threat
from readers.state import ControllerState
from readers.transports.port import PolicyMessage, TransportEvent
from tests.sim import city
from tests.sim.agent import LifeClock, SimLink
from tests.sim.broken import InvariantBrokenError
from tests.sim.key_room import CABINET
from tests.sim.ports import Ears, Port
from tests.sim.timeline import MINUTE, Ticket, to_micros
from tests.sim.watched import DiedError, WatchedJournal, WatchedOutputs

if TYPE_CHECKING:
    from tests.sim.box import Box

POISONS = (
    b'{"kind":"tap.observed","version":1',
    b'{"kind":"tap.imagined","version":1}',
    b'{"kind":"door.moved","version":9,"door":"x"}',
    b'{"kind":"alarm.raised","version":1,"at":"0001-01-01T00:00:00+14:00","mono_ms":-1,"boot":"","clock":"x"}',
)
RESERVE_BYTES = 4096
CHECK_TAKES = 20_000


class Life:
    """The process: agent, link, policy watch, journal, transport."""

    def __init__(self, box: "Box", *, new_epoch: int) -> None:
        self.box = box
        self.clock = LifeClock(box)
        self.journal = box.disk.open(box.device, new_epoch)
        self._ended = False
        self._link_ended = False
        self._turns: dict[str, Ticket] = {}
        self._policies: deque[tuple[PolicyMessage, bytes]] = deque()
        self._busy_until = 0
        self._wiring = city.wiring(box.device, keys=box.has_keys)
        centre_key = city.centre_key().public_key()
        journal = WatchedJournal(self, self.journal)
        cache = box.variant.open_cache(box.disk.folder, box.device, centre_key)
        try:
            self.held: HeldPolicy | None = cache.load()
        except (PolicyRefusedError, OSError):
            self.held = None
        state = ControllerState(self._wiring)
        if self.held is not None:
            state = ControllerState(self._wiring, self.held.confirmed_at, self.clock.now().mono)
        self.agent = box.variant.open_agent(
            state,
            self.held,
            journal,
            WatchedOutputs(self),
            self.clock,
            wrote=self._wrote,
            keep=self._keep,
        )
        self.agent.look = self._look
        identity = Identity(box.device, city.device_key(box.device), centre_key, "sim")
        self.port: Port = box.open_port(
            box.device, Ears(self._on_batch, lambda payload: box.variant.on_puback(self, payload))
        )
        self.watch = box.variant.open_watch(
            cache,
            identity,
            self.clock,
            send=self.port.send_wanted,
            took=self._take_policy,
            found=self.report,
            chance=box.chance.random,
        )
        self.link = SimLink(
            journal,  # type: ignore[arg-type]
            self.port,
            identity,
            keep=box.keep,
            reserve=Reserve(box.disk.folder / "reserve", RESERVE_BYTES),
            state_dir=box.disk.folder,
            found=self.report,
            hear_policy=self._hear_policy,
            offer_command=CommandEar(box.device, centre_key, self.report).hear,
            policy_edition=lambda: self.agent.policy_edition,
            clock=self.clock,
            chance=box.chance.random,
        )

    def begin(self) -> None:
        """Start, as ``readers.main`` does."""
        box = self.box
        box.watch.doors.on_start(box, *self.agent.policy_edition)
        self.report(Started("sim", self.journal.previous_epoch, self.journal.set_aside))
        try:
            overrides = load_standing(box.disk.folder, self.clock.now())
            threat = load_threat(box.disk.folder)
        except (OSError, ValueError) as error:
            overrides, threat = (), NOTHING_DECLARED
            self.report(AlarmFound("standing_lost", str(error)))
        policy = self.held.snapshot if self.held else None
        self.report(Recalled(recall_scene(recent_lines(self.journal), self._wiring, policy), overrides, threat))
        self.report(InputMoved("contact", box.stands_open))
        self.report(InputMoved("fire", box.burns))
        for word in () if box.cabinet is None else box.cabinet.list_words():
            self.report(word)
        self.port.start(self.hear, lambda: b"")
        self._turn_at("link", box.timeline.now, self._turn_link)
        self._tick()

    def end(self) -> None:
        """Be gone: the files stay as they are."""
        self._ended = True
        self.port.stop()
        self.journal.close()

    def report(self, event: Event) -> None:
        """Put an event on the agent's queue."""
        self.agent.report(event)
        self._turn_at("agent", self.box.timeline.now, self._turn_agent)

    def hear(self, heard: TransportEvent) -> None:
        """Let the link hear of its transport."""
        if not self._ended:
            self.link.hear(heard)
            self._turn_at("link", self.box.timeline.now, self._turn_link)

    def poison(self, number: int) -> None:
        """Have a broken record stand in the journal, as a faulty release of the agent would leave one."""
        with suppress(JournalFailedError):
            first_seq = self.journal.next_seq
            self.journal.append([POISONS[number]], self.clock.now().at)
            self._wrote(first_seq, self.clock.now().mono)

    def was_suspended(self, micros: int) -> None:
        """Tell the agent, as its loop would notice."""
        self.report(Resumed(micros / 1e6))

    def step(self) -> None:
        """One more step of the process; it may be the last."""
        box = self.box
        if box.dies_after is not None:
            box.dies_after -= 1
            if box.dies_after < 0:
                raise DiedError

    def is_drained(self) -> bool:
        """Tell whether nothing is to be done and nothing to be sent."""
        return self.agent.is_idle and self.journal.receipted_upto == self.journal.next_seq - 1

    # ---- what the parts are given ------------------------------------------------------------------------------------

    def _on_batch(self, payload: bytes) -> None:
        self.step()
        self.box.watch.on_signed(self.box.device, payload)

    def _keep(self, standing: KeepStanding) -> None:
        self.step()
        self.box.variant.save_standing(self.box.disk.folder, standing.overrides, self.clock.now(), standing.threat)
        self.box.watch.doors.on_standing(self.box, standing.overrides, standing.threat)
        self.step()

    def _hear_policy(self, what: PolicyMessage, payload: bytes) -> None:
        self._policies.append((what, payload))
        self._turn_at("policy", self.box.timeline.now + CHECK_TAKES, self._turn_policy)

    def _take_policy(self, held: HeldPolicy) -> None:
        self.step()
        self.agent.take_policy(held)
        self._turn_at("agent", self.box.timeline.now, self._turn_agent)

    def _look(self, event: object) -> None:
        """See what came of an event that the agent has just handled."""
        box, watch = self.box, self.box.watch.doors
        match event:
            case HeldPolicy():
                watch.on_applied(box, *self.agent.policy_edition)
            case CardSeen(reader="out") | InputMoved(input="exit", active=True):
                self._require_free(city.door(box.device))
            case InputMoved(input="lab-exit", active=True):
                self._require_free(city.lab_door(box.device))
            case InputMoved(input="fire", active=True):
                for door in city.doors(box.device):
                    self._require_free(door)
            case CommandCame(command=PlacesTold() as told):
                watch.on_places(box, told)

    def _require_free(self, door: DoorId) -> None:
        self.box.watch.doors.on_way_out(self.box, door, free=self.box.locks.is_free(door, self.clock.ahead))

    # ---- turns -------------------------------------------------------------------------------------------------------

    def _wrote(self, first_seq: int, mono: float) -> None:
        self.link.hear(Written(first_seq, mono))
        self._turn_at("link", self.box.timeline.now + self.clock.ahead, self._turn_link)

    def _tick(self) -> None:
        """Let the agent look at the clock, where a door has hours."""
        if self.box.has_hours and not self._ended:
            self.report(TimePassed())
            self.box.timeline.after(MINUTE, self._tick)

    def _turn_at(self, loop: str, instant: int, turn: Callable[[], bool]) -> None:
        """Give a loop its next turn, unless one is due earlier anyway."""
        standing = self._turns.get(loop)
        if standing is not None and standing.action is not None:
            if standing.due <= instant:
                return
            standing.cancel()

        def act() -> None:
            box = self.box
            if self._ended:
                return
            if (held_until := max(box.stalled_until, self._busy_until if loop == "agent" else 0)) > box.timeline.now:
                self._turn_at(loop, held_until, turn)
                return
            self._live(turn)

        self._turns[loop] = self.box.timeline.at(instant, act)

    def _live(self, turn: Callable[[], bool]) -> None:
        box = self.box
        self.clock.ahead = 0
        try:
            goes_on = turn()
        except DiedError:
            box.crash(box.down_for)
            return
        except JournalFailedError as error:
            self._link_ended = True  # as Link._run does
            self.report(AlarmFound("journal_failed", str(error)))
            return
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.name}"
            raise InvariantBrokenError("I33", f"{box.label} fell over in {where}: {error!r}") from error
        if not goes_on:
            box.crash()

    def _turn_agent(self) -> bool:
        box = self.box
        goes_on = self.agent.turn()
        self._busy_until = box.timeline.now + self.clock.ahead
        for door, known in self.agent._state.doors.items():
            free = box.locks.is_free(door, self.clock.ahead)
            box.watch.doors.on_turn(box, door, free=free, known_free=known.is_free)
        if box.cabinet is not None:
            known_keys = self.agent._state.cabinets.get(CABINET)
            serves = known_keys is not None and known_keys.session is not None
            box.watch.keys.on_turn(box, is_handing_out=serves, ahead=self.clock.ahead)
        if not self.agent.is_idle:
            self._turn_at("agent", self._busy_until, self._turn_agent)
        elif (due := self.agent.due_mono) is not None:
            self._turn_at("agent", self._instant_of(due), self._turn_agent)
        return goes_on

    def _turn_link(self) -> bool:
        if self._link_ended:
            return True
        self.link.turn()
        self._turn_at("link", max(self._instant_of(self.link.due_mono), self.box.timeline.now + 1000), self._turn_link)
        return True

    def _turn_policy(self) -> bool:
        self.step()
        while self._policies:
            self.watch.handle(*self._policies.popleft())
        self.watch.pass_time()
        if (due := self.watch.due_mono) is not None:
            self._turn_at("policy", max(self._instant_of(due), self.box.timeline.now + CHECK_TAKES), self._turn_policy)
        return True

    def _instant_of(self, mono: float) -> int:
        """Give the true instant at which the process's monotonic clock will read this."""
        return self.box.timeline.now + max(1, to_micros(mono - self.box.clock.monotonic()) + 1)
