"""A real FreeRADIUS with the rendered configuration, a decision service that answers by script, EAP-TLS terminals."""

import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from contract.radius_api import RadiusWords, read_radius
from gateway.site.description import Site, load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from gateway.site.terminal_certificates import issue_terminal, open_terminal_authority, revoke_terminal
from tests.servers import free_port, stop

NAME = "network.demo"
"""What terminals of the demo's site know a network server by."""


@dataclass
class Answer:
    """What the decision service says next: a status, a body, and after how many seconds."""

    status: int = 200
    body: bytes = b""
    seconds: float = 0.0


class Decider:
    """An HTTP service under a script; ``asked`` is what it was asked."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.asked: list[tuple[str, RadiusWords]] = []
        self.authorised: list[str] = []
        self._connections: list[socket.socket] = []
        lab = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                lab._connections.append(self.connection)

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                lab.asked.append((self.path, read_radius(data)))
                lab.authorised.append(self.headers.get("Authorization", ""))
                said = lab.answer
                time.sleep(said.seconds)
                with suppress(ConnectionError):  # whoever asked did not wait so long
                    self._say(said)

            def _say(self, said: Answer) -> None:
                self.send_response(said.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_: object) -> None:
                pass

        self._handler = Handler
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None

    def start(self, *, certificate: Path | None = None) -> None:
        """Answer from now on, by TLS where there is a certificate (its key lies beside it)."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        while self._connections:  # those that stay open would be answered on
            with suppress(OSError):
                self._connections.pop().shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class LogOn:
    """What a terminal and the wire said of one log-on."""

    accepted: bool
    answered: bool
    said: str = field(repr=False)

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.said) is not None


class Terminals:
    """Terminals of a rendered installation, each with its certificate and key beside ``ca.pem``, which they trust."""

    def __init__(self, ca_folder: Path, site: Site, folder: Path) -> None:
        self.folder, self._ca, self._site = folder, ca_folder, site
        self._authority = open_terminal_authority(ca_folder, site, now=datetime.now(UTC))
        (folder / "ca.pem").write_bytes(self._authority.pem)

    def issue(self, name: str, tier: str) -> str:
        """Issue a terminal its certificate, and give the path of its files without their suffix."""
        made = issue_terminal(self._ca, self._authority, name, tier, now=datetime.now(UTC))
        key, certificate, _ = load_key_and_certificates(made.pkcs12, made.password.encode())
        assert key is not None
        assert certificate is not None
        path = self.folder / name
        path.with_suffix(".pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        path.with_suffix(".key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path.with_suffix(".key").chmod(0o600)
        return str(path)

    def revoke(self, name: str) -> None:
        """Revoke a terminal; network servers know it once they are rendered again."""
        assert revoke_terminal(self._ca, self._authority, name, now=datetime.now(UTC)) == 1


def describe_city() -> Site:
    """Give the demo's site, whose first switch is this machine."""
    site = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
    here = site.radius_clients[0].model_copy(update={"address": ip_network("127.0.0.0/8")})
    return site.model_copy(update={"radius_clients": (here,)})


def render_lab(root: Path, url: str, *, servers: int = 1, last: bool = False) -> list["Lab"]:
    """Render the installation and give its network servers; unless ``last``, one more follows that nobody starts.

    Three terminals are issued, ``t-`` and the tier, and one that is revoked.
    """
    site = describe_city()
    ids = [f"radius-{number}" for number in range(1, servers + (1 if last else 2))]
    ports = {name: (free_port(), free_port()) for name in ids}
    told = [{"id": name, "auth_port": auth, "acct_port": acct} for name, (auth, acct) in ports.items()]
    options = RenderOptions.model_validate({"network_servers": told, "radius_url": url})
    for again in (False, True):
        render_site(site, root, options=options, now=datetime.now(UTC))
        if not again:
            folder = root / "terminals"
            folder.mkdir()
            terminals = Terminals(root / "ca", site, folder)
            for tier in site.tiers:
                terminals.issue(f"t-{tier.id}", tier.id)
            terminals.issue("t-revoked", "lgwan")
            terminals.revoke("t-revoked")
    secret = (root / "radius" / "secrets" / site.radius_clients[0].id).read_text()
    labs = [Lab(root / "radius" / name, terminals, ports=ports[name], secret=secret) for name in ids]
    return labs[:servers]


class Lab:
    """FreeRADIUS on free ports, as it was rendered into ``folder``, and a switch that knows ``secret``."""

    def __init__(self, folder: Path, terminals: Terminals, *, ports: tuple[int, int], secret: str) -> None:
        self.folder = folder
        self.terminals = terminals
        self.auth_port, self.acct_port = ports
        self.secret = secret

    def terminal(self, tier: str) -> str:
        """Give the files of a tier's terminal, without their suffix."""
        return str(self.terminals.folder / f"t-{tier}")

    @contextmanager
    def running(self) -> Iterator[None]:
        log = (self.folder / "freeradius.log").open("wb")
        process = subprocess.Popen(["/usr/sbin/freeradius", "-f", "-d", self.folder], stdout=log, stderr=log)
        try:
            self._await(process)
            yield
        finally:
            stop(process, signal.SIGTERM)
            log.close()

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(200):
            assert process.poll() is None, (self.folder / "freeradius.log").read_text()
            asked = self.ask("status", "Message-Authenticator=0x00", seconds=0.2)
            if "Access-Accept" in asked:
                return
            time.sleep(0.05)
        raise TimeoutError("freeradius does not answer")

    def ask(self, kind: str, attributes: str, *, seconds: float = 3.0) -> str:
        """Ask as a switch by radclient; gives what both said."""
        port = self.acct_port if kind == "acct" else self.auth_port
        command = ["radclient", "-x", "-r", "1", "-t", str(seconds), f"127.0.0.1:{port}", kind, self.secret]
        done = subprocess.run(command, input=attributes, capture_output=True, text=True, check=False, timeout=30)
        return done.stdout + done.stderr

    def log_on(self, path: str, *, identity: str = "", seconds: int = 5) -> LogOn:
        """Log on by EAP-TLS with a terminal's certificate."""
        name = identity or Path(path).name
        settings = Path(f"{path}.conf")
        settings.write_text(
            f'network={{\nkey_mgmt=IEEE8021X\neap=TLS\nidentity="{name}"\nca_cert="{self.terminals.folder}/ca.pem"\n'
            f'client_cert="{path}.pem"\nprivate_key="{path}.key"\ndomain_match="{NAME}"\n}}\n'
        )
        command = ["eapol_test", "-c", settings, "-a", "127.0.0.1", "-p", str(self.auth_port), "-s", self.secret]
        command += ["-t", str(seconds), "-n", "-M", "02:00:00:00:00:01"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        last = done.stdout.strip().splitlines()[-1:]
        answered = re.search(r"code=(2 \(Access-Accept|3 \(Access-Reject)", done.stdout) is not None
        return LogOn(last == ["SUCCESS"], answered, done.stdout)
