"""The rendered broker configuration on a real mosquitto: every cell of client × topic × verb, and who may be whom."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract import topics
from contract.batch import BYTES_MAX
from domain.ids import DeviceId
from gateway.home_assistant.topics import HomeTopics
from gateway.site.broker_rights import RIGHTS, list_cells, list_topics
from gateway.site.certificates import ensure_authority, ensure_client_certificate
from gateway.site.consistency import CENTRE, HOME_ASSISTANT
from gateway.site.description import Site, load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from tests.gateway.site.mqtt_peer import Credentials, Peer
from tests.servers import free_port, mosquitto

pytestmark = pytest.mark.real

ALLOWED = {0, 16}  # success; success, nobody listens
NOT_AUTHORIZED = 135
SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
DEVICES = [DeviceId(device.id) for device in SITE.devices]
HOME = HomeTopics("homeassistant", SITE.id)


@dataclass(frozen=True)
class Broker:
    rendered: RenderedSite
    port: int

    def credentials(self, name: str) -> Credentials:
        """Files of the centre, a device, or anybody else whom the authority gave a certificate."""
        root = self.rendered.root
        folder = root / {CENTRE: "gateway", HOME_ASSISTANT: "home-assistant"}.get(name, f"edge/{name}")
        if not folder.exists():
            folder = root / "others" / name
            authority = ensure_authority(root / "ca", "", now=datetime.now(UTC))
            ensure_client_certificate(authority, folder, "client", name=name, now=datetime.now(UTC))
        return Credentials(root / "broker" / "ca.crt", folder / "client.crt", folder / "client.key")

    def peer(self, name: str, **more: str) -> Peer:
        return Peer(self.credentials(name), self.port, client_id=more.pop("client_id", name), **more)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    rendered, port = render_demo(tmp_path_factory.mktemp("site"))
    with (rendered.root / "broker" / "acl").open("a") as acl:  # somebody must be able to send what nobody may send
        acl.write("\nuser probe\ntopic readwrite #\n")
    with mosquitto(rendered.broker_settings, port):
        yield Broker(rendered, port)


def render_demo(folder: Path, site: Site = SITE) -> tuple[RenderedSite, int]:
    port = free_port()
    options = RenderOptions(broker_port=port, home_assistant=True)
    return render_site(site, folder, options=options, now=datetime.now(UTC)), port


def test_every_cell_of_client_topic_and_verb(broker: Broker) -> None:
    names, stranger = ["gateway", *DEVICES, "stranger", HOME_ASSISTANT], DeviceId("stranger")
    cells = list_cells(names, DEVICES, centre=CENTRE, stranger=stranger, home=HOME)
    tried = list_topics(DEVICES, stranger, HOME)
    with ExitStack() as stack:
        peers = {name: stack.enter_context(broker.peer(name)) for name in (*names, "probe")}
        codes = {(name, topic): peers[name].publish(topic, name.encode()) for name in names for topic in tried}
        for name in names:
            peers[name].subscribe("#")
        for topic in tried:
            assert peers["probe"].publish(topic, b"probe") in ALLOWED
        for name in names:
            peers[name].settle("#")
        heard = {(name, topic) for name in names for topic, _ in peers[name].received}
    assert {code for code in codes.values() if code not in ALLOWED} == {NOT_AUTHORIZED}
    rights = {"say": {cell for cell, code in codes.items() if code in ALLOWED}, "hear": heard}
    assert [cell for cell in cells if ((cell.client, cell.topic) in rights[cell.verb]) is not cell.allowed] == []
    assert len(cells) == 2 * len(names) * len(tried) == 2 * 6 * 85
    said_by_home = [
        cell.topic for cell in cells if (cell.client, cell.verb) == (HOME_ASSISTANT, "say") and cell.allowed
    ]
    assert said_by_home == [HOME.birth]


def test_the_table_has_every_topic_of_a_device() -> None:
    west = DEVICES[0]
    of_a_device = {right.kind for right in RIGHTS if topics.device_of(right.of(west)) == west}
    assert of_a_device == {right.kind for right in RIGHTS} - {"centre"}
    made = {right.of(west) for right in RIGHTS}
    assert {make(west) for make in topics._OF_A_DEVICE} == made - {topics.CENTRE}


def test_what_was_retained_stays_hidden_from_others(broker: Broker) -> None:
    west, east = DEVICES[:2]
    with broker.peer("gateway") as centre, broker.peer(east) as other, broker.peer(west) as device:
        assert centre.publish(topics.policy(west), b"pointer", retain=True) in ALLOWED
        for peer in (other, device):
            peer.subscribe(topics.policy(west))
            peer.settle(topics.policy(west))
        centre.publish(topics.policy(west), b"", retain=True)
    assert [payload for _, payload in device.received] == [b"pointer"]
    assert other.received == []


def test_system_topics_are_nobodys_business(broker: Broker) -> None:
    with broker.peer(DEVICES[0]) as device:
        device.subscribe("$SYS/#")
        device.settle("$SYS/#")
    assert device.received == []


def test_a_client_id_gives_no_rights_and_displaces_nobody(broker: Broker) -> None:
    west, east = DEVICES[:2]
    with broker.peer(west) as victim, broker.peer(east, client_id=west) as liar:
        assert liar.publish(topics.journal(west), b"forged") == NOT_AUTHORIZED
        assert liar.publish(topics.journal(east), b"own") in ALLOWED
        assert victim.publish(topics.status(west), b"still here") in ALLOWED
        assert victim.is_connected


def test_the_same_certificate_replaces_its_own_connection(broker: Broker) -> None:
    west = DEVICES[0]
    with broker.peer(west) as first, broker.peer(west, client_id="another"):
        first.wait_until_disconnected()


def test_a_will_on_another_device_is_never_spoken(broker: Broker) -> None:
    west, east = DEVICES[:2]
    with broker.peer("gateway") as centre:
        centre.subscribe(topics.STATUS_FILTER)
        for will in (topics.status(east), topics.status(west)):
            with broker.peer(west, will=will) as device:
                device.cut()
        centre.hear(1)
        centre.settle(topics.STATUS_FILTER)
    assert centre.received == [(topics.status(west), b"gone")]


def test_nobody_comes_in_without_a_certificate(broker: Broker) -> None:
    no_certificate = Credentials(broker.rendered.root / "broker" / "ca.crt", None, None)
    assert never_connected(no_certificate, broker.port)


def test_nobody_comes_in_with_another_authoritys_certificate(broker: Broker, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ensure_client_certificate(ensure_authority(tmp_path, "Other", now=now), tmp_path, "client", name="west-1", now=now)
    ours = broker.rendered.root / "broker" / "ca.crt"
    assert never_connected(Credentials(ours, tmp_path / "client.crt", tmp_path / "client.key"), broker.port)


def test_a_servers_certificate_is_no_clients(broker: Broker) -> None:
    root = broker.rendered.root
    server = Credentials(root / "broker" / "ca.crt", root / "gateway" / "server.crt", root / "gateway" / "server.key")
    assert never_connected(server, broker.port)


def test_a_batch_too_large_still_reaches_the_centre_and_a_flood_does_not(broker: Broker) -> None:
    device = DEVICES[0]
    with broker.peer(device) as peer:
        assert peer.publish(topics.journal(device), bytes(BYTES_MAX + 1)) in ALLOWED
    with broker.peer(device) as peer:
        peer.send(topics.journal(device), bytes(4 * BYTES_MAX))
        peer.wait_until_disconnected()


def never_connected(credentials: Credentials, port: int) -> bool:
    try:
        with Peer(credentials, port, client_id="west-1") as peer:
            return peer.connect_code is None or peer.connect_code.is_failure
    except OSError:
        return True
