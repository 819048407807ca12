"""A switch with sessions, the book of them, and whoever ends them: each in a thread, on one clock that goes on."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.zones.decide_tier import Answer
from domain.zones.reconcile_sessions import ListedSession
from domain.zones.tier import Method
from domain.zones.tier_session import PortSession, SessionAct, SessionState
from emulation.nas import EmulatedSwitch
from gateway.operations.zones.book_session import Booked, Place, book_decisions, make_session
from gateway.radius.cutter import Cutter
from gateway.site.network import RadiusClientDescription, SwitchModelDescription
from gateway.zones.question import Question
from store.alarms import list_open_alarms, list_standing_subjects
from store.port_sessions import SessionStep, list_session_steps, load_session
from store.tx import Store
from tests.domain.zones.cases import LGWAN, MYNUM, NOW
from tests.gateway.radius.hall import SITE, Hall

SECRET = b"between the gateway and one switch"
NAS = "floor-2"
WAIT_SECONDS = 15.0
TIERS = {"t-lgwan": LGWAN, "t-mynum": MYNUM}


class GoingClock:
    """The cases' instant, and what has passed since; ``skip`` lets more pass."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return NOW + self.ahead + timedelta(seconds=time.monotonic() - self._began)

    def skip(self, much: timedelta) -> None:
        self.ahead += much


class CutLab:
    """One switch of 127.0.0.1, and a hall whose terminals are on it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.clock = GoingClock()
        self.hall = Hall(store, folder, self.clock)
        self.store, self.context, self.seats = store, self.hall.context, self.hall.seats
        self.switch = EmulatedSwitch(SECRET, self.clock, seed=3)
        self._loop = asyncio.new_event_loop()
        self.folder = self.hall.settings.switches_folder
        (self.folder / NAS).write_bytes(SECRET + b"\n")
        settings: Any = self.context.settings
        settings.radius = self.hall.settings
        self.cutter = self.new_cutter()

    def new_cutter(self, sweep_seconds: float = 30.0) -> Cutter:
        return Cutter(self.context, list_sessions=self._list, sweep_seconds=sweep_seconds, bind="127.0.0.1")

    async def _list(self, nas_id: str) -> Collection[ListedSession] | None:
        return [ListedSession(*each) for each in self.switch.list_sessions()]

    def describe(self, **model: Any) -> None:
        """Let the site know the switch, as a model of its own."""
        known = {"id": "m", "name": "機種", "name_en": "Model", "port": self.port} | model
        client = RadiusClientDescription(id=NAS, name="2階", name_en="Floor 2", address="127.0.0.1", model="m")  # type: ignore[arg-type]
        models = (SwitchModelDescription.model_validate(known),)
        self.context.site = SITE.model_copy(update={"radius_clients": (client,), "switch_models": models})

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """Run the switch in a thread."""
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self.switch.listen(), self._loop).result(5)
        self.describe()
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self.switch.close)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result(5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(5)
            self._loop.close()

    @contextmanager
    def cutting(self, cutter: Cutter | None = None, *, knows: bool = True) -> Iterator[Cutter]:
        """Run whoever ends sessions in a thread; unless said otherwise everything was read once."""
        mine = cutter or self.cutter
        stop = threading.Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                mine.run(stop)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        if knows:
            mine.renewed(None)
        try:
            yield mine
        finally:
            stop.set()
            thread.join(10)
            assert not failed, failed
            assert not thread.is_alive()

    def admit(
        self, terminal: str = "t-lgwan", number: str = "00000001", *, station: str = "02-00-00-00-00-01", **other: Any
    ) -> PortSession:
        """Let a terminal in as a log-on and its accounting do; gives its session."""
        question = Question(NAS, Method.eap_tls, terminal_id=terminal)
        written = self.context.tiers.decide(question, self.clock())
        made = make_session(written, Place(NAS, "7", station, "127.0.0.1"))
        assert made is not None
        known = {"state": SessionState.confirmed, "switch_session": number, "heard_at": self.clock()}
        told: dict[str, Any] = known | other
        session = replace(made, **told)
        with self.store.transaction(self.clock()) as tx:
            book_decisions(tx, [Booked(written, session.id, session)])
        if session.state is SessionState.confirmed:
            self.switch.sessions[number] = station
        return session

    def wait_for(self, session: PortSession, *states: SessionState) -> PortSession:
        """Wait until a session stands in one of the states."""
        until = time.monotonic() + WAIT_SECONDS
        while (now := self.load(session)).state not in states:
            assert time.monotonic() < until, (now, self.steps(session))
            time.sleep(0.005)
        return now

    def load(self, session: PortSession) -> PortSession:
        with self.store.reading(self.clock()) as tx:
            kept = load_session(tx, session.id)
        assert kept is not None
        return kept.session

    def steps(self, session: PortSession) -> list[SessionStep]:
        with self.store.reading(self.clock()) as tx:
            return list_session_steps(tx, session.id)

    def acts(self, session: PortSession) -> list[SessionAct]:
        return [each.act for each in self.steps(session)]

    def alarms(self) -> list[tuple[str, str]]:
        with self.store.reading(self.clock()) as tx:
            return [each.alarm[:2] for each in list_open_alarms(tx)]

    def standing(self, kind: str) -> set[str]:
        """Give what alarms of a kind stand about that are not right again."""
        with self.store.reading(self.clock()) as tx:
            return list_standing_subjects(tx, kind)

    def refusals(self) -> list[tuple[str, ...]]:
        """Give the codes of every decision that is no permit, in order, of a chain that holds."""
        found = self.hall.decisions()
        return [each.decision.failed for each in found if each.decision.answer is not Answer.permit]


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)
