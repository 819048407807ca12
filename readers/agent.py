"""The decision thread: observations in, journal and outputs in the controller's order.

Driver threads, the link and the policy watch only put events on the queue. What has gathered meanwhile is decided
together and written by one commit, so that three readers do not wait for three syncs of a slow card.
"""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass

from contract.records import encode_record
from domain.access.policy import PolicySnapshot
from readers.clock import Clock
from readers.controller import step
from readers.events import (
    Alarm,
    AlarmFound,
    Append,
    Effect,
    Event,
    Hold,
    KeepStanding,
    Notice,
    PolicyConfirmed,
    PolicyTook,
    Present,
    Recorded,
    Release,
    Relock,
    Resumed,
    Stopping,
    TimePassed,
    Unrecorded,
)
from readers.heartbeat import Heartbeat
from readers.journal import Journal, JournalFailedError
from readers.loss_count import LossCount
from readers.outputs.port import Outputs
from readers.policy_cache import HeldPolicy
from readers.state import ControllerState

EXIT_STOPPED = 0
EXIT_JOURNAL_FAILED = 70
"""EX_SOFTWARE: a supervisor starts us again, and starting is how the journal recovers."""

LINGER_SECONDS = 30.0
"""How long doors are served by their areas' rule before another restart is tried, when the last one did not help."""

SUSPENDED_SECONDS = 2.0
_TICK_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stop:
    """Asks the decision thread to end."""


Inbox = queue.SimpleQueue[Event | HeldPolicy | _Stop]
"""Where events wait for the decision thread."""


class Agent:
    """Runs the controller over one journal and one set of outputs."""

    def __init__(
        self,
        state: ControllerState,
        held: HeldPolicy | None,
        journal: Journal | None,
        outputs: Outputs,
        clock: Clock,
        *,
        wrote: Callable[[int, float], None] = lambda _first_seq, _mono: None,
        keep: Callable[[KeepStanding], None] = lambda _: None,
        loss: LossCount | None = None,
        inbox: "Inbox | None" = None,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        """Make an agent.

        Args:
            state: the controller's first state.
            held: the policy in force at start.
            journal: None where it could not be opened: doors are served by their areas' rule until the restart.
            outputs: locks, lamps, tones, words.
            clock: the time.
            wrote: told (first seq, monotonic seconds) of what was written; must return at once.
            keep: writes down which overrides stand; raises OSError when the disk refuses.
            loss: counts the records that could not be written.
            inbox: where events wait, for parts that report before there is an agent.
            heartbeat: beaten at every turn.
        """
        self._state = state
        self._policy: PolicySnapshot | None = held.snapshot if held else None
        self._journal = journal
        self._outputs = outputs
        self._clock = clock
        self._wrote = wrote
        self._keep = keep
        self._loss = loss
        self._queue: Inbox = inbox or queue.SimpleQueue()
        self._heartbeat = heartbeat or Heartbeat()
        self._appends: list[Append] = []
        self._failed_mono: float | None = None
        self._ever_recorded = False
        self._stopping = False

    @property
    def policy_version(self) -> int:
        """The version of the policy in force; 0 while there is none."""
        return self._policy.version if self._policy else 0

    def report(self, event: Event) -> None:
        """Put an event on the queue; from any thread, returns at once."""
        self._queue.put(event)

    def take_policy(self, held: HeldPolicy) -> None:
        """Let a checked policy take effect, or a later confirmation of the one in force; from any thread."""
        self._queue.put(held)

    def stop(self) -> None:
        """Ask the decision thread to end; from any thread or a signal handler."""
        self._queue.put(_Stop())

    def run(self) -> int:
        """Decide until stopped, or until a restart is wanted because the journal failed; gives the exit code."""
        while not self._is_over():
            for event in self._take():
                self._handle(event)
            self._commit()
        self._handle(Stopping())
        self._commit()
        return EXIT_STOPPED if self._failed_mono is None else EXIT_JOURNAL_FAILED

    def _is_over(self) -> bool:
        if self._stopping:
            return not self._appends
        if self._failed_mono is None:
            return False
        if self._ever_recorded:
            return not self._state.is_anybody_passing  # restart as soon as nobody is on the way through a door
        return self._clock.now().mono - self._failed_mono > LINGER_SECONDS

    def _take(self) -> list[Event | HeldPolicy | _Stop]:
        """Wait for events unless appends are waiting, then take all there are; tells of the time that passed."""
        self._heartbeat.beat()
        taken: list[Event | HeldPolicy | _Stop] = []
        begun = self._clock.now().mono
        ends = self._state.next_end_mono
        wait = _TICK_SECONDS if ends is None else max(0.0, min(_TICK_SECONDS, ends - begun))
        try:
            taken.append(self._queue.get(block=not self._appends, timeout=wait))
            while True:
                taken.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        gap = self._clock.now().mono - begun - wait
        if gap > SUSPENDED_SECONDS:
            taken.insert(0, Resumed(gap))
        taken.append(TimePassed())
        return taken

    def _handle(self, event: Event | HeldPolicy | _Stop) -> None:
        match event:
            case _Stop():
                self._stopping = True
                return
            case HeldPolicy():
                event = self._swap_policy(event)
        self._state, effects = step(self._state, self._policy, event, self._clock.now())
        for effect in effects:
            self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Append():
                self._appends.append(effect)
            case KeepStanding():
                self._keep_standing(effect)
            case Release():
                self._outputs.release(effect.door, effect.seconds)
            case Hold():
                self._outputs.hold(effect.door)
            case Relock():
                self._outputs.relock(effect.door)
            case Notice():
                self._outputs.notice(effect.point)
            case Present():
                self._outputs.present(effect.point, effect.signal, effect.words)
            case Alarm():
                _log.error("%s: %s", effect.alarm, effect.detail)
                self._outputs.alarm(effect.alarm, effect.detail)

    def _keep_standing(self, effect: KeepStanding) -> None:
        try:
            self._keep(effect)
        except OSError as error:
            # It still takes effect: a lock-down now is worth more than one that survives a restart.
            self.report(AlarmFound("standing_not_kept", str(error)))

    def _swap_policy(self, held: HeldPolicy) -> Event:
        if held.snapshot.version <= self.policy_version:
            return PolicyConfirmed(held.confirmed_at)
        self._policy = held.snapshot
        return PolicyTook(held.snapshot.version, held.confirmed_at)

    def _commit(self) -> None:
        """Write what waits in one transaction, then let the controller go on with each of it."""
        appends, self._appends = self._appends, []
        if not appends:
            return
        lines = [encode_record(body) for append in appends for body in append.bodies]
        if self._journal is None:
            self._fail(appends, "the journal could not be opened")
            return
        moment = self._clock.now()
        try:
            last_seq = self._journal.append(lines, moment.at)
        except JournalFailedError as error:
            self._fail(appends, str(error))
            return
        if self._loss is not None and not self._ever_recorded:
            self._loss.clear()  # the life's first records tell it (see main)
        self._ever_recorded = True
        first_seq = seq = last_seq - len(lines) + 1
        for append in appends:
            seq += len(append.bodies)
            self._handle(Recorded(append, seq - 1))
        self._wrote(first_seq, moment.mono)

    def _fail(self, appends: list[Append], cause: str) -> None:
        if self._failed_mono is None:
            self._failed_mono = self._clock.now().mono
        if self._loss is not None:
            self._loss.add(sum(len(append.bodies) for append in appends))
        for append in appends:
            self._handle(Unrecorded(append, cause))
