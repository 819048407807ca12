"""A box with one door that real drivers report to: its agent on a thread, its journal on a disk, the times noted."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from domain.access.door import DoorSpec
from domain.ids import AccessPointId, DeviceId, DoorId
from readers.agent import Agent
from readers.clock import SystemClock
from readers.drivers.port import CardSeen, Driver, Observation, ReaderHealth
from readers.events import Notice, Release
from readers.journal import Journal
from readers.outputs.recording import RecordingOutputs, Told
from readers.policy_cache import HeldPolicy
from readers.state import ControllerState
from readers.wiring import Wiring
from tests.readers.site_cards import NAMES_KEY, SITE_KEY, KnownCard, policy_for

POINT, DOOR = AccessPointId("main-in"), DoorId("main")
RELEASE_SECONDS = 0.05
WAIT_SECONDS = 5.0


class Passing(NamedTuple):
    """One tap's instants (``time.perf_counter`` seconds): reported by the driver, short tone, lock freed."""

    seen: float
    noticed: float
    freed: float


class Doorway:
    """One box; :meth:`report` is what its drivers are given."""

    def __init__(self, folder: Path, readers: Collection[str], cards: Collection[KnownCard]) -> None:
        clock = SystemClock()
        wiring = Wiring(SITE_KEY, NAMES_KEY, dict.fromkeys(readers, POINT), {DOOR: DoorSpec(DOOR, RELEASE_SECONDS)})
        held = HeldPolicy(policy_for(cards, {POINT: DOOR}), datetime.now(UTC))
        self._state = ControllerState(wiring, held.confirmed_at, clock.now().mono)
        self.journal = Journal.open(folder / "taps.db", DeviceId("west-1"), new_epoch=1)
        self._agent = Agent(self._state, held, self.journal, RecordingOutputs(self._listen), clock)
        self._ready = threading.Event()
        self._freed = threading.Event()
        self._seen = self._noticed = self._freed_at = 0.0

    def report(self, observation: Observation) -> None:
        """Take an observation as the agent does, noting when."""
        if isinstance(observation, CardSeen):
            self._seen = time.perf_counter()
        self._agent.report(observation)
        if isinstance(observation, ReaderHealth) and observation.health == "ready":
            self._ready.set()

    def _listen(self, told: Told) -> None:
        match told:
            case Notice():
                self._noticed = time.perf_counter()
            case Release():
                self._freed_at = time.perf_counter()
                self._freed.set()

    def await_passing(self) -> Passing:
        """Wait until the lock is freed.

        Raises:
            TimeoutError: it was not, within WAIT_SECONDS.
        """
        if not self._freed.wait(WAIT_SECONDS):
            raise TimeoutError("the lock did not move")
        self._freed.clear()
        return Passing(self._seen, self._noticed, self._freed_at)

    def settle(self) -> None:
        """Let the pulse end and be recorded, and the link's upkeep happen, as between two people."""
        time.sleep(RELEASE_SECONDS)
        before = 0
        while before != self.journal.next_seq:
            before = self.journal.next_seq
            time.sleep(0.02)
        self.journal.checkpoint()

    @contextmanager
    def running(self, *drivers: Driver) -> Iterator[None]:
        """Run the agent and its drivers, each in a thread of its own; begins when a reader is ready."""
        stop = threading.Event()
        threads = [threading.Thread(target=driver.run, args=(self.report, stop)) for driver in drivers]
        deciding = threading.Thread(target=self._agent.run)
        for thread in (deciding, *threads):
            thread.start()
        try:
            if not self._ready.wait(WAIT_SECONDS):
                raise TimeoutError("no reader is ready")
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            self._agent.stop()
            deciding.join()
            self.journal.close()
