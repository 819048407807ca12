"""Commands and places on their way to devices: at once after the commit, again until answered, by both transports."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.commands import DoorCommand, PlacesTold
from contract.records import CommandAnswered
from contract.topics import SHARDS, shard_of
from domain.access.policy import PassbackMode
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.intake.key_book import KeyBook
from gateway.intake.status_desk import StatusDesk
from gateway.live import Broadcast
from gateway.meaning.passages import Entry
from gateway.mqtt.commander import LOOK_SECONDS, RESEND_SECONDS, Commander
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.operations.access.command_doors import COMMAND_AGE_MAX, DoorRequest, command_doors
from gateway.operations.access.tell_places import tell_places
from gateway.orders.command_post import CommandPost
from gateway.orders.place_mail import GATHER_SECONDS, KEPT_SECONDS, PLACE_AGE_MAX, PlaceMail
from gateway.relay import Relay
from gateway.site.description import Site, load_site
from store.outbox import Notice
from store.tx import Store
from tests.editions import REVISIONS
from tests.gateway.broker import Broker, DeviceClient
from tests.gateway.city import NOW, Journal, settle
from tests.gateway.ingesting import enroll

CENTRE = Ed25519PrivateKey.generate()
SITE_FILE = Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml"
WEST, EAST, NORTH = (DeviceId(name) for name in ("west-1", "east-1", "north-1"))


def ruled_site(**rules: Any) -> Site:
    """The demo's site, where somebody asks who is in the public hall."""
    site = load_site(SITE_FILE)
    rules = rules or {"passback": PassbackMode.hard}
    areas = tuple(area.model_copy(update=rules) if area.id == "hall" else area for area in site.areas)
    return site.model_copy(update={"areas": areas})


SITE = ruled_site()


def entry(**changes: Any) -> Notice:
    known = {"person": "p1", "area": "hall", "left": "outside", "access_point": "main_in", "at": NOW, "device": WEST}
    return Entry(live=True, **(known | changes)).notice()


class Desk:
    """A commander on a clock of the test's own."""

    def __init__(self, store: Store, shards: Any = range(SHARDS)) -> None:
        self.seconds = 0.0
        self.store = store
        clock = lambda: self.seconds  # noqa: E731
        self.mail = PlaceMail(SITE, self.now, clock=clock)
        self.post = CommandPost(store, CENTRE, self.now, self.mail)
        self.commander = Commander(self.post, shards, clock=clock)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def ask(self, request: str, action: Any = "lock_down", **changes: Any) -> None:
        with self.store.transaction(self.now()) as tx:
            known = {"scope": "site", "scope_id": "", "by": "desk", "name": "青木", "reason": "訓練"} | changes
            asked = DoorRequest(id=request, action=action, **known)
            ids = iter(range(100))
            command_doors(tx, SITE, asked, draw_id=lambda: f"{request}-{next(ids)}")
        self.post.hear(Notice("door.commanded", request, "{}"))

    def due(self) -> list[tuple[str, str]]:
        told = self.commander.due()
        for each in told:
            each.message.require_signature(CENTRE.public_key())
            assert each.message.device == each.device
            assert each.message.expires_at == each.expires_at
        return sorted((each.device, each.message.kind) for each in told)


Open = Callable[..., Desk]


@pytest.fixture
def open_desk(store: Store) -> Iterator[Open]:
    """Desks that are closed again."""
    with ExitStack() as stack:

        def make(**known: Any) -> Desk:
            desk = Desk(store, **known)
            stack.callback(desk.commander.close)
            return desk

        yield make


@pytest.fixture
def desk(open_desk: Open) -> Desk:
    return open_desk()


def test_at_once_again_and_no_more_once_it_is_over(desk: Desk) -> None:
    assert desk.due() == []
    desk.ask("r1")
    everybody = [(EAST, "door.command"), (NORTH, "door.command"), (WEST, "door.command")]
    assert desk.due() == everybody
    desk.seconds = RESEND_SECONDS - 0.1
    assert desk.due() == []
    desk.seconds = RESEND_SECONDS
    assert desk.due() == everybody
    desk.commander.restart()
    assert desk.due() == everybody
    desk.seconds = COMMAND_AGE_MAX.total_seconds()
    assert desk.due() == []


def test_no_more_once_it_is_answered_or_taken_over(store: Store, desk: Desk) -> None:
    journal = Journal(WEST)
    settle(store, journal)
    desk.ask("r1")
    desk.due()
    [command] = [each for each in desk.post.load_waiting() if each.device_id == WEST]
    journal.append(CommandAnswered(at=NOW, mono_ms=1, boot="b", clock="synced", command=command.id, obeyed=True))
    Ingest(store, CENTRE, desk.now).take([journal.message()])
    desk.ask("r2", "resume", scope="door", scope_id="staff")
    assert desk.due() == [(EAST, "door.command")]
    desk.seconds = RESEND_SECONDS
    assert desk.due() == [(EAST, "door.command"), (NORTH, "door.command")]


def test_commands_of_another_process_are_found_by_looking(open_desk: Open) -> None:
    desk, other = open_desk(), open_desk()
    assert desk.due() == []
    other.ask("r1", scope="door", scope_id="main")
    assert desk.due() == []
    desk.seconds = LOOK_SECONDS
    assert desk.due() == [(WEST, "door.command")]


def test_each_worker_tells_its_own_shards(open_desk: Open) -> None:
    desk = open_desk(shards=[shard_of(WEST)])
    desk.ask("r1")
    desk.mail.hear(entry(device=EAST))
    desk.seconds = GATHER_SECONDS
    assert {device for device, _ in desk.due()} == {
        device for device in (WEST, EAST, NORTH) if shard_of(device) == shard_of(WEST)
    }


def test_the_devices_message_is_what_was_asked(desk: Desk) -> None:
    desk.ask("r1", "unlock", scope="door", scope_id="main", seconds=900)
    [told] = desk.commander.due()
    assert isinstance(told.message, DoorCommand)
    assert (told.message.id, told.message.doors, told.message.action) == ("r1-0", ("main",), "unlock")
    assert (told.message.seconds, told.message.by, told.message.issued_at) == (900, "desk", NOW)


# ---- places -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "left", "seen_by", "told"),
    [
        ("hall", "outside", WEST, {NORTH}),  # the west door leads into the hall, too
        ("outside", "hall", WEST, {NORTH}),  # and must know that they left it
        ("hall", "outside", NORTH, {WEST}),
        ("office", "outside", EAST, set()),  # nobody asks who is in the offices
    ],
)
def test_who_must_hear(area: str, left: str, seen_by: str, told: set[str]) -> None:
    assert tell_places(SITE, area=area, left=left, seen_by=seen_by) == told


@pytest.mark.parametrize("rules", [{"passback": PassbackMode.soft}, {"occupancy_max": 3}, {"two_person": True}])
def test_every_rule_about_who_is_inside_counts(rules: dict[str, Any]) -> None:
    assert tell_places(ruled_site(**rules), area="hall", left="outside", seen_by=WEST) == {NORTH}
    assert tell_places(load_site(SITE_FILE), area="hall", left="outside", seen_by=WEST) == frozenset()


def test_places_are_gathered_for_a_moment_and_told_once(desk: Desk) -> None:
    assert desk.commander.wait_seconds(0.25) == 0.25
    desk.post.hear(entry())
    assert desk.commander.wait_seconds(0.25) == pytest.approx(GATHER_SECONDS)
    assert desk.due() == []
    desk.seconds = GATHER_SECONDS / 2
    desk.post.hear(entry(person="p2"))
    desk.seconds = GATHER_SECONDS
    [told] = desk.commander.due()
    assert isinstance(told.message, PlacesTold)
    assert told.device == NORTH
    assert [(place.person, place.area, place.at) for place in told.message.places] == [
        ("p1", "hall", NOW), ("p2", "hall", NOW),
    ]  # fmt: skip
    assert told.message.expires_at == desk.now() + PLACE_AGE_MAX
    assert desk.due() == []


def test_an_old_place_is_told_to_nobody(desk: Desk) -> None:
    desk.post.hear(entry(at=NOW - PLACE_AGE_MAX - timedelta(seconds=1)))
    desk.post.hear(Notice("tap.recorded", "p1", "{}"))
    desk.seconds = 1
    assert desk.due() == []


def test_over_https_a_device_hears_its_own_until_it_is_over(desk: Desk) -> None:
    desk.ask("r1")
    desk.post.hear(entry())
    for seconds in (0.0, 1.0, KEPT_SECONDS):
        desk.seconds = seconds
        assert [told.kind for told in desk.post.list_for(NORTH)] == ["door.command", "places.told"]
        assert [told.kind for told in desk.post.list_for(WEST)] == ["door.command"]
    desk.seconds = KEPT_SECONDS + 0.1
    assert [told.kind for told in desk.post.list_for(NORTH)] == ["door.command"]
    desk.seconds = COMMAND_AGE_MAX.total_seconds()
    assert desk.post.list_for(NORTH) == []


# ---- over a real broker -------------------------------------------------------------------------------------------


AGAIN = 0.5


def clock() -> datetime:
    return datetime.now(UTC)


@contextmanager
def centre(store: Store, broker: Broker, site: Site = SITE) -> Iterator[CommandPost]:
    """A consumer, a relay and what they share, each in its thread."""
    settings, keys = broker.settings(), KeyBook(store)
    post = CommandPost(store, CENTRE, clock, PlaceMail(site, clock))
    relay = Relay(store, Broadcast(), clock, hear=post.hear)
    consumer = Consumer(
        settings,
        CENTRE,
        clock,
        ingest=Ingest(store, CENTRE, clock, keys=keys, committed=relay.wake),
        desk=StatusDesk(store, CENTRE, clock, keys=keys, committed=relay.wake),
        herald=Herald(store, REVISIONS, CENTRE, clock, settings.shards),
        commander=Commander(post, settings.shards, resend_seconds=AGAIN),
    )
    stop = threading.Event()
    threads = [threading.Thread(target=run, args=(stop,)) for run in (relay.run, consumer.run)]
    for thread in threads:
        thread.start()
    try:
        yield post
    finally:
        stop.set()
        relay.wake()
        for thread in threads:
            thread.join(20)
    assert not any(thread.is_alive() for thread in threads)


def press(store: Store, **changes: Any) -> None:
    with store.transaction(clock()) as tx:
        known = {"action": "lock_down", "scope": "site", "scope_id": "", "by": "desk", "name": "青木", "reason": "訓練"}
        ids = iter(range(1000))
        asked = DoorRequest(id=f"r{time.monotonic_ns()}", **(known | changes))
        command_doors(tx, SITE, asked, draw_id=lambda: f"{asked.id}-{next(ids)}")


@pytest.mark.real
def test_a_device_hears_answers_and_is_left_in_peace(store: Store, tmp_path: Path) -> None:
    broker, journal = Broker(tmp_path), Journal(WEST)
    settle(store, journal)
    with broker.running(), DeviceClient(broker, WEST) as device, centre(store, broker):
        assert device.centre.get(timeout=10).up
        press(store)
        command = device.commands.get(timeout=10)
        assert isinstance(command, DoorCommand)
        command.require_signature(CENTRE.public_key())
        assert command.doors == ("main",)
        stamp = {"at": clock(), "mono_ms": 1, "boot": "b", "clock": "synced"}
        journal.append(CommandAnswered(command=command.id, obeyed=True, **stamp))
        device.send(journal.batch())
        device.answers.get(timeout=10)
        with pytest.raises(Empty):
            device.commands.get(timeout=2 * AGAIN)


@pytest.mark.real
def test_a_command_for_a_device_that_was_away_comes_with_it(store: Store, tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    settle(store, Journal(WEST))
    with broker.running(), centre(store, broker):
        press(store)
        time.sleep(0.5)
        with DeviceClient(broker, WEST) as device:
            command = device.commands.get(timeout=10)
            assert isinstance(command, DoorCommand)


@pytest.mark.real
def test_one_controllers_entry_is_told_to_the_others(store: Store, tmp_path: Path) -> None:
    from tests.gateway.city import PEOPLE, make_policy, make_tap

    broker, journal = Broker(tmp_path), Journal(WEST)
    policy = make_policy()
    ruled = {area: replace(rules, passback=PassbackMode.hard) for area, rules in policy.areas.items()}
    policy = replace(policy, areas=ruled)
    settle(store, journal, policy=policy)
    site = SITE.model_copy(
        update={
            "areas": tuple(
                area.model_copy(update={"id": name, "passback": PassbackMode.hard})
                for area, name in zip(SITE.areas[:4], ("hall", "office", "server", "x"), strict=True)
            ),
            "access_points": tuple(point.model_copy(update={"area_to": "office"}) for point in SITE.access_points),
        }
    )
    with store.transaction(NOW) as tx:
        enroll(tx, Journal(EAST))
    with (
        broker.running(),
        DeviceClient(broker, WEST) as seeing,
        DeviceClient(broker, EAST) as other,
        centre(store, broker, site),
    ):
        assert seeing.centre.get(timeout=10).up
        journal.append(make_tap(PEOPLE[0], at=clock(), policy=policy))
        seeing.send(journal.batch())
        told = other.commands.get(timeout=10)
        assert isinstance(told, PlacesTold)
        told.require_signature(CENTRE.public_key())
        assert [(place.person, place.area) for place in told.places] == [(PEOPLE[0], "office")]
        with pytest.raises(Empty):
            seeing.commands.get(timeout=0.5)
