"""The real agent, link and policy watch, without their threads: each turn of a loop is one call."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from contract.tokens import pin_verifier
from readers import pin_pad, sending
from readers.agent import LINGER_SECONDS, Agent
from readers.events import Event, Moment, Stopping, TimePassed
from readers.link import Link, Written
from readers.policy_cache import HeldPolicy
from readers.transports.port import TransportEvent

if TYPE_CHECKING:
    from tests.sim.box import Box

pin_pad.pin_verifier = cache(pin_verifier)  # it takes 20 ms on purpose, which only real time has


class LifeClock:
    """The clock as the process reads it: the box's, and ahead of it by what this turn has taken so far."""

    def __init__(self, box: "Box") -> None:
        self._box = box
        self._boot = f"boot-{box.boots}"
        self.ahead = 0

    def now(self) -> Moment:
        """Read the clocks."""
        clock = self._box.clock
        return Moment(clock.wall(self.ahead), clock.monotonic(self.ahead), self._boot, "synced")


class SimAgent(Agent):
    """The real agent; whoever turns it can see which event it is handling, and looks at what came of it."""

    handling: Event | HeldPolicy | None = None
    look: Callable[[Event | HeldPolicy], None] = staticmethod(lambda _event: None)

    def turn(self) -> bool:
        """Go once round the loop of ``run``; gives whether to go on."""
        if self._queue.empty():
            self._queue.put(TimePassed())  # waiting would be in real time
        for event in self._take():
            self._handle(event)
        self._commit()
        if not self._is_over():
            return True
        self._handle(Stopping())
        self._commit()
        return False

    def _handle(self, event: object) -> None:
        self.handling = event  # type: ignore[assignment]
        super()._handle(event)  # type: ignore[arg-type]
        self.look(event)  # type: ignore[arg-type]

    @property
    def due_mono(self) -> float | None:
        """When time alone will make it do something: a release is over, or the failed journal is to be tried again."""
        dues = [self._state.next_end_mono, None if self._failed_mono is None else self._failed_mono + LINGER_SECONDS]
        return min((due for due in dues if due is not None), default=None)

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing waits."""
        return self._queue.empty() and not self._appends


class SimLink(Link):
    """The real link without its thread."""

    def turn(self) -> None:
        """Go once round the loop of ``_run``."""
        while not self._heard.empty():
            heard = self._heard.get()
            if heard is not None:
                self._handle(heard)
        mono = self._clock.now().mono
        self._sender = sending.step_time(self._sender, mono, self._chance())
        self._send_status(mono)
        self._send_records()
        self._look_after(mono)

    def hear(self, heard: TransportEvent | Written) -> None:
        """Put something on its queue."""
        self._heard.put(heard)

    @property
    def due_mono(self) -> float:
        """When time alone will make it do something."""
        state, due = self._sender, self._upkeep_due_mono
        if state.connected:
            due = min(due, self._status_due_mono)
            if state.sent > state.confirmed:
                due = min(due, state.progress_mono + sending.STALL_SECONDS)
            if state.confirmed < self._journal.next_seq - 1 and state.sent == state.confirmed:
                due = min(due, state.hold_until_mono)
        return due
