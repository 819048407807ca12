"""A small centre for the edge's tests: keeps what arrives in order, answers as the real one, over three transports."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from contract.batch import BatchHeader, decode_batch, verify_batch
from contract.chain import chain_start
from contract.errors import Fault
from contract.policy import PolicyPointer, decode_wanted, encode_part
from contract.receipts import Answer, Receipt, Rejection
from contract.records import Body, decode_record
from contract.status import DeviceBorn
from domain.access.policy import PolicySnapshot
from readers.transports.port import Arrived, Connected, Report
from tests.readers.cases import CENTRE_KEY, DEVICE, DEVICE_KEY
from tests.readers.offered import Offered, offer_change, offer_whole, pointer


@dataclass
class Centre:
    """Watermark and records by epoch, in memory; thread-safe by one lock."""

    records: dict[int, list[bytes]] = field(default_factory=dict)
    heads: dict[int, bytes] = field(default_factory=dict)
    headers: list[BatchHeader] = field(default_factory=list)
    births: list[DeviceBorn] = field(default_factory=list)
    snapshots: dict[int, PolicySnapshot] = field(default_factory=dict)
    offers: dict[str, Offered] = field(default_factory=dict)
    wants: list[int] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    refuse: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, payload: bytes) -> Answer:
        """Take a batch; gives the signed answer."""
        with self.lock:
            batch = verify_batch(decode_batch(payload), DEVICE_KEY.public_key())
            header = batch.header
            self.headers.append(header)
            if self.refuse:
                return Rejection(
                    device=DEVICE, reason=Fault.revoked_device, detail="out of service", issued_at=datetime.now(UTC)
                ).signed(CENTRE_KEY)
            held = self.records.setdefault(header.epoch, [])
            new = batch.lines[max(0, len(held) + 1 - header.first_seq) :]
            if header.first_seq <= len(held) + 1 and new:
                held.extend(new)
                self.heads[header.epoch] = batch.hashes[-1]
            return self.receipt(header.epoch)

    def receipt(self, epoch: int) -> Receipt:
        upto = len(self.records.get(epoch, []))
        head = self.heads.get(epoch, chain_start(DEVICE, epoch))
        return Receipt(device=DEVICE, epoch=epoch, upto_seq=upto, head=head.hex(), issued_at=datetime.now(UTC)).signed(
            CENTRE_KEY
        )

    def pointer(self) -> PolicyPointer | None:
        return pointer(max(self.snapshots), confirmed_at=datetime.now(UTC)) if self.snapshots else None

    def publish(self, policy: PolicySnapshot) -> None:
        """Let a policy be the latest; the ones before are still known."""
        with self.lock:
            self.snapshots[policy.version] = policy

    def offer(self, payload: bytes) -> bytes | None:
        """Answer a device that says what it has."""
        wanted = decode_wanted(payload)
        wanted.require_signature(DEVICE_KEY.public_key())
        with self.lock:
            self.wants.append(wanted.have_version)
            latest = self.snapshots[max(self.snapshots)]
            before = self.snapshots.get(wanted.have_version)
            if before is latest:
                return None
            offered = offer_whole(latest) if before is None else offer_change(before, latest)
            self.offers[offered[0].digest] = offered
            return offered[0].encoded()

    def part(self, digest: str, number: int) -> bytes | None:
        """Give a part of an offer, as its message."""
        offer, packed = self.offers[digest]
        return encode_part(digest, number, packed) if number < offer.parts else None

    @property
    def bodies(self) -> list[Body]:
        with self.lock:
            return [decode_record(line) for lines in self.records.values() for line in lines]


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.01)


class StubTransport:
    """Hands everything to a Centre on the spot; can lose messages and answers."""

    status_seconds = 0.05

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.lose_batches = 0
        self.lose_answers = 0
        self.batches = 0
        self.report: Report = lambda _: None

    def start(self, report: Report, will: Callable[[], bytes]) -> None:
        self.report = report
        will()
        report(Connected())

    def send_batch(self, payload: bytes) -> None:
        self.batches += 1
        if self.lose_batches:
            self.lose_batches -= 1
            return
        answer = self.centre.take(payload)
        if self.lose_answers:
            self.lose_answers -= 1
            return
        self.report(Arrived("answer", answer.encoded()))

    def send_status(self, payload: bytes) -> None:
        self.centre.births.append(DeviceBorn.model_validate_json(payload))
        if (found := self.centre.pointer()) is not None:
            self.report(Arrived("pointer", found.encoded()))

    def send_wanted(self, payload: bytes) -> None:
        if (offer := self.centre.offer(payload)) is not None:
            self.report(Arrived("offer", offer))

    def stop(self) -> None:
        self.report = lambda _: None


@contextmanager
def https_centre(centre: Centre, *, ca_file: Path, certificate_file: Path, key_file: Path) -> Iterator[int]:
    """Serve the device API with mutual TLS on a free port; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/v1/ingest":
                answer = centre.take(body)
                self._answer(200 if isinstance(answer, Receipt) else 403, answer.encoded())
            elif self.path == "/v1/policy/wanted":
                self._answer_maybe(centre.offer(body))
            else:
                centre.births.append(DeviceBorn.model_validate_json(body))
                found = centre.pointer()
                self._answer_maybe(found.encoded() if found else None)

        def do_GET(self) -> None:
            if self.path == "/v1/commands":
                self._answer(200 if centre.commands else 204, b"\n".join(centre.commands))
                return
            *_, digest, number = self.path.split("/")
            part = centre.part(digest, int(number))
            self._answer(404, b"") if part is None else self._answer(200, part)

        def _answer_maybe(self, content: bytes | None) -> None:
            self._answer(204, b"") if content is None else self._answer(200, content)

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ca_file))
    context.load_cert_chain(certificate_file, key_file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def describe(centre: Centre) -> str:
    """Say what arrived, for a failing test's message."""
    return json.dumps([body.kind for body in centre.bodies])
