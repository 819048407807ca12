"""The door for new controllers on a real TLS listener, and boxes that come to it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from contract.enrolment import Admitted, Invitation, Waiting
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.devices.enrol_token import draw_token
from gateway.http.enrol_app import enrol_app
from gateway.operations.access.admit_device import AdmitFault, admit_device
from gateway.operations.access.invite_device import invite_device
from gateway.settings import EnrolmentListener, load_gateway_settings
from gateway.site.certificates import issue_client_certificate, read_authority
from gateway.site.description import Site
from gateway.site.layout import RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from readers.enrolment import Enroller
from tests.servers import free_port


def render_with_enrolment(site: Site, folder: Path, device: str) -> RenderedSite:
    """Render a site in which one device is to enrol itself."""
    port = free_port()
    options = RenderOptions(
        enrol_listen=f"127.0.0.1:{port}", enrol_url=f"https://127.0.0.1:{port}", enrolled_devices=(device,)
    )
    return render_site(site, folder, options=options, now=datetime.now(UTC))


def settings_of(rendered: RenderedSite) -> EnrolmentListener:
    """Give where new controllers come."""
    found = load_gateway_settings(rendered.gateway_settings).enrolment
    assert found is not None
    return found


@contextmanager
def serve_enrolment(context: GatewayContext, settings: EnrolmentListener) -> Iterator[None]:
    """Serve the door until the block ends."""
    listener = socket.create_server((settings.listen.host, settings.listen.port))
    devices = context.settings.devices
    server = uvicorn.Server(
        uvicorn.Config(
            enrol_app(context, settings),
            log_level="warning",
            lifespan="off",
            ssl_certfile=devices.certificate_file,
            ssl_keyfile=str(devices.key_file),
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()


@dataclass
class Desk:
    """An operator without a browser."""

    context: GatewayContext
    settings: EnrolmentListener

    def invite(self, life: timedelta = timedelta(minutes=10)) -> tuple[str, Invitation]:
        drawn, enrolment_id = draw_token(), token_hex(8)
        with self.context.store.transaction(self.context.now()) as tx:
            invite_device(tx, enrolment_id, drawn.hash, by="soumu", life=life)
        authority = x509.load_pem_x509_certificate(self.context.settings.devices.ca_file.read_bytes())
        digest = sha256(authority.public_bytes(Encoding.DER)).hexdigest()
        return enrolment_id, Invitation(url=self.settings.url, authority_sha256=digest, token=drawn.secret)

    def admit(self, enrolment_id: str, device: str) -> AdmitFault | None:
        authority, now = read_authority(self.settings.authority_folder), datetime.now(UTC)
        with self.context.store.transaction(self.context.now()) as tx:
            return admit_device(
                tx,
                enrolment_id,
                DeviceId(device),
                site_devices=[DeviceId(each.id) for each in self.context.site.devices],
                issue=lambda key, name: issue_client_certificate(authority, key, name=name, now=now),
                by="soumu",
            )


class Box:
    """A controller that is plugged in: it introduces itself on a thread of its own."""

    def __init__(self, invitation: Invitation, folder: Path) -> None:
        self.codes: list[str] = []
        self.given: Admitted | None = None
        self.fault: Exception | None = None
        self.shown = threading.Event()
        self._enroller = Enroller(invitation, folder, software="sekisho 0")
        self._thread = threading.Thread(target=self._run)

    def start(self) -> "Box":
        self._thread.start()
        return self

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.given = self._enroller.run(self._tell, wait_seconds=25, ask_seconds=0.2)
        except Exception as error:
            self.fault = error
            self.shown.set()

    def _tell(self, waiting: Waiting) -> None:
        self.codes.append(waiting.code)
        self.shown.set()
