"""The gateway's own threads, a rendered mosquitto with its access rules, and somebody who listens as Home Assistant."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.records import Body, DoorModeChanged, DoorMoved, ReaderReported
from contract.signatures import public_key_text
from contract.status import DeviceBorn, DeviceLost
from domain.access.overrides import DoorMode
from domain.ids import DeviceId
from gateway.home_assistant.speaker import BIRTH_SECONDS, Speaker
from gateway.home_assistant.states import list_places
from gateway.home_assistant.topics import HomeTopics
from gateway.intake.reception import open_reception
from gateway.main import _consumer, open_context, utc_now
from gateway.orders.command_post import open_command_post
from gateway.relay import Relay
from gateway.settings import load_gateway_settings
from gateway.site.certificates import ensure_authority, ensure_client_certificate
from gateway.site.consistency import HOME_ASSISTANT
from gateway.site.description import Site
from gateway.site.layout import RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from store.alarms import list_open_alarms
from store.devices import insert_device
from store.migrate import migrate
from tests.gateway.city import Journal
from tests.gateway.home_assistant.home import Home
from tests.gateway.home_assistant.test_telling import SITE, without_doors
from tests.gateway.site.mqtt_peer import Credentials, Peer
from tests.servers import free_port, mosquitto

pytestmark = pytest.mark.real

WEST = DeviceId("west-1")
TOPICS = HomeTopics("homeassistant", "demo")
ONLINE = "sekisho-demo-controller-west-1-online"
PROBE = "probe"
"""Somebody who may hear everything, and whom nobody takes for Home Assistant."""

ALLOWED, NOT_AUTHORIZED = {0, 16}, 135


@dataclass
class Town:
    """One installation: its gateway runs when the test says so."""

    root: Path
    port: int
    rendered: RenderedSite = field(init=False)
    journal: Journal = field(default_factory=lambda: Journal(WEST))

    def render(self, *, announces: bool) -> None:
        """Render the demo site, with Home Assistant or without."""
        pages, devices = (f"127.0.0.1:{free_port()}" for _ in range(2))
        options = RenderOptions(
            broker_port=self.port, pages_listen=pages, devices_listen=devices, home_assistant=announces
        )
        self.rendered = render_site(SITE, self.root, options=options, now=datetime.now(UTC))

    def peer(self, name: str) -> Peer:
        folder = self.root / {HOME_ASSISTANT: "home-assistant", PROBE: PROBE}.get(name, f"edge/{name}")
        credentials = Credentials(self.root / "broker" / "ca.crt", folder / "client.crt", folder / "client.key")
        return Peer(credentials, self.port, client_id=name)

    @contextmanager
    def gateway(
        self, *, announces: bool = True, site: Site = SITE, birth_seconds: float = BIRTH_SECONDS
    ) -> Iterator["Gateway"]:
        """Run consumer, relay and speaker as the gateway does; what one of them raises is raised at the end."""
        settings = load_gateway_settings(self.rendered.gateway_settings)
        home_assistant = settings.home_assistant.model_copy(update={"announces": announces})
        context = open_context(settings.model_copy(update={"home_assistant": home_assistant}))
        context.site = site
        post, reception = open_command_post(context), open_reception(context, committed=context.committed.set)
        speaker = Speaker(context, TOPICS, birth_seconds=birth_seconds)
        relay = Relay(context.store, context.live, utc_now, committed=context.committed, hear=speaker.note)
        stop, raised = threading.Event(), list[BaseException]()

        def run(task: Callable[[threading.Event], None]) -> None:
            try:
                task(stop)
            except BaseException as error:
                raised.append(error)

        tasks = (_consumer(context, reception, post, speaker).run, relay.run, speaker.run)
        threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
        for thread in threads:
            thread.start()
        try:
            yield Gateway(context)
        finally:
            stop.set()
            for thread in threads:
                thread.join(20)
            context.store.close()
        assert not any(thread.is_alive() for thread in threads)
        assert raised == []

    def say(self, device: Peer, *bodies: Body) -> None:
        """Let the controller tell what happened."""
        first = len(self.journal.lines) + 1
        for body in bodies:
            self.journal.append(body)
        assert device.publish(topics.journal(WEST), self.journal.batch(first)) in ALLOWED

    def be_born(self, device: Peer) -> None:
        """Let the controller come onto the network."""
        counts = {"epoch": self.journal.epoch, "first_seq": 1, "next_seq": 1, "pending": 0, "policy_version": 0}
        born = DeviceBorn(device=WEST, session="s1", software="agent 9", at=utc_now(), **counts)
        assert device.publish(topics.status(WEST), born.signed(self.journal.key).encoded()) in ALLOWED

    def be_lost(self, device: Peer) -> None:
        """Let the controller's last will be spoken."""
        lost = DeviceLost(device=WEST, session="s1").signed(self.journal.key)
        assert device.publish(topics.status(WEST), lost.encoded()) in ALLOWED


@dataclass
class Gateway:
    """A running one."""

    context: Any


class Watcher:
    """Home Assistant: what it subscribes, and what it then makes of what it hears."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.home = Home()
        self._taken = 0
        for each in ("homeassistant/+/+/config", "homeassistant/+/+/+/config", "sekisho/1/#"):
            peer.subscribe(each)

    def wait(self, holds: Callable[[Home], bool], seconds: float = 20) -> None:
        """Wait until what is seen is as it is to be, generously."""
        deadline = time.monotonic() + seconds
        while True:
            received = self.peer.received[self._taken :]
            self._taken += len(received)
            for topic, payload in received:
                self.home.take(topic, payload)
            if holds(self.home):
                return
            assert time.monotonic() < deadline, (sorted(self.home.components), self.home.heard)
            time.sleep(0.01)

    def wait_for(self, entity: str, state: str) -> None:
        self.wait(lambda home: home.state(entity) == state)


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Rendered and migrated, with one controller enrolled; nothing runs yet."""
    town = Town(tmp_path_factory.mktemp("s"), free_port())
    town.render(announces=True)
    settings = load_gateway_settings(town.rendered.gateway_settings)
    migrate(settings.database_url)
    context = open_context(settings)
    with context.store.transaction(utc_now()) as tx:
        insert_device(tx, WEST, public_key_text(town.journal.key.public_key()))
    context.store.close()
    authority = ensure_authority(town.root / "ca", "", now=datetime.now(UTC))
    ensure_client_certificate(authority, town.root / PROBE, "client", name=PROBE, now=datetime.now(UTC))
    with (town.root / "broker" / "acl").open("a") as acl:
        acl.write(f"\nuser {PROBE}\ntopic read #\n")
    return town


@pytest.fixture
def watcher(town: Town) -> Iterator[Watcher]:
    """Home Assistant on the running broker."""
    with mosquitto(town.rendered.broker_settings, town.port), town.peer(HOME_ASSISTANT) as peer:
        yield Watcher(peer)


def stamp() -> dict[str, Any]:
    return {"at": utc_now(), "mono_ms": 1, "boot": "boot-1", "clock": "synced"}


def moved(state: Any) -> DoorMoved:
    return DoorMoved(door="main", state=state, **stamp())


def retained(town: Town) -> dict[str, bytes]:
    """What somebody hears who comes now."""
    with town.peer(PROBE) as peer:
        for each in ("homeassistant/#", "sekisho/1/home-assistant/#"):
            peer.subscribe(each)
            peer.settle(each)
        return dict(peer.received)


def knows_software(home: Home) -> bool:
    return any(it["device"].get("sw_version") == "agent 9" for it in home.components[TOPICS.config(WEST)].values())


def has_all(home: Home) -> bool:
    return len(home.components) == len(SITE.devices)


def test_a_door_is_seen_to_open_and_its_controller_to_go(town: Town, watcher: Watcher) -> None:
    with town.gateway(), town.peer(WEST) as device:
        watcher.wait_for(ONLINE, "off")
        watcher.wait_for("sekisho-demo-door-main-lock", "unavailable")
        town.be_born(device)
        watcher.wait_for(ONLINE, "on")
        watcher.wait_for("sekisho-demo-door-main-contact", "unknown")
        town.say(device, moved("closed"), moved("released"))
        watcher.wait_for("sekisho-demo-door-main-lock", "on")
        watcher.wait_for("sekisho-demo-door-main-mode", "accessed")
        town.say(device, moved("relocked"), moved("forced_open"))
        watcher.wait_for("sekisho-demo-door-main-problem", "on")
        watcher.wait_for("sekisho-demo-door-main-contact", "on")
        assert watcher.home.attributes("sekisho-demo-door-main-problem") == {"troubles": ["forced_open"]}
        town.say(device, DoorModeChanged(door="main", mode=DoorMode.locked_down, source="command", **stamp()))
        watcher.wait_for("sekisho-demo-door-main-mode", "locked_down")
        town.say(device, ReaderReported(reader="main_in", health="lost", cause="usb", **stamp()))
        watcher.wait_for("sekisho-demo-reader-main_in-problem", "on")
        watcher.wait(knows_software)
        town.be_lost(device)
        watcher.wait_for(ONLINE, "off")
        watcher.wait_for("sekisho-demo-door-main-mode", "unavailable")
    watcher.wait_for(ONLINE, "unavailable")  # the gateway's last will


def test_the_whole_gateway_tells_it(town: Town, watcher: Watcher) -> None:
    program = [sys.executable, "-c", "from sekisho.command import main; main()", "gateway", "run"]
    gateway = subprocess.Popen([*program, "--config", town.rendered.gateway_settings], stderr=subprocess.PIPE)
    try:
        watcher.wait(has_all, 60)
        with town.peer(WEST) as device:
            town.be_born(device)
            town.say(device, moved("opened"))
            watcher.wait_for("sekisho-demo-door-main-contact", "on")
    finally:
        gateway.send_signal(signal.SIGTERM)
        _, said = gateway.communicate(timeout=30)
    assert gateway.returncode == 0, said.decode()
    watcher.wait_for(ONLINE, "unavailable")


def test_who_comes_later_sees_the_same(town: Town, watcher: Watcher) -> None:
    with town.gateway(), town.peer(WEST) as device:
        watcher.wait(has_all)  # the gateway listens
        town.be_born(device)
        town.say(device, moved("opened"))
        watcher.wait_for("sekisho-demo-door-main-contact", "on")
        watcher.wait(knows_software)
        late = Home()
        for topic, payload in retained(town).items():
            late.take(topic, payload)
        late.take(topics.CENTRE, b'{"up":true}')
        assert late.components == watcher.home.components
        assert late.state("sekisho-demo-door-main-contact") == "on"


def test_a_door_and_a_controller_that_the_site_loses_go(town: Town, watcher: Watcher) -> None:
    with town.gateway() as gateway:
        watcher.wait(has_all)
        gateway.context.site = without_doors("server", "staff")
        watcher.wait(lambda home: len(home.components) == 2)
        watcher.wait(lambda home: home.entity("sekisho-demo-door-server-mode") is None)
        assert watcher.home.entity("sekisho-demo-door-west-mode")
        gone = ("east-1", "server", "staff")
        watcher.wait(lambda _: not any(name in topic for topic in retained(town) for name in gone))


def test_what_was_announced_before_a_restart_goes_after_it(town: Town, watcher: Watcher) -> None:
    with town.gateway():
        watcher.wait(has_all)
    with town.gateway(site=without_doors("server", "staff")):
        watcher.wait(lambda home: len(home.components) == 2)
        watcher.wait(lambda home: home.entity("sekisho-demo-door-server-mode") is None)
        gone = ("east-1", "server", "staff")
        watcher.wait(lambda _: not any(name in topic for topic in retained(town) for name in gone))


def test_switched_off_it_takes_everything_back(town: Town, watcher: Watcher) -> None:
    with town.gateway():
        watcher.wait(has_all)
        watcher.wait(lambda home: ONLINE in {it["unique_id"] for it in home.components[TOPICS.config(WEST)].values()})
    assert retained(town)
    with town.gateway(announces=False):
        watcher.wait(lambda home: not home.components)
        watcher.wait(lambda _: not retained(town))


def test_off_is_how_it_comes(town: Town) -> None:
    town.render(announces=False)
    assert not load_gateway_settings(town.rendered.gateway_settings).home_assistant.announces
    assert f"user {HOME_ASSISTANT}" not in (town.root / "broker" / "acl").read_text()


def test_a_home_assistant_that_has_started_is_told_again(town: Town, watcher: Watcher) -> None:
    with town.gateway(birth_seconds=0.0) as gateway:
        watcher.wait(has_all)
        watcher.wait(lambda home: home.configs >= len(SITE.devices))
        told = watcher.home.configs
        assert watcher.peer.publish(TOPICS.birth, b"offline") in ALLOWED
        assert watcher.peer.publish(TOPICS.birth, b"online") in ALLOWED
        watcher.wait(lambda home: home.configs == told + len(SITE.devices))
        with gateway.context.store.reading(utc_now()) as tx:
            assert list_open_alarms(tx) == []  # what Home Assistant says is no device's message


def test_starts_in_quick_succession_are_answered_once(town: Town) -> None:
    mono = [100.0]
    context = open_context(load_gateway_settings(town.rendered.gateway_settings))
    speaker = Speaker(context, TOPICS, clock=lambda: mono[0])
    told = []
    for _ in range(4):
        mono[0] += BIRTH_SECONDS / 2
        speaker.hear(TOPICS.birth, b"online", retained=False)
        speaker.look()
        speaker.look()  # what waits to be sent goes first
        told.append(len(speaker.take(1000)))
    everything = len(list_places(SITE, TOPICS)) + len(SITE.devices)
    assert told == [everything, 0, everything, 0]
    speaker.hear(TOPICS.birth, b"online", retained=True)  # it had started before the connection was made
    mono[0] += BIRTH_SECONDS
    speaker.look()
    assert len(speaker.take(3)) == 3  # the one before is answered still
    assert speaker.has_ready
    context.store.close()


def test_a_broker_that_forgot_is_told_again(town: Town) -> None:
    states = list_places(SITE, TOPICS)
    with ExitStack() as broker, town.gateway():
        broker.enter_context(mosquitto(town.rendered.broker_settings, town.port))
        wait_until(lambda: len(retained(town)) == len(states) + len(SITE.devices))
        broker.close()
        broker.enter_context(mosquitto(town.rendered.broker_settings, town.port))
        wait_until(lambda: len(retained(town)) == len(states) + len(SITE.devices))


def test_home_assistant_can_command_nothing(town: Town, watcher: Watcher) -> None:
    with town.gateway():
        watcher.wait(has_all)
        before = retained(town)
        named = set(before) | {topics.CENTRE}
        named |= {topic.replace("/config", "/set") for topic in before} | {f"{topic}/set" for topic in before}
        named |= {kind(WEST) for kind in (topics.command, topics.policy, topics.receipt, topics.status, topics.journal)}
        named |= {"homeassistant/lock/main/set", "homeassistant/status/x", "homeassistant/device/other/west-1/config"}
        codes = {watcher.peer.publish(topic, b"OFF", retain=True) for topic in named}
        assert codes == {NOT_AUTHORIZED}
        assert retained(town) == before


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + timedelta(seconds=20).total_seconds()
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
