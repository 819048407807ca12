"""A box renews its certificate by the real device API and is let in by it at the real broker; whatever fails."""

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from contract.signatures import read_public_key
from domain.ids import DeviceId
from gateway.intake.reception import open_reception
from gateway.listeners import serve_devices
from gateway.orders.command_post import open_command_post
from gateway.site.revocation_list import build_list, write_lists
from readers.client_pair import ClientPair
from readers.events import AlarmFound, Moment
from readers.link import Identity
from readers.renewal import Renewal, assess_life
from readers.settings import EdgeSettings, load_edge_settings
from readers.transports.mqtt import MqttTransport
from readers.transports.port import Connected, TransportEvent
from store.device_certificates import list_device_certificates
from tests.gateway.gated import WEST, Hall, open_hall, running
from tests.servers import free_port

pytestmark = pytest.mark.real

SECONDS = 15.0
AGE = timedelta(days=290)
"""Past two thirds of a certificate's 398 days."""


class Wall:
    """The box's clock."""

    def __init__(self) -> None:
        self.ahead, self.quality, self.mono = timedelta(0), "synced", 0.0

    def now(self) -> Moment:
        self.mono += 100_000.0  # any pause between two tries is over
        return Moment(datetime.now(UTC) + self.ahead, self.mono, "boot", self.quality)  # type: ignore[arg-type]


class Controller:
    """The parts of a box that concern its certificate."""

    def __init__(self, hall: Hall) -> None:
        folder = hall.rendered.root / "edge" / WEST
        self.settings: EdgeSettings = load_edge_settings(folder / f"edge-{WEST}.toml")
        self.state = self.settings.state_dir
        self.state.mkdir(parents=True, exist_ok=True)
        self.wall, self.alarms, self.reconnected = Wall(), [], 0
        self.centre_at = datetime(1970, 1, 1, tzinfo=UTC)
        self.restart()

    def restart(self) -> None:
        https = self.settings.https
        self.pair = ClientPair(https.certificate_file, https.key_file, self.state)
        identity = Identity(
            DeviceId(WEST), self.settings.read_device_key(), read_public_key(self.settings.centre_key), "sekisho 0"
        )
        self.renewal = Renewal(
            self.pair,
            https,
            identity,
            self.state,
            clock=self.wall,
            centre_at=lambda: self.centre_at,
            found=self.alarms.append,
            reconnect=self._note,
            chance=0.0,
        )

    def _note(self) -> None:
        self.reconnected += 1

    @property
    def kinds(self) -> list[str]:
        return [alarm.alarm for alarm in self.alarms if isinstance(alarm, AlarmFound)]

    def connect(self) -> None:
        """Connect to the broker as the agent does, and leave again."""
        assert self.settings.mqtt is not None
        heard: queue.SimpleQueue[TransportEvent] = queue.SimpleQueue()
        transport = MqttTransport(self.settings.mqtt, DeviceId(WEST), self.pair)
        transport.start(heard.put, lambda: b"{}")
        try:
            while not isinstance(heard.get(timeout=SECONDS), Connected):
                pass
        finally:
            transport.stop()


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    port = free_port()
    listen = {"devices_listen": f"127.0.0.1:{port}", "devices_url": f"https://127.0.0.1:{port}"}
    made = open_hall(tmp_path_factory.mktemp("r"), age=AGE, **listen)
    server = serve_devices(made.context, open_reception(made.context), open_command_post(made.context))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with running(made):
            while not server.started:
                threading.Event().wait(0.05)
            yield made
    finally:
        server.should_exit = True
        thread.join(SECONDS)


@pytest.fixture
def box(hall: Hall) -> Controller:
    hall.gate.look()
    return Controller(hall)


def serial_of(box: Controller) -> int:
    return box.pair.certificate.serial_number


def test_a_life_in_four_parts() -> None:
    begins_at = datetime(2026, 1, 1, tzinfo=UTC)
    ends_at = begins_at + timedelta(days=240)
    told = [assess_life(begins_at, ends_at, begins_at + timedelta(days=days), 0.0) for days in (159, 160, 200, 240)]
    assert told == ["fresh", "due", "pressing", "expired"]
    assert assess_life(begins_at, ends_at, begins_at + timedelta(days=165), 1.0) == "fresh"


def test_it_is_renewed_and_counts_once_the_broker_let_it_in(hall: Hall, box: Controller) -> None:
    first = serial_of(box)
    box.wall.ahead = -timedelta(days=60)
    box.renewal.look()
    assert box.reconnected == 0  # nothing is due yet
    box.wall.ahead = timedelta(0)
    box.renewal.look()
    assert (box.reconnected, box.pair.is_on_trial, serial_of(box)) == (1, True, first)
    assert (box.state / "client-pair.next.pem").stat().st_mode & 0o777 == 0o600
    box.connect()
    assert not box.pair.is_on_trial
    assert serial_of(box) != first
    box.restart()
    assert serial_of(box) != first
    assert box.pair.certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=390)
    assert box.kinds == []
    with hall.context.store.reading(hall.clock()) as tx:
        known = {each.serial for each in list_device_certificates(tx, WEST)}
    assert known == {f"{first:x}", f"{serial_of(box):x}"}  # revoking the device revokes both


def test_a_lost_answer_is_asked_for_again_and_is_the_same(hall: Hall, box: Controller) -> None:
    under_way = box.state / "renewal.pem"
    box.renewal.look()
    first = x509.load_pem_x509_certificate((box.state / "client-pair.next.pem").read_bytes())
    assert not under_way.exists()
    box.restart()
    key_and_request = box.renewal._ensure_request()
    box.restart()
    assert box.renewal._ensure_request()[1] == key_and_request[1]
    (box.state / "client-pair.next.pem").unlink()
    box.renewal.look()
    second = x509.load_pem_x509_certificate((box.state / "client-pair.next.pem").read_bytes())
    assert second.serial_number != first.serial_number
    with hall.context.store.reading(hall.clock()) as tx:
        assert len(list_device_certificates(tx, WEST)) == 3


def test_a_box_goes_by_its_own_clock_only_while_that_is_synchronised(hall: Hall, box: Controller) -> None:
    box.wall.ahead, box.wall.quality = timedelta(days=3000), "free"
    box.renewal.look()
    assert (box.reconnected, box.kinds) == (0, [])
    box.wall.ahead, box.wall.quality = timedelta(0), "synced"
    hall.clock.ahead = -timedelta(days=150)
    box.renewal.look()  # the centre's clock says that it is early
    assert (box.reconnected, box.kinds) == (0, [])
    box.wall.quality = "unset"
    hall.clock.ahead, box.centre_at = timedelta(0), datetime.now(UTC)
    box.renewal.look()
    assert box.reconnected == 1


def test_a_certificate_that_is_not_let_in_leaves_the_old_one(hall: Hall, box: Controller) -> None:
    first = serial_of(box)
    box.renewal.look()
    trial = box.state / "client-pair.next.pem"
    authority = hall.settings.read_authority()
    assert authority is not None
    serial = x509.load_pem_x509_certificate(trial.read_bytes()).serial_number
    write_lists(hall.settings.crl_file, [build_list(authority, [serial], now=hall.clock())])
    hall.gate._file._call_broker()
    threading.Event().wait(0.5)
    box.connect()  # refused by the new one, let in by the old one
    assert (box.pair.is_on_trial, serial_of(box)) == (True, first)


@pytest.mark.parametrize("torn", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA"])
def test_torn_files_leave_a_pair_that_fits(hall: Hall, box: Controller, torn: bytes) -> None:
    first = serial_of(box)
    for name in ("client-pair.pem", "client-pair.next.pem", "renewal.pem", "client-pair.next.pem.part"):
        Path(box.state, name).write_bytes(torn)
    box.restart()
    assert serial_of(box) == first
    box.connect()
    box.renewal.look()
    box.connect()
    assert serial_of(box) != first


def test_a_revoked_box_gets_none_and_a_run_out_one_says_what_to_do(hall: Hall, box: Controller) -> None:
    hall.revoke(WEST)
    box.renewal.look()
    assert (box.reconnected, box.kinds) == (0, ["certificate_refused"])
    box.alarms.clear()
    box.restart()
    box.wall.ahead = timedelta(days=150)
    box.renewal.look()
    assert box.kinds == ["certificate_expired"]


def test_past_five_sixths_a_person_is_told_that_the_centre_is_away(hall: Hall, box: Controller) -> None:
    url = f"https://127.0.0.1:{free_port()}"
    away = box.settings.https.model_copy(update={"url": url})
    box.settings = box.settings.model_copy(update={"https": away})
    box.restart()
    box.renewal.look()
    assert box.kinds == []
    box.wall.ahead = timedelta(days=50)
    box.renewal.look()
    assert box.kinds == ["certificate_expiring"]
