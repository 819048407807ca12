"""A gateway that decides about terminals which a test seats: its listener for network servers, and what is kept."""

import asyncio
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from contract.tier_decision import Written, find_break
from domain.zones.decide_tier import Waiver
from domain.zones.facts import Factor, Threat
from domain.zones.presence_grade import Sighting, Witness
from domain.zones.rule import Rule
from domain.zones.situation import Person, Situation, Span, Terminal, Whereabouts
from domain.zones.tier import Method, Tier, TierId, TierPlan
from domain.zones.tier_session import PortSession
from gateway.context import GatewayContext
from gateway.listeners import serve_radius
from gateway.live import Broadcast
from gateway.radius.app import create_radius
from gateway.radius.decision_writer import DecisionWriter
from gateway.settings import AttendanceSettings, RadiusSettings
from gateway.site.description import Site, load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.network import RadiusClientDescription
from gateway.zones.decision_log import list_decisions
from gateway.zones.question import Known, Question
from gateway.zones.situations import Situations
from gateway.zones.tier_desk import TierDesk
from store.port_sessions import list_live_sessions
from store.tier_decisions import stream_chain
from store.tx import Store
from tests.domain.zones.cases import LGWAN, MYNUM, PLAN, RULES, rule

PRINT = TierId("print")
EVER = (Span(),)
HALL = TierPlan((*PLAN.tiers, Tier(PRINT, "印刷", "Printers", 40, frozenset((Method.mab,)))), PLAN.places)
HALL_RULES = (*RULES, rule("printer", "terminal_issued and terminal_class == 'printer'", PRINT))
PRINTER_MAC = "0200000000aa"
SERVER, PASSWORD = "radius-1", "between freeradius and the gateway"
SWITCH = RadiusClientDescription(id="floor-2", name="2階", name_en="Floor 2", address="127.0.0.0/8")  # type: ignore[arg-type]
SITE: Site = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml").model_copy(
    update={"radius_clients": (SWITCH,)}
)


@dataclass(frozen=True)
class Town:
    """Where it all is: the site, its tiers and rules, and the areas in which everybody present is."""

    site: Site = SITE
    plan: TierPlan = HALL
    rules: tuple[Rule, ...] = HALL_RULES
    areas: tuple[str, ...] = ("records", "main")
    mynum: str = MYNUM
    servers_folder: Path | None = None


@dataclass
class Seats(Situations):
    """Who sits where, as a test says."""

    now: datetime
    town: Town = field(default_factory=Town)
    terminals: dict[str, Terminal] = field(default_factory=dict)
    macs: dict[str, str] = field(default_factory=dict)
    seated: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    waivers: tuple[Waiver, ...] = ()
    until: dict[str, datetime] = field(default_factory=dict)
    """When a person's clearance ends."""

    def look(self, question: Question, now: datetime) -> Known:
        terminal_id = self.macs.get(question.station, "") if question.station else question.terminal_id
        terminal = self.terminals.get(terminal_id)
        person_id = question.person_id or self.seated.get(terminal_id, "")
        is_told = question.factor is not Factor.none
        situation = Situation(
            question.tier_id or (terminal.tier_id if terminal else ""),
            question.method,
            person=self._person(person_id) if person_id else None,
            whereabouts=self._whereabouts(person_id),
            terminal=terminal,
            factor=question.factor if is_told else Factor.card_pin if terminal_id in self.seated else Factor.none,
            factor_at=question.factor_at if is_told else self.now,
            hours=EVER,
            threats=((Threat.normal, Span()),),
        )
        return Known(situation, self.waivers, person_id, terminal_id if terminal else "")

    def _person(self, person_id: str) -> Person:
        until = self.until.get(person_id)
        cleared = tuple((tier.id, Span(None, until)) for tier in self.town.plan.tiers)
        return Person(person_id, employed=EVER, clearances=cleared)

    def _whereabouts(self, person_id: str) -> Whereabouts:
        if not person_id or person_id in self.absent:
            return Whereabouts()
        seen = self.now - timedelta(minutes=1)
        return Whereabouts(self.town.areas, (Sighting(Witness.entry, seen), Sighting(Witness.desk, seen)))

    def issue(self, terminal_id: str, tier_id: str, *, mac: str = "", terminal_class: str = "pc") -> None:
        certificate = None if mac else Span()
        self.terminals[terminal_id] = Terminal(terminal_id, tier_id, terminal_class, Span(), certificate)
        if mac:
            self.macs[mac] = terminal_id


class Hall:
    """The gateway's context, the writer of its decisions, and a network server's way of asking."""

    def __init__(
        self, store: Store, folder: Path, clock: Any, *, agents: bool = False, town: Town | None = None, port: int = 0
    ) -> None:
        self.store, self.clock = store, clock
        town = town or Town()
        servers, switches = folder / "servers", folder / "switches"
        for each in (servers, switches, folder / "agents"):
            each.mkdir(exist_ok=True)
        self.keep_password(servers / SERVER)
        self.keep_password(folder / "agents" / "log-on")
        settings: Any = SimpleNamespace(attendance=AttendanceSettings())
        self.context = GatewayContext(settings, store, town.site, Ed25519PrivateKey.generate(), clock, Broadcast())
        self.seats = Seats(clock(), town)
        self.context.situations = self.seats
        self.context.tiers = TierDesk(lambda: town.plan, self.seats)
        self.context.tiers.hold_rules(town.rules)
        self.settings = RadiusSettings(
            listen=f"127.0.0.1:{port}",  # type: ignore[arg-type]
            servers_folder=town.servers_folder or servers,
            switches_folder=switches,
            agents_folder=folder / "agents" if agents else None,
        )
        self.writer = DecisionWriter(store, clock)
        self.app = create_radius(self.context, self.settings, self.writer)
        self.seats.issue(f"t-{town.mynum}", town.mynum)
        self.seats.issue("t-lgwan", LGWAN)
        self.seats.issue("p-1", PRINT, mac=PRINTER_MAC, terminal_class="printer")
        self.seats.seated = {f"t-{town.mynum}": "s1", "t-lgwan": "s2"}

    def keep_password(self, path: Path) -> None:
        path.touch(mode=0o600)
        path.write_text(PASSWORD + "\n")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run the writer in a thread of its own."""
        stop = threading.Event()
        thread = threading.Thread(target=self.writer.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Run the listener and the writer, each in a thread of its own."""
        server = serve_radius(self.settings, self.app)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
        with self.writing():
            thread.start()
            try:
                while not server.started:
                    assert thread.is_alive()
                    time.sleep(0.01)
                yield
            finally:
                server.should_exit = True
                thread.join(10)

    @contextmanager
    def asking(self) -> Iterator[TestClient]:
        """Run the writer, and give a network server."""
        told = b64encode(f"{SERVER}:{PASSWORD}".encode()).decode()
        with self.writing(), TestClient(self.app, headers={"Authorization": f"Basic {told}"}) as client:
            yield client

    def decisions(self) -> list[Written]:
        """Give every decision in order, of a chain that holds."""
        with self.store.reading(self.clock()) as tx:
            assert find_break(stream_chain(tx)) is None
            year, now = timedelta(days=365), self.clock()
            return [each for _, each in list_decisions(tx, now - year, now + year)]

    def live(self) -> list[PortSession]:
        with self.store.reading(self.clock()) as tx:
            return [each.session for each in list_live_sessions(tx)]
