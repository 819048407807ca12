"""The decision thread: observations in, journal and outputs in the controller's order.

Driver threads, the link and the policy watch only put events on the queue, and so does the writer (``readers.writer``)
with what it has written. What gathers while it writes is written by one commit, so that three readers do not wait for
three syncs of a slow card; and whoever wants out, or locks a door, waits for none. It is one module because a turn of
that thread is read in one piece.
"""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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
from readers.journal import Journal
from readers.loss_count import LossCount
from readers.outputs.port import Outputs
from readers.policy_cache import HeldPolicy
from readers.state import ControllerState
from readers.writer import Batch, Writer, Written, number_appends, write_batch

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


Taken = Event | HeldPolicy | Written | _Stop
Inbox = queue.SimpleQueue[Taken]
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
        self._writer: Writer | None = None
        self._writing = False
        self._failed_mono: float | None = None
        self._ever_recorded = False
        self._stopping = False

    @property
    def policy_version(self) -> int:
        """The version of the policy in force; 0 while there is none."""
        return self._policy.version if self._policy else 0

    @property
    def policy_edition(self) -> tuple[int, datetime | None]:
        """Its version and when it was issued, read together; from any thread."""
        policy = self._policy
        return (policy.version, policy.issued_at) if policy else (0, None)

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
        self._writer = Writer(self._journal, self._queue.put)
        try:
            while not self._is_over():
                for event in self._take():
                    self._handle(event)
                self._commit()
            self._handle(Stopping())
            self._write_rest()
        finally:
            self._writer.stop()
        return EXIT_STOPPED if self._failed_mono is None else EXIT_JOURNAL_FAILED

    def _is_over(self) -> bool:
        if self._stopping:
            return not (self._appends or self._writing)
        if self._failed_mono is None:
            return False
        if self._ever_recorded:
            return not self._state.is_anybody_passing  # restart as soon as nobody is on the way through a door
        return self._clock.now().mono - self._failed_mono > LINGER_SECONDS

    def _take(self) -> list[Taken]:
        """Wait for events unless appends could be written, then take all there are; tells of the time that passed."""
        self._heartbeat.beat()
        taken: list[Taken] = []
        begun = self._clock.now().mono
        ends = self._state.next_end_mono
        wait = _TICK_SECONDS if ends is None else max(0.0, min(_TICK_SECONDS, ends - begun))
        try:
            taken.append(self._queue.get(block=self._writing or not self._appends, timeout=wait))
            while True:
                taken.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        gap = self._clock.now().mono - begun - wait
        if gap > SUSPENDED_SECONDS:
            taken.insert(0, Resumed(gap))
        taken.append(TimePassed())
        return taken

    def _handle(self, event: Taken) -> None:
        match event:
            case _Stop():
                self._stopping = True
                return
            case Written():
                self._follow_written(event)
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
        before, version = self.policy_version, held.snapshot.version
        if version >= before:
            self._policy = held.snapshot  # of the one in force: laid flat
        if version <= before:
            return PolicyConfirmed(held.confirmed_at)
        return PolicyTook(held.snapshot.version, held.confirmed_at)

    def _commit(self) -> None:
        """Have what waits written in one transaction, unless the writer is still busy with what waited before."""
        if self._writing or not self._appends:
            return
        batch = Batch(tuple(self._appends), self._clock.now())
        self._appends, self._writing = [], True
        if self._writer is None:
            self._follow_written(write_batch(self._journal, batch))
        else:
            self._writer.write(batch)

    def _write_rest(self) -> None:
        """Write what is left; events that come now come too late."""
        while self._appends or self._writing:
            self._commit()
            while self._writing:
                if isinstance(event := self._queue.get(), Written):
                    self._handle(event)

    def _follow_written(self, written: Written) -> None:
        """Let the controller go on with each append of a batch."""
        self._writing = False
        if written.cause:
            self._fail(written)
            return
        if self._loss is not None and not self._ever_recorded:
            self._loss.clear()  # the life's first records tell it (see main)
        self._ever_recorded = True
        numbered = number_appends(written)
        for append, last_seq in numbered:
            self._handle(Recorded(append, last_seq))
        first, first_last_seq = numbered[0]
        self._wrote(first_last_seq - len(first.bodies) + 1, written.batch.moment.mono)

    def _fail(self, written: Written) -> None:
        appends = written.batch.appends
        if self._failed_mono is None:
            self._failed_mono = self._clock.now().mono
        if self._loss is not None:
            self._loss.add(sum(len(append.bodies) for append in appends))
        for append in appends:
            self._handle(Unrecorded(append, written.cause))
