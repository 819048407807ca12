"""Releases by the device API: the box's own client, over mutual TLS, from the centre's real listener."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ids import DeviceId
from readers.settings import HttpsSettings
from readers.updates.errors import UpdateUnreachableError
from readers.updates.slots import Slots
from readers.updates.sources import UpdateSource, open_repository
from readers.updates.staging import stage
from readers.updates.switch import Phase
from store.devices import DeviceState, save_device_state
from store.tx import Store
from tests.gateway.broker import Broker
from tests.gateway.city import NOW, Journal, settle
from tests.gateway.test_device_api import Listener
from tests.readers.updates.maker import Maker, content_of, files_of, now

pytestmark = pytest.mark.real
METADATA = "/v1/updates/metadata/timestamp.json"


@pytest.fixture
def listener(store: Store, tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(store, Broker(tmp_path))
    listener.thread.start()
    while not listener.server.started:
        assert listener.thread.is_alive()
    settle(store, Journal(DeviceId("west-1")))
    yield listener
    listener.server.should_exit = True
    listener.thread.join(10)


@pytest.fixture
def maker(listener: Listener, tmp_path: Path) -> Maker:
    maker = Maker(tmp_path / "maker")
    maker.repository = listener.updates_folder
    shutil.move(tmp_path / "maker" / "repository", maker.repository)
    return maker


@pytest.fixture
def source(listener: Listener, maker: Maker, tmp_path: Path) -> UpdateSource:
    certificate, key = listener.party.certify("west-1")
    https = HttpsSettings(
        url=f"https://localhost:{listener.port}",
        ca_file=listener.party.ca_file,
        certificate_file=certificate,
        key_file=key,
    )
    return UpdateSource(Slots(tmp_path / "box"), maker.root_file, https, None)


def test_a_box_fetches_from_the_centre(maker: Maker, source: UpdateSource) -> None:
    big = files_of(1) | {"lib/large": "".join(str(n * n) for n in range(200_000))}
    maker.publish(1, big)
    with open_repository(source) as client:
        newest = client.find_newest()
        assert newest is not None
        switch = stage(source.slots, client, newest, now)
    assert switch.phase is Phase.staged
    assert content_of(source.slots.path("a")) == big
    maker.publish(2)
    with open_repository(source) as client:
        newest = client.find_newest()
    assert newest is not None
    assert newest.note.version == 2


def test_a_revoked_device_is_given_none(maker: Maker, source: UpdateSource, listener: Listener, store: Store) -> None:
    assert listener.call("west-1", "GET", METADATA)[0] == 200
    with store.transaction(NOW) as tx:
        save_device_state(tx, DeviceId("west-1"), DeviceState.revoked)
    assert listener.call("west-1", "GET", METADATA)[0] in {403, 404}
    assert listener.call("stranger", "GET", METADATA)[0] == 404
    with pytest.raises(UpdateUnreachableError), open_repository(source) as client:
        client.find_newest()


@pytest.mark.parametrize(
    "path",
    [
        "/v1/updates/metadata/..%2f..%2fserver.key",
        "/v1/updates/metadata/../../server.key",
        "/v1/updates/metadata/..",
        "/v1/updates/targets/%2e%2e",
        "/v1/updates/metadata/.hidden",
        "/v1/updates/keys/root-1.pem",
        "/v1/updates/metadata/nothing.json",
        "/v1/updates/metadata/a%00b",
    ],
)
def test_nothing_else_of_the_disk_is_given(maker: Maker, listener: Listener, path: str) -> None:
    assert listener.call("west-1", "GET", path)[0] in {404, 422}


def test_a_centre_that_is_not_there_passes(maker: Maker, source: UpdateSource, listener: Listener) -> None:
    listener.server.should_exit = True
    listener.thread.join(10)
    with pytest.raises(UpdateUnreachableError), open_repository(source) as client:
        client.find_newest()
