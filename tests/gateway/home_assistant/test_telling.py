"""What Home Assistant is told, held against its documentation; what has to be published so that it knows. No broker."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.overrides import DoorMode
from gateway.home_assistant.announcement import Origin, announce_site, encode_payload
from gateway.home_assistant.changes import list_publications
from gateway.home_assistant.states import HomeFacts, list_places, tell_door, tell_reader, tell_states
from gateway.home_assistant.topics import STATES, HomeTopics
from gateway.site.description import Site, load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from store.devices import DeviceStatus
from store.door_states import DoorFacts, ReaderFacts
from tests.gateway.home_assistant.home import (
    AVAILABILITY_TOPIC_KEYS,
    COMPONENT_KEYS,
    DEVICE_CLASSES,
    DEVICE_KEYS,
    ORIGIN_KEYS,
    ROOT_KEYS,
    Home,
)

SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
TOPICS = HomeTopics("homeassistant", "demo")
ORIGIN = Origin("1.2", "https://sekisho.example/doors")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CENTRE_UP = ("sekisho/1/centre", b'{"up":true}')


def without_doors(*doors: str) -> Site:
    """The demo site after doors, with their sides and readers, are gone; a controller without any goes too."""
    points = tuple(point for point in SITE.access_points if point.door not in doors)
    readers = tuple(reader for reader in SITE.readers if reader.access_point in {point.id for point in points})
    devices = tuple(device for device in SITE.devices if device.id in {reader.device for reader in readers})
    left = tuple(door for door in SITE.doors if door.id not in doors)
    return SITE.model_copy(update={"doors": left, "access_points": points, "readers": readers, "devices": devices})


SITES = (SITE, without_doors("server"), without_doors("main"), without_doors("west", "server"))


def announced(site: Site = SITE) -> dict[str, dict[str, Any]]:
    return announce_site(site, TOPICS, ORIGIN, {"west-1": "agent 0.1"})


def wanted(site: Site = SITE, *doors: DoorFacts) -> dict[str, bytes]:
    online = [DeviceStatus(device.id, True, "s", 1, 0, 1, "1", NOW) for device in site.devices]  # type: ignore[arg-type]
    states = tell_states(list_places(site, TOPICS), HomeFacts(doors, (), online))
    return states | {topic: encode_payload(payload) for topic, payload in announced(site).items()}


def publish(home: Home, held: dict[str, bytes], to_hold: dict[str, bytes], *, again: bool = False) -> int:
    """Publish what is to be, to a broker (``held``) and to whoever listens; gives how many messages that took."""
    publications = list_publications(TOPICS, held, to_hold, again=again)
    for topic, payload in publications:
        home.take(topic, payload)
        if payload:
            held[topic] = payload
        else:
            held.pop(topic, None)
    return len(publications)


def entities(home: Home) -> set[str]:
    return {each["unique_id"] for known in home.components.values() for each in known.values()}


def named_topics(payload: Any) -> set[str]:
    if isinstance(payload, dict):
        own = {value for key, value in payload.items() if key.endswith("topic")}
        return own.union(*(named_topics(value) for value in payload.values()))
    return set().union(*(named_topics(value) for value in payload)) if isinstance(payload, list) else set()


def test_each_controller_is_announced_in_documented_words_alone() -> None:
    found = announced()
    assert list(found) == [f"homeassistant/device/sekisho-demo/{device.id}/config" for device in SITE.devices]
    for payload in found.values():
        assert set(payload) <= ROOT_KEYS
        assert set(payload["device"]) <= DEVICE_KEYS
        assert set(payload["origin"]) <= ORIGIN_KEYS
        assert payload["device"]["identifiers"]
        components = payload["components"].values()
        for option in [payload, *components]:
            assert all(set(each) <= AVAILABILITY_TOPIC_KEYS for each in option.get("availability", []))
        for component in components:
            assert set(component) <= COMPONENT_KEYS[component["platform"]]
            assert component["device_class"] in DEVICE_CLASSES[component["platform"]]
            assert component["default_entity_id"].startswith(f"{component['platform']}.sekisho_demo_")
            assert component["unique_id"]


def test_it_is_read_only() -> None:
    text = json.dumps(announced())
    assert "command" not in text
    assert {component["platform"] for each in announced().values() for component in each["components"].values()} == {
        "binary_sensor",
        "sensor",
    }


def test_a_controller_its_doors_and_its_readers() -> None:
    west = announced()[TOPICS.config("west-1")]
    device = west["device"]
    assert (device["name"], device["suggested_area"], device["sw_version"]) == ("西側制御盤", "市民ホール", "agent 0.1")
    assert (device["manufacturer"], device["model_id"]) == ("Sekisho", "west-1")
    assert "sw_version" not in announced()[TOPICS.config("east-1")]["device"]
    names = {key: component["name"] for key, component in west["components"].items()}
    assert names == {
        "controller-west-1-online": "接続",
        "door-main-contact": "正面玄関 開閉",
        "door-main-lock": "正面玄関 錠",
        "door-main-mode": "正面玄関 モード",
        "door-main-problem": "正面玄関 異常",
        "reader-main_in-problem": "リーダー 正面玄関・外側",
        "reader-main_out-problem": "リーダー 正面玄関・内側",
    }
    assert west["components"]["door-main-mode"]["options"] == [mode.value for mode in DoorMode]


def test_every_topic_that_is_named_is_told() -> None:
    assert named_topics(list(announced().values())) - {"sekisho/1/centre"} == {
        place.topic for place in list_places(SITE, TOPICS)
    }
    assert all(topic.startswith(STATES) for topic in tell_states(list_places(SITE, TOPICS), HomeFacts()))


def test_a_topic_is_an_announcement_of_this_site_or_it_is_not() -> None:
    config = TOPICS.config("west-1")
    assert TOPICS.is_config(config)
    others = (TOPICS.config("a/b"), HomeTopics("homeassistant", "other").config("west-1"), TOPICS.birth, f"{config}/x")
    assert not any(TOPICS.is_config(other) for other in others)


DOOR = DoorFacts("main", "west-1", 1, 1, NOW)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {"contact": None, "lock": "OFF", "mode": "locked", "problem": "OFF"}),
        ({"contact": "closed"}, {"contact": "OFF"}),
        ({"contact": "opened", "lock": "released"}, {"contact": "ON", "lock": "ON", "mode": "accessed"}),
        ({"mode": "unlocked"}, {"lock": "ON", "mode": "unlocked"}),
        ({"mode": "locked_open"}, {"lock": "ON", "mode": "locked_open"}),
        ({"mode": "locked_down"}, {"lock": "OFF", "mode": "locked_down"}),
        ({"alarm": "forced_open"}, {"problem": "ON", "troubles": ["forced_open"]}),
        ({"alarm": "held_open", "tampered": True}, {"problem": "ON", "troubles": ["held_open", "tampered"]}),
        ({"alarm": "held_open_prealarm"}, {"problem": "OFF", "troubles": []}),
        ({"fire": True}, {"problem": "ON", "troubles": ["fire_release"]}),
    ],
)
def test_how_a_door_stands(changes: dict[str, Any], told: dict[str, Any]) -> None:
    found = tell_door(DOOR._replace(**changes))
    assert found | told == found
    assert set(found) == {"contact", "lock", "mode", "problem", "troubles"}  # of nobody and no card


def test_what_nobody_has_told_is_unknown() -> None:
    home = Home()
    publish(home, {}, wanted())
    home.take(*CENTRE_UP)
    assert home.state("sekisho-demo-door-main-contact") == "unknown"
    assert home.state("sekisho-demo-door-main-mode") == "unknown"
    assert home.state("sekisho-demo-reader-main_in-problem") == "unknown"
    assert tell_reader(None) == {"health": None, "problem": None}


@pytest.mark.parametrize(("health", "problem"), [("ready", "OFF"), ("lost", "ON"), ("busy", "ON"), ("failing", "ON")])
def test_how_a_reader_is(health: str, problem: str) -> None:
    assert tell_reader(ReaderFacts("r", "west-1", 1, 1, NOW, health, "usb: gone")) == {
        "health": health,
        "problem": problem,
    }


def test_a_person_sees_the_door_and_what_is_wrong_with_it() -> None:
    home, held = Home(), dict[str, bytes]()
    home.take(*CENTRE_UP)
    publish(home, held, wanted())
    publish(home, held, wanted(SITE, DOOR._replace(contact="opened", alarm="forced_open")))
    assert home.state("sekisho-demo-door-main-contact") == "on"
    assert home.state("sekisho-demo-door-main-lock") == "off"
    assert home.state("sekisho-demo-door-main-mode") == "locked"
    assert home.state("sekisho-demo-door-main-problem") == "on"
    assert home.attributes("sekisho-demo-door-main-problem") == {"troubles": ["forced_open"]}
    assert home.state("sekisho-demo-controller-west-1-online") == "on"


def test_without_the_centre_or_the_controller_nothing_is_said_to_be_known() -> None:
    home, held = Home(), dict[str, bytes]()
    publish(home, held, wanted(SITE, DOOR))
    assert home.state("sekisho-demo-door-main-lock") == "unavailable"
    home.take(*CENTRE_UP)
    assert home.state("sekisho-demo-door-main-lock") == "off"
    home.take(TOPICS.online("west-1"), b"offline")
    assert home.state("sekisho-demo-door-main-lock") == "unavailable"
    assert home.state("sekisho-demo-controller-west-1-online") == "off"
    home.take("sekisho/1/centre", b'{"up":false}')
    assert home.state("sekisho-demo-controller-west-1-online") == "unavailable"


def test_only_what_changed_is_published() -> None:
    home, held = Home(), dict[str, bytes]()
    assert publish(home, held, wanted()) == len(wanted())
    assert publish(home, held, wanted()) == 0
    opened = wanted(SITE, DOOR._replace(contact="opened"))
    assert publish(home, held, opened) == 1
    assert publish(home, held, opened, again=True) == len(opened)


def test_a_removed_door_is_taken_from_its_controller_by_name() -> None:
    home, held = Home(), dict[str, bytes]()
    publish(home, held, wanted())
    assert "sekisho-demo-door-server-mode" in entities(home)
    publish(home, held, wanted(without_doors("server")))
    assert not any("server" in entity for entity in entities(home))
    assert "sekisho-demo-door-west-mode" in entities(home)  # of the same controller
    assert held == wanted(without_doors("server"))


def test_a_removed_controller_goes_with_all_it_had() -> None:
    home, held = Home(), dict[str, bytes]()
    publish(home, held, wanted())
    publish(home, held, wanted(without_doors("main")))
    assert TOPICS.config("west-1") not in home.components
    assert held == wanted(without_doors("main"))


def test_a_door_that_moves_leaves_one_controller_before_it_comes_to_the_other() -> None:
    home, held = Home(), dict[str, bytes]()
    publish(home, held, wanted())
    readers = [
        reader.model_copy(update={"device": "east-1"}) if reader.id == "server_in" else reader
        for reader in SITE.readers
    ]
    moved = wanted(SITE.model_copy(update={"readers": tuple(readers)}))
    seen: list[str] = []
    for topic, payload in list_publications(TOPICS, held, moved):
        home.take(topic, payload)
        home.entity("sekisho-demo-door-server-mode")  # asserts that it is at most once there
        seen.append(topic)
    assert entities(home) == {
        component["unique_id"] for payload in announced().values() for component in payload["components"].values()
    }
    assert TOPICS.door("north-1", "server") in seen


@given(st.lists(st.sampled_from([*SITES, None]), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_whatever_was_announced_the_last_word_stands(sites: list[Site | None], restarts: bool, forgets: bool) -> None:
    home, held = Home(), dict[str, bytes]()
    known = held
    for before, site in pairwise([None, *sites]):
        if restarts:  # a gateway that starts knows of announcements alone, which the broker gives back
            known = {topic: payload for topic, payload in held.items() if TOPICS.is_config(topic)}
        if forgets and before is not site:  # the broker started anew and kept nothing
            held.clear()
        to_hold = {} if site is None else wanted(site)
        for topic, payload in list_publications(TOPICS, known, to_hold, again=True):
            home.take(topic, payload)
            held[topic] = payload
            held = {topic: payload for topic, payload in held.items() if payload}
        known = dict(held)
        assert held == to_hold
        assert set(home.components) == {topic for topic in to_hold if TOPICS.is_config(topic)}
        assert entities(home) == {
            component["unique_id"]
            for topic, payload in to_hold.items()
            if TOPICS.is_config(topic)
            for component in json.loads(payload)["components"].values()
        }


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"7", b'{"components":[]}', b'{"components":{"a":1}}', b"\xff"])
def test_an_announcement_that_cannot_be_read_is_replaced_or_removed(damaged: bytes) -> None:
    config = TOPICS.config("west-1")
    assert (config, wanted()[config]) in list_publications(TOPICS, {config: damaged}, wanted())
    assert list_publications(TOPICS, {config: damaged}, {}) == [(config, b"")]


def test_nothing_is_removed_that_is_not_ours() -> None:
    foreign = {"components": {"a": {"platform": "sensor", "state_topic": "zigbee/lamp"}}}
    foreign["components"]["b"] = {"platform": "sensor", "state_topic": f"{STATES}/#"}
    held = {TOPICS.config("gone"): encode_payload(foreign)}
    assert list_publications(TOPICS, held, {}) == [(TOPICS.config("gone"), b"")]
