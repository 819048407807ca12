"""Ends sessions within milliseconds of the news: looks (``cut_desk``), tells the switch, writes down what it answered.

A turn: whose facts were renewed is looked at, all of it in one transaction; after its commit each switch is told, many
at once; what they answer is written by the handful. A session is told by one at a time. Whatever was booked and not
told when a process died is told by the next one. Nothing is decided before everything was read for the first time: a
memory that is still empty would put everybody off.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import timedelta
from typing import TypeVar

from domain.zones.reconcile_sessions import ListedSession
from domain.zones.tier import Method
from domain.zones.tier_session import PortSession, SessionAct
from gateway.context import GatewayContext
from gateway.radius.cut_desk import EVERYTHING, CutDesk, Wanted
from gateway.radius.disconnect import Disconnector, Outcome
from gateway.radius.nas_registry import NasRegistry, Untold, target_of
from gateway.radius.secret_watch import SecretWatch
from gateway.radius.session_clock import SessionClock
from gateway.zones.tier_news import SESSION_MOVED
from store.failures import is_passing
from store.outbox import Notice

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""So long it sleeps at most: clocks are set, and stopping is asked for."""

SWEEP_SECONDS = 30.0
RECONCILE_SECONDS = 300.0

FORGOTTEN_SECONDS = 60.0
"""So long it is remembered that a session was told to end; no look lasts that long."""

EARLY = timedelta(seconds=3)
"""A switch that was let a terminal in so shortly before may not have begun the session yet that it is to end."""

T = TypeVar("T")

ListSessions = Callable[[str], Awaitable[Collection[ListedSession] | None]]
"""Asks a switch (its id) for all its sessions; None: it cannot be asked."""


async def ask_nobody(_: str) -> Collection[ListedSession] | None:
    """Switches have no common way to be asked for their sessions."""
    return None


class Cutter:
    """Tells switches to end what is no longer right; ``run`` blocks until stopped.

    Args:
        context: the store, the desk that decides, the site's switches and their secrets.
        list_sessions: asks a switch what it has.
        sweep_seconds: how often everything is looked at, heard of or not.
        bind: the address of its socket.
    """

    def __init__(
        self,
        context: GatewayContext,
        *,
        list_sessions: ListSessions = ask_nobody,
        sweep_seconds: float = SWEEP_SECONDS,
        bind: str | None = None,
    ) -> None:
        self._context = context
        self._list_sessions = list_sessions
        self._sweep_seconds = sweep_seconds
        self._bind = {} if bind is None else {"bind": bind}
        radius = context.settings.radius
        folder = None if radius is None else radius.switches_folder
        self.registry = NasRegistry(lambda: context.site, folder)
        self.desk = CutDesk(context.store, context.tiers, context.now, committed=context.committed.set)
        self._secrets = SecretWatch(context.store, self.registry, context.now)
        self._clock = SessionClock()
        self._lock = threading.Lock()
        self._wanted = Wanted()
        self._knows = False
        self._wake: Callable[[], object] = lambda: None
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._answers: dict[str, Outcome] = {}
        self._finished: dict[str, float] = {}

    def hear(self, notice: Notice) -> None:
        """Take in that a session was booked or moved; called from any thread."""
        if notice.kind == SESSION_MOVED:
            self._want(Wanted(session_ids=frozenset((notice.subject,)), newest=True))

    def renewed(self, person_ids: frozenset[str] | None) -> None:
        """Take in whose facts are others now, None: everybody's; called from any thread, after they were renewed."""
        self._knows = self._knows or person_ids is None
        self._want(EVERYTHING if person_ids is None else Wanted(person_ids=person_ids))

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        asyncio.run(self._run(stop))

    async def _run(self, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        self._woken, self._answered = asyncio.Event(), asyncio.Event()
        wire = await Disconnector.open(self._context.now, **self._bind)
        self._wake = lambda: loop.call_soon_threadsafe(self._woken.set)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks, self._wire = tasks, wire
                endless = (self._look_on(), self._sweep_on(), self._reconcile_on(), self._write_on())
                running = [tasks.create_task(each) for each in endless]
                while not stop.is_set():
                    await asyncio.sleep(LOOK_SECONDS / 4)
                for each in (*running, *self._telling.values()):
                    each.cancel()
        finally:
            self._wake = lambda: None
            wire.close()

    def _want(self, wanted: Wanted) -> None:
        with self._lock:
            self._wanted |= wanted
        self._wake()

    def _take(self) -> Wanted:
        with self._lock:
            if not self._knows:
                return Wanted()
            wanted, self._wanted = self._wanted, Wanted()
        return wanted | Wanted(session_ids=self._clock.take_due(self._context.now()))

    async def _look_on(self) -> None:
        """Look at what is wanted as it comes, and at each session when it is due."""
        while True:
            if wanted := self._take():
                began = _loop_time()
                looked = await self._patiently(lambda wanted=wanted: self.desk.look(wanted))  # type: ignore[misc]
                self._clock.note(looked.ends)
                self._tell(looked.to_tell, began)
            next_at = self._clock.next_at()
            seconds = LOOK_SECONDS
            if next_at is not None:
                seconds = min(seconds, max(0.0, (next_at - self._context.now()).total_seconds()))
            await _wait(self._woken, seconds)

    async def _sweep_on(self) -> None:
        """Take up what a former process left, and look at everything again and again."""
        began = _loop_time()
        self._tell(await self._patiently(self.desk.list_ending), began)
        while True:
            await self._patiently(self._secrets.look)
            began = _loop_time()
            self._finished = {id_: at for id_, at in self._finished.items() if at > began - FORGOTTEN_SECONDS}
            if self._knows:
                self._tell(await self._patiently(self.desk.sweep), began)
                self._want(EVERYTHING)
            await asyncio.sleep(self._sweep_seconds)

    async def _reconcile_on(self) -> None:
        """Hold the book against what switches have."""
        while True:
            for client in self._context.site.radius_clients:
                began, listed_at = _loop_time(), self._context.now()
                listed = await self._list_sessions(client.id)
                if listed is not None:
                    compare = (client.id, listed, listed_at)
                    found = await self._patiently(lambda told=compare: self.desk.compare(*told))  # type: ignore[misc]
                    self._tell(found, began)
            await asyncio.sleep(RECONCILE_SECONDS)

    async def _write_on(self) -> None:
        """Write down what switches answered, all that has come meanwhile in one commit."""
        while True:
            await self._answered.wait()
            self._answered.clear()
            outcomes = dict(self._answers)
            await self._patiently(lambda told=outcomes: self.desk.note(told))  # type: ignore[misc]
            for id_ in outcomes:
                del self._answers[id_], self._telling[id_]
                self._finished[id_] = _loop_time()

    def _tell(self, sessions: Iterable[PortSession], seen_at: float) -> None:
        """Have switches told, but of what is being told, or was since the book was seen."""
        for each in sessions:
            if each.id not in self._telling and self._finished.get(each.id, -1.0) < seen_at:
                self._telling[each.id] = self._tasks.create_task(self._end(each))

    async def _end(self, session: PortSession) -> None:
        self._answers[session.id] = await self._ask(session)
        self._answered.set()

    async def _ask(self, session: PortSession) -> Outcome:
        if session.method is Method.agent:  # it asks us again by itself, and is told no
            return Outcome(SessionAct.unknown, 0)
        switch = self.registry.find(session)
        if isinstance(switch, Untold):
            log.warning("%s cannot be told to end a session: %s", session.nas_id, switch.value)
            return Outcome(SessionAct.refused if switch is Untold.not_able else SessionAct.unanswered, 0)
        outcome = await self._wire.cut(switch, target_of(session))
        is_early = not session.switch_session and self._context.now() - session.decided_at < EARLY
        if outcome.act is SessionAct.unknown and is_early:
            await asyncio.sleep(EARLY.total_seconds())
            outcome = await self._wire.cut(switch, target_of(session))
        return outcome

    async def _patiently(self, do: Callable[[], T]) -> T:
        """Do it in a thread of its own, again and again while the database is away."""
        while True:
            try:
                return await asyncio.to_thread(do)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("sessions cannot be ended now (%s)", type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, so many seconds at most."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
