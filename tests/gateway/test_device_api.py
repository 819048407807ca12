"""The device API on a real listener with mutual TLS: the same handling as over MQTT."""

import asyncio
import ssl
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPSConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.batch import BYTES_MAX
from contract.commands import DoorCommand, decode_command
from contract.errors import Fault
from contract.policy import PolicyPointer, PolicyWanted, decode_offer, decode_part
from contract.policy_reading import decode_snapshot
from contract.receipts import Receipt, Rejection, decode_answer
from contract.records import CommandAnswered
from contract.signatures import public_key_text
from contract.status import DeviceBorn
from domain.ids import DeviceId, PersonId
from gateway.context import GatewayContext
from gateway.http.certificates import NamedPeerProtocol
from gateway.http.device_app import device_app
from gateway.intake.ingest import IngestHaltedError
from gateway.intake.reception import Reception, open_reception
from gateway.live import Broadcast
from gateway.operations.access.command_doors import COMMAND_AGE_MAX
from gateway.settings import AttendanceSettings
from gateway.site.description import load_site
from gateway.site.keys import ensure_names_key
from store.commands import AskedCommand, insert_commands
from store.devices import DeviceState, insert_device, save_device_state
from store.refused import list_refused
from store.tx import Store
from tests.editions import keep_policy
from tests.gateway.broker import Broker
from tests.gateway.city import NOW, PEOPLE, Journal, make_policy, make_tap, settle
from tests.servers import free_port

SITE_FILE = Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml"
CENTRE = Ed25519PrivateKey.generate()
pytestmark = pytest.mark.real


class Listener:
    """The device API on a loopback port, in a thread of its own."""

    def __init__(self, store: Store, party: Broker) -> None:
        self.party = party
        self.port = free_port()
        site = load_site(SITE_FILE)
        names_key = party.folder / "names.key"
        ensure_names_key(names_key)
        self.updates_folder = party.folder / "updates"
        settings: Any = SimpleNamespace(
            site_file=SITE_FILE,
            names_key_file=names_key,
            updates_folder=self.updates_folder,
            attendance=AttendanceSettings(),
        )
        context = GatewayContext(settings, store, site, CENTRE, lambda: NOW, Broadcast())
        self.reception: Reception = open_reception(context)
        self.server = uvicorn.Server(
            uvicorn.Config(
                device_app(context, self.reception),
                host="127.0.0.1",
                port=self.port,
                http=NamedPeerProtocol,
                ssl_certfile=party.folder / "server.crt",
                ssl_keyfile=str(party.folder / "server.key"),
                ssl_ca_certs=str(party.ca_file),
                ssl_cert_reqs=ssl.CERT_REQUIRED,
                log_config=None,
                lifespan="off",
            )
        )
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()))

    def call(self, device: str, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes, dict[str, str]]:
        """Make one request with the device's certificate."""
        context = ssl.create_default_context(cafile=str(self.party.ca_file))
        context.load_cert_chain(*self.party.certify(device))
        connection = HTTPSConnection("127.0.0.1", self.port, context=context, timeout=10)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read(), dict(response.getheaders())
        finally:
            connection.close()


@pytest.fixture
def listener(store: Store, tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(store, Broker(tmp_path))
    listener.thread.start()
    while not listener.server.started:
        assert listener.thread.is_alive()
        threading.Event().wait(0.01)
    yield listener
    listener.server.should_exit = True
    listener.thread.join(10)


@pytest.fixture
def journal(store: Store) -> Journal:
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    for person in PEOPLE:
        journal.append(make_tap(person))
    return journal


def test_the_answer_is_the_receipt_and_a_repeat_gets_it_again(listener: Listener, journal: Journal) -> None:
    for _ in range(2):
        code, body, _headers = listener.call(journal.device, "POST", "/v1/ingest", journal.batch())
        receipt = decode_answer(body)
        assert code == 200
        assert isinstance(receipt, Receipt)
        receipt.require_signature(CENTRE.public_key())
        assert receipt.upto_seq == 20


def test_the_certificate_must_be_the_envelopes_device(listener: Listener, journal: Journal, store: Store) -> None:
    code, body, _headers = listener.call("east-1", "POST", "/v1/ingest", journal.batch())
    rejection = decode_answer(body)
    assert code == 403
    assert isinstance(rejection, Rejection)
    assert rejection.reason is Fault.wrong_topic
    with store.reading(NOW) as tx:
        assert [refused.fault for refused in list_refused(tx)] == ["wrong_topic"]


@pytest.mark.parametrize(("size", "code"), [(BYTES_MAX + 1, 413), (32 * BYTES_MAX, 413), (10, 400)])
def test_what_is_no_batch_is_refused(listener: Listener, journal: Journal, size: int, code: int) -> None:
    try:
        answered, body, _headers = listener.call(journal.device, "POST", "/v1/ingest", b"x" * size)
    except (BrokenPipeError, ConnectionResetError):  # the listener stopped reading before all was sent
        assert size > BYTES_MAX
        return
    assert answered == code
    assert isinstance(decode_answer(body), Rejection)


def test_without_a_certificate_there_is_no_request(listener: Listener) -> None:
    context = ssl.create_default_context(cafile=str(listener.party.ca_file))
    connection = HTTPSConnection("127.0.0.1", listener.port, context=context, timeout=5)

    def ask() -> None:
        connection.request("GET", "/healthz")
        connection.getresponse()

    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask()
    connection.close()


def test_a_birth_is_answered_with_the_pointer(listener: Listener, journal: Journal) -> None:
    born = DeviceBorn(
        device=journal.device,
        session="s1",
        epoch=journal.epoch,
        first_seq=1,
        next_seq=21,
        pending=20,
        policy_version=0,
        software="test",
        at=datetime(2026, 11, 20, tzinfo=UTC),
    ).signed(journal.key)
    code, body, _headers = listener.call(journal.device, "POST", "/v1/status", born.encoded())
    assert code == 200
    pointer = PolicyPointer.model_validate_json(body)
    pointer.require_signature(CENTRE.public_key())
    assert (pointer.device, pointer.policy_version, pointer.confirmed_at) == (journal.device, 1, NOW)


def make_want(journal: Journal, have_version: int = 0) -> bytes:
    return PolicyWanted(device=journal.device, have_version=have_version, at=NOW).signed(journal.key).encoded()


def test_a_question_is_answered_with_an_offer(listener: Listener, journal: Journal) -> None:
    code, body, _headers = listener.call(journal.device, "POST", "/v1/policy/wanted", make_want(journal))
    assert code == 200
    offer = decode_offer(body)
    offer.require_signature(CENTRE.public_key())
    assert (offer.device, offer.from_version, offer.policy_version) == (journal.device, 0, 1)
    assert listener.call(journal.device, "POST", "/v1/policy/wanted", make_want(journal, 1))[:2] == (204, b"")
    part = f"/v1/policy/parts/{offer.digest}"
    assert listener.call(journal.device, "GET", f"{part}/0")[0] == 404, "it travelled inside"
    assert listener.call(journal.device, "GET", "/v1/policy/parts/none/0")[0] == 422


def test_a_city_comes_in_parts(listener: Listener, journal: Journal, store: Store) -> None:
    people = tuple(PersonId(f"p{number:05}") for number in range(8_000))
    with store.transaction(NOW) as tx:
        keep_policy(tx, make_policy(2, people=people))
    offer = decode_offer(listener.call(journal.device, "POST", "/v1/policy/wanted", make_want(journal))[1])
    assert offer.parts > 1
    parts = [
        decode_part(listener.call(journal.device, "GET", f"/v1/policy/parts/{offer.digest}/{number}")[1])
        for number in range(offer.parts)
    ]
    packed = b"".join(part.data for part in parts)
    assert sha256(packed).hexdigest() == offer.digest
    assert len(decode_snapshot(zlib.decompress(packed).split(b"\n")).credentials) == 8_000
    path = f"/v1/policy/parts/{offer.digest}"
    assert listener.call(journal.device, "GET", f"{path}/{offer.parts}")[0] == 404
    assert listener.call("east-1", "GET", f"{path}/0")[0] == 404, "another device's"


def test_a_revoked_device_gets_no_policy(listener: Listener, journal: Journal, store: Store) -> None:
    with store.transaction(NOW) as tx:
        save_device_state(tx, journal.device, DeviceState.revoked)
    code, body, _headers = listener.call(journal.device, "POST", "/v1/policy/wanted", make_want(journal))
    assert code == 403
    assert isinstance(decode_answer(body), Rejection)
    code, body, _headers = listener.call(journal.device, "POST", "/v1/ingest", journal.batch())
    assert code == 403
    answer = decode_answer(body)
    assert isinstance(answer, Rejection)
    assert answer.reason is Fault.revoked_device


def test_a_device_hears_its_own_commands_until_it_answers(listener: Listener, journal: Journal, store: Store) -> None:
    other = Journal(DeviceId("east-1"))
    with store.transaction(NOW) as tx:
        insert_device(tx, other.device, public_key_text(other.key.public_key()))
        insert_commands(tx, [make_command("c1", "west-1"), make_command("c2", "east-1")])
    code, body, _headers = listener.call(journal.device, "GET", "/v1/commands")
    [line] = body.splitlines()
    command = decode_command(line)
    command.require_signature(CENTRE.public_key())
    assert code == 200
    assert isinstance(command, DoorCommand)
    assert (command.id, command.device, command.doors) == ("c1", "west-1", ("main", "staff"))
    assert listener.call(journal.device, "GET", "/v1/commands")[1] == body
    journal.append(CommandAnswered(at=NOW, mono_ms=1, boot="b", clock="synced", command="c1", obeyed=True))
    assert listener.call(journal.device, "POST", "/v1/ingest", journal.batch())[0] == 200
    assert listener.call(journal.device, "GET", "/v1/commands")[:2] == (204, b"")
    with store.transaction(NOW) as tx:
        save_device_state(tx, other.device, DeviceState.revoked)
    assert listener.call("east-1", "GET", "/v1/commands")[0] == 404
    assert listener.call("north-1", "GET", "/v1/commands")[0] == 404  # not enrolled


def make_command(command_id: str, device: str) -> AskedCommand:
    return AskedCommand(
        id=command_id, request_id="r1", scope="site", scope_id="", device_id=device, doors=("main", "staff"),
        action="lock_down", seconds=None, reason="", issued_by="desk", issued_by_name="青木", issued_at=NOW,
        expires_at=NOW + COMMAND_AGE_MAX,
    )  # fmt: skip


def test_a_halted_centre_says_come_again(listener: Listener, journal: Journal) -> None:
    listener.reception.ingest.halted = True
    with pytest.raises(IngestHaltedError):
        listener.reception.ingest.take([journal.message()])
    code, _body, headers = listener.call(journal.device, "POST", "/v1/ingest", journal.batch())
    assert code == 503
    assert int(headers["retry-after"]) > 0
    assert listener.call(journal.device, "GET", "/healthz")[0] == 503


def test_there_is_nothing_else(listener: Listener) -> None:
    for path in ("/", "/docs", "/openapi.json", "/redoc", "/v1/policy/0", "/v1/policy/x"):
        assert listener.call("west-1", "GET", path)[0] in {404, 422}
