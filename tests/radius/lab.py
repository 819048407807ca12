"""A real FreeRADIUS with the rendered configuration, a decision service that answers by script, EAP-TLS terminals."""

import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract.radius_api import RadiusWords, read_radius
from tests.servers import free_port, stop

SECRET = "between one switch and freeradius"
NAME = "radius.test"


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
        lab = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

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

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@dataclass(frozen=True)
class LogOn:
    """What a terminal and the wire said of one log-on."""

    accepted: bool
    answered: bool
    said: str = field(repr=False)

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.said) is not None


class Certificates:
    """An authority, the server's certificate, terminals' by name and unit, and who is revoked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        own = self._build(self._name, self._key.public_key()).add_extension(x509.BasicConstraints(True, 0), True)
        self._ca = own.sign(self._key, hashes.SHA256())
        self._revoked: list[x509.Certificate] = []
        self.issue(NAME, ExtendedKeyUsageOID.SERVER_AUTH, stem="server")
        self.write_list()

    def issue(self, name: str, usage: x509.ObjectIdentifier, *, unit: str = "", stem: str = "") -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        parts = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []
        subject = x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            self._build(subject, key.public_key())
            .add_extension(x509.ExtendedKeyUsage([usage]), False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
            .sign(self._key, hashes.SHA256())
        )
        path = self.folder / (stem or name)
        path.with_suffix(".pem").write_bytes(made.public_bytes(Encoding.PEM))
        path.with_suffix(".key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path.with_suffix(".key").chmod(0o600)
        return str(path)

    def revoke(self, path: str) -> None:
        self._revoked.append(x509.load_pem_x509_certificate(Path(f"{path}.pem").read_bytes()))
        self.write_list()

    def write_list(self) -> None:
        now = datetime.now(UTC)
        listed = x509.CertificateRevocationListBuilder().issuer_name(self._name)
        listed = listed.last_update(now - timedelta(days=1)).next_update(now + timedelta(days=30))
        for each in self._revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number)
            listed = listed.add_revoked_certificate(entry.revocation_date(now - timedelta(hours=1)).build())
        crl = listed.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        (self.folder / "ca.pem").write_bytes(self._ca.public_bytes(Encoding.PEM) + crl)

    def _build(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))


class Lab:
    """FreeRADIUS on free ports, as it was rendered into ``folder``."""

    def __init__(self, folder: Path, certificates: Certificates, decider: Decider, *, ports: tuple[int, int]) -> None:
        self.folder = folder
        self.certificates = certificates
        self.decider = decider
        self.auth_port, self.acct_port = ports

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

    def ask(self, kind: str, attributes: str, *, seconds: float = 3.0, secret: str = SECRET) -> str:
        """Ask as a switch by radclient; gives what both said."""
        port = self.acct_port if kind == "acct" else self.auth_port
        command = ["radclient", "-x", "-r", "1", "-t", str(seconds), f"127.0.0.1:{port}", kind, secret]
        done = subprocess.run(command, input=attributes, capture_output=True, text=True, check=False, timeout=30)
        return done.stdout + done.stderr

    def log_on(self, path: str, *, identity: str = "", seconds: int = 5) -> LogOn:
        """Log on by EAP-TLS with a terminal's certificate."""
        name = identity or Path(path).name
        settings = Path(f"{path}.conf")
        settings.write_text(
            f'network={{\nkey_mgmt=IEEE8021X\neap=TLS\nidentity="{name}"\nca_cert="{self.certificates.folder}/ca.pem"\n'
            f'client_cert="{path}.pem"\nprivate_key="{path}.key"\ndomain_match="{NAME}"\n}}\n'
        )
        command = ["eapol_test", "-c", settings, "-a", "127.0.0.1", "-p", str(self.auth_port), "-s", SECRET]
        command += ["-t", str(seconds), "-n", "-M", "02:00:00:00:00:01"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        last = done.stdout.strip().splitlines()[-1:]
        answered = re.search(r"code=(2 \(Access-Accept|3 \(Access-Reject)", done.stdout) is not None
        return LogOn(last == ["SUCCESS"], answered, done.stdout)
