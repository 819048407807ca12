"""From a tap that leads out of a room to the Disconnect-Request at the switch, and a thousand sessions ended at once.

The way of a tap is real: a signed batch to mosquitto with mutual TLS, the consumer, the commit, outbox and relay, the
renewed facts, the decision, the commit of the session's end with it, the request's datagram. The clock starts when the
tap is published and stops when the switch has the datagram. Journals, gateway and switch share this process and the
machine's two processors. Baselines of the same run: as many bare messages through the same broker, and bare commits: a
tap's way has two.

The thousand are on one switch that is 20 ms away and loses one packet in twenty, each way.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.bare_commit import BareCommits
from benchmarks.bare_messages import time_bare_messages
from benchmarks.plant import PEOPLE, POLICY, SIGNING_KEY, Plant, connect, consuming, running_plant, show, utc_now
from benchmarks.spread import MILLISECONDS, spread
from contract import topics
from domain.ids import DeviceId
from domain.zones.tier_session import PortSession, SessionState
from emulation.nas import EmulatedSwitch
from gateway.context import GatewayContext
from gateway.intake.ingest import Ingest
from gateway.live import Broadcast
from gateway.radius.cutter import Cutter
from gateway.relay import Relay
from gateway.settings import AttendanceSettings, RadiusSettings
from gateway.site.description import Site
from gateway.site.network import RadiusClientDescription, SwitchModelDescription
from gateway.zones.tier_keeper import TierKeeper
from store.last_seen import save_seen
from store.outbox import Notice
from store.people import Department, Person, upsert_departments, upsert_persons
from store.port_sessions import insert_sessions, list_live_sessions
from store.presence import Presence, save_presences
from store.terminals import KeptTerminal, save_terminals
from store.tier_rules import Activation, activate_rule_set, insert_rule_set
from store.tx import Store
from tests.domain.zones.cases import LGWAN, rule
from tests.gateway.city import Journal, make_tap, settle
from tests.gateway.zones.building import DEMO, tier

TAPS = 300
A_SECOND = 10
MANY = 1000
AWAY_SECONDS, LOST = 0.02, 0.05
WAIT_SECONDS = 60.0
NAS, SECRET = "floor-2", b"between the gateway and one switch"
DAY = timedelta(days=1)
RULES = (
    rule("known", "person_known and employed and not suspended", LGWAN),
    rule("terminal", "terminal_issued and terminal_certified and terminal_tier == tier", LGWAN),
    rule("present", "present", LGWAN),
)


def run() -> dict[str, Any]:
    """Measure on both databases; gives milliseconds of a tap's way, and seconds for the thousand."""
    figures: dict[str, Any] = {"taps": TAPS, "a_second": A_SECOND, "sessions": MANY, "lost": LOST}
    figures["away_ms"] = round(AWAY_SECONDS * MILLISECONDS)
    with running_plant() as plant:
        for name, url in (("sqlite", plant.new_file("cut")), ("postgresql", plant.new_database("cut"))):
            (folder := plant.folder / f"switches-{name}").mkdir()
            figures[name] = _measure(plant, folder, Store(url))
            show(f"cut, {name}", figures[name])
    return figures


def describe_site(port: int) -> Site:
    """Give a site of two rooms, one of which the tier may be used in, and one switch."""
    first = DEMO.access_points[0]
    ways = (("main-in", "hall", "office"), ("main-out", "office", "hall"))
    points = tuple(
        first.model_copy(update={"id": id_, "door": "main", "area_from": left, "area_to": to}) for id_, left, to in ways
    )
    client = RadiusClientDescription(id=NAS, name="2階", name_en="Floor 2", address="127.0.0.1", model="m")  # type: ignore[arg-type]
    model = SwitchModelDescription(id="m", name="機種", name_en="Model", port=port)
    tiers = (tier(LGWAN, 20, "office", trainings=(), hours="always"),)
    update = {"access_points": points, "tiers": tiers, "radius_clients": (client,), "switch_models": (model,)}
    return DEMO.model_copy(update=update)


class _Centre:
    """The gateway's parts between a commit and a switch."""

    def __init__(self, store: Store, folder: Path, site: Site) -> None:
        (folder / NAS).write_bytes(SECRET)
        radius = RadiusSettings.model_validate(
            {"listen": "127.0.0.1:0", "servers_folder": folder, "switches_folder": folder}
        )
        settings: Any = SimpleNamespace(attendance=AttendanceSettings(), radius=radius)
        self.store = store
        self.context = GatewayContext(settings, store, site, SIGNING_KEY, utc_now, Broadcast())
        self.keeper = TierKeeper(self.context)
        self.cutter = Cutter(self.context, bind="127.0.0.1")
        self.keeper.on_renewed(self.cutter.renewed)
        committed = self.context.committed
        self.relay = Relay(store, self.context.live, utc_now, committed=committed, hear=self._hear)
        self.ingest = Ingest(store, SIGNING_KEY, utc_now, committed=committed.set)

    def _hear(self, notice: Notice) -> None:
        self.keeper.hear(notice)
        self.cutter.hear(notice)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the threads."""
        stop = threading.Event()
        tasks: tuple[Callable[[threading.Event], None], ...] = (self.relay.run, self.keeper.run, self.cutter.run)
        threads = [threading.Thread(target=task, args=(stop,)) for task in tasks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            self.relay.wake()
            for thread in threads:
                thread.join()


@contextmanager
def _switched_on() -> Iterator[tuple[EmulatedSwitch, int]]:
    switch, loop = EmulatedSwitch(SECRET, utc_now, seed=1), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield switch, asyncio.run_coroutine_threadsafe(switch.listen(), loop).result(5)
    finally:
        loop.call_soon_threadsafe(switch.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _furnish(store: Store, switch: EmulatedSwitch) -> None:
    """Everybody is in the office, at a terminal of their own, on a port."""
    now = utc_now()
    with store.transaction(now - DAY) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person(each, "職員", "しょくいん", "d") for each in PEOPLE])
        issued: dict[str, Any] = {"certificate_from": now - DAY, "certificate_until": now + DAY}
        terminals = [KeptTerminal(f"t-{each}", "端末", LGWAN, "pc", now - DAY, kept_by=each) for each in PEOPLE]
        save_terminals(tx, [replace(each, **issued) for each in terminals])
        activate_rule_set(tx, RULES, Activation(insert_rule_set(tx, RULES, by="a", note=""), now - DAY, "a", "b"))
    here = [Presence(each, "office", "main-in", now - timedelta(minutes=5)) for each in PEOPLE]
    with store.transaction(now) as tx:
        save_presences(tx, here)
        save_seen(tx, here)
    _let_in(store, switch, "a")


def _let_in(store: Store, switch: EmulatedSwitch, series: str) -> None:
    now = utc_now()
    sessions = [
        PortSession(
            f"{series}-{each}", LGWAN, 20, f"t-{each}", each, NAS, str(number), SessionState.confirmed, now,
            station=f"02-00-00-00-{number // 256:02x}-{number % 256:02x}", switch_session=f"{series}{number:07x}",
        )
        for number, each in enumerate(PEOPLE)
    ]  # fmt: skip
    switch.sessions |= {each.switch_session: each.station for each in sessions}
    with store.transaction(now) as tx:
        insert_sessions(tx, sessions)


def _measure(plant: Plant, folder: Path, store: Store) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    journal = Journal(DeviceId("box-0"))
    settle(store, journal, policy=POLICY)
    with ExitStack() as running:
        running.callback(store.close)
        switch, port = running.enter_context(_switched_on())
        _furnish(store, switch)
        centre = _Centre(store, folder, describe_site(port))
        running.enter_context(centre.running())
        running.enter_context(consuming(plant, store, centre.ingest))
        time.sleep(3)
        if switch.seen.requests:
            raise RuntimeError("somebody was put off who may be there")
        spent = time.process_time()
        figures["tap_to_disconnect_ms"] = spread(_tap_out(plant, journal, switch), MILLISECONDS)
        figures["processor_ms_a_tap"] = round((time.process_time() - spent) / TAPS * MILLISECONDS, 1)
        commits = BareCommits(folder)
        running.callback(commits.close)
        figures["bare_commit_ms"] = spread([commits.time() for _ in range(100)], MILLISECONDS)
        figures["bare_message_ms"] = spread([time_bare_messages(plant.broker, 1, 700) for _ in range(20)], MILLISECONDS)
        figures |= _end_all(centre, switch)
    return figures


def _tap_out(plant: Plant, journal: Journal, switch: EmulatedSwitch) -> list[float]:
    """Let people leave one after the other; gives the seconds until the switch was told of each."""
    client, began = connect(plant.broker, "publisher"), []
    for number in range(TAPS):
        due = time.monotonic() + 1 / A_SECOND
        journal.append(make_tap(PEOPLE[number], "main-out", utc_now(), policy=POLICY))
        payload = journal.batch(number + 1, number + 1, "live")
        began.append(time.monotonic())
        client.publish(topics.journal(journal.device), payload, qos=1)
        time.sleep(max(0.0, due - time.monotonic()))
    _await(lambda: len(switch.seen.ended_mono) >= TAPS)
    client.disconnect()
    client.loop_stop()
    told = switch.seen.ended_mono
    return [told[f"a{number:07x}"] - at for number, at in enumerate(began)]


def _end_all(centre: _Centre, switch: EmulatedSwitch) -> dict[str, Any]:
    """Take the rules away; gives the seconds until no session is left on the switch, and in the book."""
    _let_in(centre.store, switch, "b")
    switch.faults.delay_seconds, switch.faults.lost = AWAY_SECONDS, LOST
    left = len(switch.sessions)
    centre.context.tiers.hold_rules(())
    began = time.monotonic()
    centre.cutter.renewed(None)
    _await(lambda: len(switch.sessions) <= left // 100)
    off = time.monotonic() - began
    _await(lambda: not _list_ending(centre.store))
    booked = time.monotonic() - began
    with centre.store.reading(utc_now()) as tx:
        disobeyed = len(list_live_sessions(tx))
    found = {"cut": left, "off_99_percent_s": round(off, 2), "all_settled_s": round(booked, 2)}
    return found | {"left_to_be_told_again": disobeyed}


def _list_ending(store: Store) -> bool:
    with store.reading(utc_now()) as tx:
        return any(kept.session.state is not SessionState.disobeyed for kept in list_live_sessions(tx))


def _await(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("not in time")
        time.sleep(0.002)
