"""A switch of the simulated city: ports that a VLAN is given to, accounting that is told until it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from contract.radius_api import Accounting
from domain.zones.reconcile_sessions import ListedSession
from domain.zones.tier_session import CUT_TRIES, PortSession, SessionAct
from gateway.operations.zones.book_session import Place
from gateway.operations.zones.note_accounting import Told
from gateway.radius.disconnect import Outcome

NAS = "floor-2"
LOST = 0.15
ACCOUNTING_TICKS_MAX = 3


@dataclass(frozen=True, slots=True)
class Port:
    """A terminal that was let in: its VLAN, what we gave as Class, the switch's own number, and when it ends itself."""

    station: str
    vlan: int
    session_id: str
    number: str
    ends_at: datetime


class SimSwitch:
    """One switch; ``silent``: it answers no Disconnect."""

    def __init__(self, random: Random) -> None:
        self.ports: dict[str, Port] = {}
        self.silent = False
        self._random = random
        self._numbers = 0
        self._untold: list[tuple[int, Told]] = []

    def begin(self, station: str, vlan: int, session_id: str, ends_at: datetime, now: datetime) -> None:
        """Let a terminal into a VLAN."""
        if old := self.ports.get(station):
            self._end(old, now)
        self._numbers += 1
        self.ports[station] = Port(station, vlan, session_id, f"{self._numbers:08x}", ends_at)
        self._tell(Accounting.start, self.ports[station], now)

    def pass_time(self, now: datetime) -> None:
        """End by itself what has lasted its time."""
        for port in [each for each in self.ports.values() if each.ends_at <= now]:
            self._end(port, now)

    def go_down(self) -> None:
        """Lose everything, as after a power cut, without a word."""
        self.ports.clear()
        self._untold.clear()

    def disconnect(self, session: PortSession, now: datetime) -> Outcome:
        """End what a request names, and give what whoever asked comes to know of it."""
        done: SessionAct | None = None
        for tries in range(1, CUT_TRIES + 1):
            if self.silent or self._is_lost():
                continue
            done = done or self._obey(session, now)
            if not self._is_lost():
                return Outcome(done, tries, 503 if done is SessionAct.unknown else None)
        return Outcome(SessionAct.unanswered, CUT_TRIES)

    def take_told(self) -> Iterator[Told]:
        """Yield the accounting that arrives at this tick."""
        due = [told for ticks, told in self._untold if ticks <= 0]
        self._untold = [(ticks - 1, told) for ticks, told in self._untold if ticks > 0]
        yield from due

    def list_sessions(self) -> list[ListedSession]:
        """Give what it has."""
        return [ListedSession(each.number, each.station) for each in self.ports.values()]

    def _obey(self, session: PortSession, now: datetime) -> SessionAct:
        port = self.ports.get(session.station)
        if port is None or session.switch_session not in {"", port.number}:
            return SessionAct.unknown
        self._end(port, now)
        return SessionAct.obeyed

    def _end(self, port: Port, now: datetime) -> None:
        del self.ports[port.station]
        self._tell(Accounting.stop, port, now)

    def _tell(self, kind: Accounting, port: Port, now: datetime) -> None:
        place = Place(NAS, "7", port.station, "127.0.0.1")
        told = Told(kind, place, port.session_id, port.number, now)
        self._untold.append((self._random.randint(0, ACCOUNTING_TICKS_MAX), told))

    def _is_lost(self) -> bool:
        return self._random.random() < LOST


TICK = timedelta(seconds=1)
