"""The whole chain on real wires: terminal, switch, network servers, and a gateway that hears taps.

Only the port's hardware is played (``emulation.port_switch``). The gateway's parts run in threads that are in the
centre's namespace, on a database of their own, with what was rendered for the site beside this module.
"""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from domain.ids import DeviceId, PersonId
from domain.zones.rule import Rule, Saying, hash_rules
from domain.zones.tier_session import PortSession
from emulation.port_switch import PortSwitch
from gateway.context import GatewayContext
from gateway.intake.ingest import Ingest
from gateway.listeners import serve_radius
from gateway.main import open_context, utc_now
from gateway.radius.app import create_radius
from gateway.radius.cutter import Cutter
from gateway.radius.decision_writer import DecisionWriter
from gateway.relay import Relay
from gateway.settings import load_gateway_settings
from gateway.site.description import load_site
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from gateway.zones.decision_log import list_decisions
from gateway.zones.tier_keeper import TierKeeper
from gateway.zones.tier_news import TIER_CHANGED
from store.migrate import migrate
from store.outbox import Notice, insert_notices
from store.people import Department, Person, upsert_departments, upsert_persons
from store.port_sessions import list_live_sessions
from store.terminals import KeptTerminal, load_terminal, save_terminals
from store.tier_clearances import Clearance, insert_clearance
from store.tier_rules import Activation, activate_rule_set, insert_rule_set
from store.tx import Store, Tx
from tests.gateway.city import Journal, make_tap, settle
from tests.netlab.wires import CENTRE, SWITCH, ZONE_SERVER, Wires
from tests.radius.lab import Terminals
from tests.servers import stop

T = TypeVar("T")

SITE_FILE = Path(__file__).parent / "site.yaml"
AUTH_PORTS, ACCT_PORT = (1812, 1822), 1813
RELAY_PORT = 11812
ZONE_PORT = 7777
WHO = PersonId("p001")
"""Who sits at every terminal; in the policy of ``tests.gateway.city`` with a card that opens all doors."""

STATION = "02:00:00:00:00:01"
RULES = {
    "R1": "employed and not suspended and not on_leave",
    "R2": "present",
    "R3": "cleared",
    "R4": "terminal_issued and terminal_certified",
}


def describe_options() -> RenderOptions:
    """Two network servers at one address, and a gateway that they reach by the loopback interface."""
    servers = [
        {"id": f"radius-{number}", "address": CENTRE, "auth_port": port, "acct_port": port + 1}
        for number, port in enumerate(AUTH_PORTS, 1)
    ]
    return RenderOptions.model_validate({"network_servers": servers})


@dataclass
class NetLab:
    """Everything that runs, and what a test does to it."""

    wires: Wires
    root: Path
    context: GatewayContext = field(init=False)
    switch: PortSwitch = field(init=False)
    journal: Journal = field(init=False)
    terminals: Terminals = field(init=False)
    _ingest: Ingest = field(init=False)

    def set_up(self) -> None:
        """Render, migrate, and write down who may what."""
        site = load_site(SITE_FILE)
        self.render()
        folder = self.root / "terminals"
        folder.mkdir()
        self.terminals = Terminals(self.root / "ca", site, folder)
        settings = load_gateway_settings(self.root / "gateway" / "gateway.toml")
        migrate(settings.database_url)
        self.context = open_context(settings)
        self.journal = Journal(DeviceId("west-1"), epoch=1)
        settle(self.store, self.journal)
        with self.store.transaction(utc_now()) as tx:
            _fill(tx, [tier.id for tier in site.tiers])
        for tier in site.tiers:
            self.terminals.issue(f"t-{tier.id}", tier.id)
        self.render()
        self._ingest = Ingest(
            self.store,
            self.context.signing_key,
            utc_now,
            shelf=self.context.shelf,
            committed=self.context.committed.set,
        )

    def render(self) -> None:
        """Render again: network servers that start afterwards know who is revoked."""
        render_site(load_site(SITE_FILE), self.root, options=describe_options(), now=utc_now())

    @property
    def store(self) -> Store:
        return self.context.store

    def tap(self, point: str) -> float:
        """Let the person tap a card, and give the reading of the clock just before the gateway is told."""
        self.journal.append(make_tap(WHO, point, utc_now()))
        at = time.monotonic()
        assert self._ingest.take([self.journal.message(len(self.journal.lines))]) != [None]
        return at

    @contextmanager
    def changed_terminal(self, terminal_id: str, **changes: Any) -> Iterator[None]:
        """Let a terminal be another one for a while, as its register would."""
        with self.store.reading(utc_now()) as tx:
            before = load_terminal(tx, terminal_id)
        assert before is not None
        self._save(replace(before, **changes))
        try:
            yield
        finally:
            self._save(before)

    def _save(self, terminal: KeptTerminal) -> None:
        with self.store.transaction(utc_now()) as tx:
            save_terminals(tx, [terminal])
            insert_notices(tx, [Notice(TIER_CHANGED, "", "{}")])
        self.context.committed.set()

    def live(self) -> list[PortSession]:
        with self.store.reading(utc_now()) as tx:
            return [each.session for each in list_live_sessions(tx)]

    def live_of(self, terminal_id: str) -> list[PortSession]:
        return [each for each in self.live() if each.terminal_id == terminal_id]

    def in_centre(self, task: Callable[[], T]) -> T:
        """Do something in the centre's namespace, and give what came of it."""
        found: list[T] = []
        self.wires.thread("centre", lambda: found.append(task())).join()
        return found[0]

    def last_decided(self) -> tuple[str, tuple[str, ...]]:
        """Give the terminal of the last decision, and what failed."""
        hour, now = timedelta(hours=1), utc_now()
        with self.store.reading(now) as tx:
            last = [each for _, each in list_decisions(tx, now - hour, now + hour)][-1:]
        return (last[0].terminal_id, last[0].decision.failed) if last else ("", ())

    def told(self, log: str) -> str:
        """Give what a program of the lab has said so far."""
        return (self.root / log).read_text(errors="replace")

    def reach(self, seconds: float = 1.0) -> int | None:
        """Ask from the terminal, and give the VLAN whose server answers; None: nobody does in that time."""
        self.wires.run("terminal", "ip", "neigh", "flush", "dev", "eth0")
        with self.wires.socket("terminal") as asking:
            asking.settimeout(seconds)
            try:
                asking.sendto(b"?", (ZONE_SERVER, ZONE_PORT))
                return int(asking.recv(16))
            except OSError:
                return None

    @contextmanager
    def zone_servers(self) -> Iterator[None]:
        """Run a server in each tier, which says its VLAN's number to whoever asks."""
        with ExitStack() as stack:
            for vlan in self.wires.vlans:
                server = stack.enter_context(self.wires.socket(f"zone{vlan}"))
                server.bind((ZONE_SERVER, ZONE_PORT))
                threading.Thread(target=_say, args=(server, vlan), daemon=True).start()
            yield

    @contextmanager
    def gateway(self, *, cuts: bool = True) -> Iterator[None]:
        """Run the gateway's parts in the centre's namespace, all or without the one that ends sessions."""
        settings = self.context.settings.radius
        assert settings is not None
        stopped = threading.Event()
        keeper, cutter = TierKeeper(self.context), Cutter(self.context)
        keeper.on_renewed(cutter.renewed)

        def hear(notice: Notice) -> None:
            keeper.hear(notice)
            cutter.hear(notice)

        relay = Relay(self.store, self.context.live, utc_now, committed=self.context.committed, hear=hear)
        writer = DecisionWriter(self.store, utc_now, committed=relay.wake)
        listener = serve_radius(settings, create_radius(self.context, settings, writer))
        keeper.renew_all()
        tasks: list[Callable[[], None]] = [
            partial(keeper.run, stopped),
            partial(relay.run, stopped),
            partial(writer.run, stopped),
            listener.run,
        ]
        tasks += [partial(cutter.run, stopped)] if cuts else []
        threads = [self.wires.thread("centre", task) for task in tasks]
        try:
            wait_until(lambda: listener.started, 10)
            yield
        finally:
            stopped.set()
            relay.wake()
            listener.should_exit = True
            for thread in threads:
                thread.join(10)

    @contextmanager
    def network_server(self, number: int) -> Iterator[None]:
        """Run a FreeRADIUS as it was rendered."""
        folder = self.root / "radius" / f"radius-{number}"
        with self._running("centre", folder, "/usr/sbin/freeradius", "-f", "-d", str(folder)):
            wait_until(lambda: self._listens(AUTH_PORTS[number - 1]), 10)
            yield

    def _listens(self, port: int) -> bool:
        return f":{port} " in self.wires.run("centre", "ss", "-Hlun").stdout

    @contextmanager
    def port(self) -> Iterator[None]:
        """Run hostapd and the port's hardware."""
        folder = self.root / "switch"
        folder.mkdir(exist_ok=True)
        control = folder / "hostapd" / "port1"
        (folder / "hostapd.conf").write_text(self._hostapd(folder))
        servers = [(CENTRE, port) for port in AUTH_PORTS]
        self.switch = PortSwitch(self.wires.name("switch"), "port1", RELAY_PORT, servers, control)
        stopped = threading.Event()
        thread = self.wires.thread("switch", lambda: self.switch.run(stopped))
        try:
            with self._running("switch", folder, "hostapd", "-t", str(folder / "hostapd.conf")):
                wait_until(control.exists, 10)
                yield
        finally:
            stopped.set()
            thread.join(10)

    def _hostapd(self, folder: Path) -> str:
        secret = (self.root / "radius" / "secrets" / "floor-sw").read_text().strip()
        ends = (self.root / "gateway" / "switches" / "floor-sw").read_text().strip()
        told = {
            "interface": "port1",
            "driver": "wired",
            "logger_stdout": -1,
            "logger_stdout_level": 1,
            "ctrl_interface": folder / "hostapd",
            "ieee8021x": 1,
            "use_pae_group_addr": 1,
            "own_ip_addr": SWITCH,
            "nas_identifier": "floor-sw",
            "auth_server_addr": "127.0.0.1",
            "auth_server_port": RELAY_PORT,
            "auth_server_shared_secret": secret,
            "acct_server_addr": CENTRE,
            "acct_server_port": ACCT_PORT,
            "acct_server_shared_secret": secret,
            "radius_acct_interim_interval": 60,
            "radius_das_port": 3799,
            "radius_das_client": f"{CENTRE} {ends}",
            "radius_das_time_window": 300,
            "radius_das_require_event_timestamp": 1,
            "radius_das_require_message_authenticator": 1,
        }
        return "".join(f"{name}={value}\n" for name, value in told.items())

    @contextmanager
    def terminal(self, tier: str, *, identity: str = "", method: str = "eap=TLS") -> Iterator[None]:
        """Run a terminal's supplicant with its certificate, or by another method."""
        path = self.terminals.folder / f"t-{tier}"
        own = self.root / "supplicant"
        own.mkdir(exist_ok=True)
        settings = own / "wpa.conf"
        settings.write_text(
            f"ctrl_interface={own}/control\nap_scan=0\nnetwork={{\nkey_mgmt=IEEE8021X\n{method}\n"
            f'identity="{identity or path.name}"\nca_cert="{path.parent}/ca.pem"\n'
            f'client_cert="{path}.pem"\nprivate_key="{path}.key"\neapol_flags=0\n}}\n'
        )
        command = ("wpa_supplicant", "-t", "-Dwired", "-ieth0", "-c", str(settings))
        with self._running("terminal", own, *command):
            yield

    @contextmanager
    def _running(self, place: str, folder: Path, *command: str) -> Iterator[None]:
        with (folder / f"{Path(command[0]).name}.log").open("ab") as log:
            process = subprocess.Popen(self.wires.command(place, *command), stdout=log, stderr=log)
            try:
                yield
            finally:
                stop(process, signal.SIGTERM)


def _say(server: socket.socket, vlan: int) -> None:
    with suppress(OSError):  # the lab has ended
        while True:
            _, asks = server.recvfrom(16)
            server.sendto(str(vlan).encode(), asks)


def wait_until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait until something holds, and give for how long that was, in seconds.

    Raises:
        TimeoutError: it did not in that time.
    """
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError
        time.sleep(0.005)
    return time.monotonic() - began


def _fill(tx: Tx, tiers: list[str]) -> None:
    """Write down one person with all clearances, a terminal in each tier, and the rules that hold."""
    upsert_departments(tx, [Department("somu", "総務課", None)])
    upsert_persons(tx, [Person(WHO, "青木 太郎", "アオキ タロウ", "somu", joined_on=date(2020, 4, 1))])
    since = tx.now - timedelta(days=1)
    save_terminals(
        tx,
        [
            KeptTerminal(
                f"t-{tier}", tier, tier, "pc", since, certificate_from=since,
                certificate_until=tx.now + timedelta(days=300), kept_by=WHO,
            )
            for tier in tiers
        ],
    )  # fmt: skip
    for tier in tiers:
        insert_clearance(tx, Clearance(f"c-{tier}", WHO, tier, date(2020, 4, 1), None, "担当", "a", "b", tx.now))
    saying = Saying("足りません。", "Missing.", "確かめてください。", "See to it.")
    rules = tuple(Rule(code, saying, text, frozenset(tiers), "a") for code, text in RULES.items())
    insert_rule_set(tx, rules, by="a", note="")
    approved = tuple(Rule(each.code, saying, each.expression, each.tiers, "a", "b") for each in rules)
    activate_rule_set(tx, approved, Activation(hash_rules(rules), tx.now - timedelta(minutes=1), "a", "b"))
