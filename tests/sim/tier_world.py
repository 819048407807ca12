"""Network tiers under faults: the real book, decisions and looks, a model of FreeRADIUS, switch and persons; a seed.

A tick is a second: something befalls, what was committed is heard of, terminals ask, switches account, the centre
looks and tells. It is a simulation of its own: it has no wires of ours, but a network server's and a switch's.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from domain.zones.rule import RuleSet
from domain.zones.tier import Method
from domain.zones.tier_session import PortSession
from gateway.operations.zones.book_session import Booked, Place, book_decisions, make_session
from gateway.operations.zones.note_accounting import note_accounting
from gateway.radius.app import seconds_of
from gateway.radius.cut_desk import EVERYTHING, CutDesk, Wanted
from gateway.radius.disconnect import Outcome
from gateway.radius.session_clock import SessionClock
from gateway.zones.question import Question
from gateway.zones.tier_desk import TierDesk
from gateway.zones.tier_news import SESSION_MOVED
from store.outbox import list_unsent, save_sent
from tests.domain.zones.cases import LGWAN, MYNUM, NOW, RULES
from tests.gateway.radius.hall import HALL, Seats
from tests.sim.memory_store import MemoryStore
from tests.sim.tier_switch import NAS, TICK, SimSwitch
from tests.sim.tier_watch import TierWatch

SWEEP_TICKS = 30
HEARD_TICKS = 1
"""What was committed is heard of after so many ticks at most."""

HEAL_TICKS = 2 * SWEEP_TICKS + 15


@dataclass(frozen=True, slots=True)
class Plant:
    """How the promises are kept that are looked at; a test plants wrong ways."""

    open_desk: Callable[..., CutDesk] = CutDesk
    seconds: Callable[..., int] = seconds_of
    rules: RuleSet = RULES
    takes_up: bool = True
    has_clock: bool = True


@dataclass(slots=True)
class _Memory:
    """What dies with a process of the centre."""

    known: Seats
    wanted: Wanted = EVERYTHING
    telling: dict[str, PortSession] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    news: list[tuple[int, str]] = field(default_factory=list)
    clock: SessionClock = field(default_factory=SessionClock)
    ticks: int = 0


class TierWorld:
    """One run. ``log`` tells what befell, for whoever must understand a failure."""

    def __init__(self, seed: int, plant: Plant) -> None:
        self.random = Random(f"{seed}/tiers")
        self.plant = plant
        self.at: datetime = NOW
        self.log: list[str] = []
        self.store = MemoryStore()
        self.switch = SimSwitch(self.random)
        self.truth = Seats(NOW)
        self.stations: dict[str, str] = {}
        self.quarantines = {tier.quarantine_vlan for tier in HALL.tiers}
        for number, tier in enumerate((LGWAN, LGWAN, LGWAN, MYNUM, MYNUM)):
            self.truth.issue(f"t-{number}", tier)
            self.truth.seated[f"t-{number}"] = f"p{number}"
            self.stations[f"t-{number}"] = f"02-00-00-00-00-{number:02x}"
        self.alive, self.dies_between = True, False
        self._answers: list[tuple[str, int, str, datetime]] = []
        self.watch = TierWatch(self)
        self.start()

    def start(self) -> None:
        """Begin a life of the centre: everything is read once, and what was booked and not told is told."""
        self.alive = True
        self.memory = _Memory(deepcopy(self.truth))
        self.tiers = TierDesk(lambda: HALL, self.memory.known)
        self.tiers.hold_rules(self.plant.rules)
        self.desk = self.plant.open_desk(self.store, self.tiers, lambda: self.at, committed=lambda: None)
        if self.plant.takes_up:
            self._tell(self.desk.list_ending())

    def die(self) -> None:
        """End the centre's process: what was committed stays, and nothing else."""
        self.alive, self.dies_between = False, False
        self._answers.clear()

    @property
    def is_telling(self) -> bool:
        """Whether a switch is being told."""
        return bool(self.memory.telling)

    def change(self, person_id: str, terminal_id: str, of: Callable[[Seats], object]) -> None:
        """Let something be otherwise from now on; it is committed, and heard of a little later."""
        of(self.truth)
        self.log.append(f"{self.at:%H:%M:%S} {person_id} {terminal_id} changes")
        self.memory.news.append((self.random.randint(0, HEARD_TICKS), person_id))

    def may(self, terminal: str) -> bool:
        """Tell whether whoever sits at a terminal may be in its tier now, in truth."""
        return self._may(self.truth, terminal)

    def may_by_memory(self, terminal: str) -> bool:
        """Tell the same by what the centre knows."""
        return self._may(self.memory.known, terminal)

    def _may(self, seats: Seats, terminal: str) -> bool:
        person = seats.seated.get(terminal)
        is_there = person is not None and person not in seats.absent and terminal in seats.terminals
        until = seats.until.get(person or "")
        return is_there and (until is None or self.at < until)

    def tier_of(self, terminal: str) -> str:
        """Give the tier that a terminal was issued for, lost or not."""
        return LGWAN if int(terminal[2:]) < 3 else MYNUM

    def vlan_of(self, terminal: str) -> int:
        """Give the VLAN of the tier that a terminal was issued for."""
        tier = HALL.find(self.tier_of(terminal), NOW.date())
        assert tier is not None
        return tier.vlan

    def live(self, ticks: int, faults: "Callable[[TierWorld], None]") -> None:
        """Live so many ticks, then heal and look whether everybody is where they may be.

        Raises:
            InvariantBrokenError: a promise was broken.
        """
        for _ in range(ticks):
            faults(self)
            self.tick()
        self.switch.silent = False
        if not self.alive:
            self.start()
        for _ in range(HEAL_TICKS):
            self.tick()
        self._compare()
        for _ in range(HEAL_TICKS):
            self.tick()
        self.watch.at_end()

    def tick(self) -> None:
        """Let a second go by."""
        self.at += TICK
        self.switch.pass_time(self.at)
        if self.alive:
            self._hear()
        self._begin()
        for terminal, station in self.stations.items():
            if self.alive and station not in self.switch.ports and self.random.random() < 0.5:
                self._ask(terminal, station)
        if self.alive:
            self._account()
            self._look()
        self.watch.on_tick()

    def _hear(self) -> None:
        memory = self.memory
        heard = frozenset(person for ticks, person in memory.news if ticks <= 0)
        memory.news = [(ticks - 1, person) for ticks, person in memory.news if ticks > 0]
        if heard:
            known, truth = memory.known, deepcopy(self.truth)
            known.terminals, known.absent, known.until = truth.terminals, truth.absent, truth.until
            memory.wanted |= Wanted(person_ids=heard)

    def _ask(self, terminal: str, station: str) -> None:
        """Let a terminal log on; now and then it asks for a tier that is not its own."""
        others = [tier for tier in (LGWAN, MYNUM) if self.random.random() < 0.1]
        question = Question(NAS, Method.eap_tls, tier_id="".join(others[:1]), terminal_id=terminal)
        with self.store.transaction(self.at) as tx:
            written = self.tiers.decide(question, self.at)
            session = make_session(written, Place(NAS, "7", station, "127.0.0.1"))
            book_decisions(tx, [Booked(written, session.id if session else None, session)])
        if session is not None:
            self.watch.on_accept(written, session.vlan, session.id)
            ends_at = self.at + timedelta(seconds=self.plant.seconds(written.decision, self.at))
            self._answers.append((station, session.vlan, session.id, ends_at))

    def _begin(self) -> None:
        """Let what was answered a tick ago arrive at the switch; some of it takes longer."""
        waiting, self._answers = self._answers, []
        for station, vlan, session_id, ends_at in waiting:
            if self.random.random() < 0.3:
                self._answers.append((station, vlan, session_id, ends_at))
            else:
                self.switch.begin(station, vlan, session_id, ends_at, self.at)

    def _account(self) -> None:
        for told in self.switch.take_told():
            with self.store.transaction(self.at) as tx:
                booked = note_accounting(tx, told, lambda question: self.tiers.decide(question, self.at))
                book_decisions(tx, booked)

    def _look(self) -> None:
        memory = self.memory
        if memory.outcomes:
            self.desk.note(memory.outcomes)
            for id_ in memory.outcomes:
                memory.telling.pop(id_, None)
            memory.outcomes = {}
        with self.store.transaction(self.at) as tx:
            unsent = list_unsent(tx, limit=500)
            save_sent(tx, [each.id for each in unsent])
        moved = frozenset(each.notice.subject for each in unsent if each.notice.kind == SESSION_MOVED)
        memory.ticks += 1
        is_sweep = memory.ticks % SWEEP_TICKS == 0
        due = memory.clock.take_due(self.at) if self.plant.has_clock else frozenset[str]()
        wanted, memory.wanted = memory.wanted | Wanted(is_sweep, frozenset(), moved | due, bool(moved)), Wanted()
        to_tell: list[PortSession] = []
        if wanted:
            looked = self.desk.look(wanted)
            memory.clock.note(looked.ends)
            to_tell += looked.to_tell
        if is_sweep:
            to_tell += self.desk.sweep()
        if self.dies_between and to_tell:
            self.die()
            return
        self._tell(to_tell)

    def _tell(self, sessions: list[PortSession]) -> None:
        for each in sessions:
            if each.id not in self.memory.telling:
                self.memory.telling[each.id] = each
                self.memory.outcomes[each.id] = self.switch.disconnect(each, self.at)

    def _compare(self) -> None:
        self._tell(self.desk.compare(NAS, self.switch.list_sessions(), self.at))
