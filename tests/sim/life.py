"""One run of the agent on a box: the real ``readers.agent.Agent`` and ``readers.link.Link``, turned by virtual time.

Their loops wait on queues and real clocks; here each turn of a loop is one happening, and what a turn takes (a sync of
2 ms, or of five seconds) passes on the process's own clock before the next turn begins. The process can die at any
step: before or after each write, each output, each send.
"""

import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from domain.access.door import DoorSpec
from readers.events import (
    AlarmFound,
    Event,
    Resumed,
    Started,
)
from readers.journal import JournalFailedError
from readers.link import Identity, Written
from readers.policy_cache import HeldPolicy
from readers.space import Reserve
from readers.state import ControllerState
from readers.transports.port import TransportEvent
from readers.wiring import Wiring
from tests.sim import city
from tests.sim.agent import LifeClock, SimLink
from tests.sim.invariants import InvariantBrokenError
from tests.sim.ports import Ears
from tests.sim.timeline import STARTS_AT, Ticket, to_micros
from tests.sim.watched import DiedError, WatchedJournal, WatchedOutputs

if TYPE_CHECKING:
    from tests.sim.box import Box

RELEASE_SECONDS = 5.0
POISONS = (
    b'{"kind":"tap.observed","version":1',
    b'{"kind":"tap.imagined","version":1}',
    b'{"kind":"door.moved","version":9,"door":"x"}',
    b'{"kind":"alarm.raised","version":1,"at":"0001-01-01T00:00:00+14:00","mono_ms":-1,"boot":"","clock":"x"}',
)
RESERVE_BYTES = 4096


class Life:
    """The process: agent, link, journal, transport."""

    def __init__(self, box: "Box", *, new_epoch: int) -> None:
        self.box = box
        self.clock = LifeClock(box)
        self.journal = box.disk.open(box.device, new_epoch)
        self._ended = False
        self._link_ended = False
        self._turns: dict[str, Ticket] = {}
        self._busy_until = 0
        journal = WatchedJournal(self, self.journal)
        state = ControllerState(_wiring(box), confirmed_at=STARTS_AT, confirmed_mono=self.clock.now().mono)
        self.agent = box.variant.open_agent(
            state,
            HeldPolicy(box.policy, "", STARTS_AT),
            journal,
            WatchedOutputs(self),
            self.clock,
            wrote=self._wrote,
        )
        self.port = box.open_port(
            box.device, Ears(self._on_batch, lambda payload: box.variant.on_puback(self, payload))
        )
        self.link = SimLink(
            journal,  # type: ignore[arg-type]
            self.port,
            Identity(box.device, city.device_key(box.device), city.centre_key().public_key(), "sim"),
            keep=box.keep,
            reserve=Reserve(box.disk.folder / "reserve", RESERVE_BYTES),
            state_dir=box.disk.folder,
            found=self.report,
            offer_pointer=lambda _payload: None,
            offer_command=lambda _payload: None,
            policy_version=lambda: 1,
            clock=self.clock,
            chance=box.chance.random,
        )

    def begin(self) -> None:
        """Start, as ``readers.main`` does."""
        self.report(Started("sim", self.journal.previous_epoch, self.journal.set_aside))
        self.port.start(self.hear, lambda: b"")
        self._turn_at("link", self.box.timeline.now, self._turn_link)

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

    def _on_batch(self, payload: bytes) -> None:
        self.step()
        self.box.watch.on_signed(self.box.device, payload)

    # ---- turns ---------------------------------------------------------------------------------------------------

    def _wrote(self, first_seq: int, mono: float) -> None:
        self.link.hear(Written(first_seq, mono))
        self._turn_at("link", self.box.timeline.now + self.clock.ahead, self._turn_link)

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
        goes_on = self.agent.turn()
        self._busy_until = self.box.timeline.now + self.clock.ahead
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

    def _instant_of(self, mono: float) -> int:
        return self.box.timeline.now + max(1, to_micros(mono - self.box.clock.monotonic()) + 1)


def _wiring(box: "Box") -> Wiring:
    device = box.device
    return Wiring(
        site_key=city.SITE_KEY,
        points={"in": city.way_in(device), "out": city.way_out(device)},
        doors={city.door(device): DoorSpec(city.door(device), RELEASE_SECONDS)},
        egress_doors={city.way_out(device): city.door(device)},
    )
