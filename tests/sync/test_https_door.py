"""HR's file by HTTPS from a real server: its authority pinned, a token, an ETag, bounds, and no second address."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from store.tx import Store
from sync.hr import fetched as bounds
from sync.hr.fetched import FetchError
from sync.hr.https_door import fetch_by_https
from sync.hr.source_settings import HttpsSource
from sync.jobs.fetch_hr_files import fetch_hr_files
from tests.sync.desks import DECEMBER, settings
from tests.sync.hr_room import ON, staff_csv

TOKEN = "the-token-of-the-test"


@dataclass
class Answers:
    """What the server says and what it was asked."""

    folder: Path
    port: int = 0
    data: bytes = b""
    etag: str = '"1"'
    status: int = 200
    length: int | None = None
    asked: list[str | None] = field(default_factory=list)

    def source(self, **more: object) -> HttpsSource:
        given = {
            "way": "https",
            "name": "jinji",
            "kind": "staff",
            "url": f"https://127.0.0.1:{self.port}/staff.csv",
            "token_file": self.folder / "token",
            "ca_file": self.folder / "ca.pem",
        }
        return HttpsSource.model_validate({**given, **more})


def make_authority(path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
    authority = (
        _certificate(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return authority, key


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    dated = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    return dated.serial_number(x509.random_serial_number())


def make_identity(folder: Path) -> Path:
    authority, signing = make_authority(folder / "ca.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        _certificate(name, authority.subject, key.public_key())
        .add_extension(addresses, critical=False)
        .sign(signing, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    identity = folder / "server.pem"
    identity.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return identity


def _handler(answers: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append(self.headers.get("If-None-Match"))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._tell(401, b"")
            if answers.etag and self.headers.get("If-None-Match") == answers.etag:
                return self._tell(304, b"")
            return self._tell(answers.status, answers.data)

        def _tell(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data) if answers.length is None else answers.length))
            if answers.etag:
                self.send_header("ETag", answers.etag)
            if status == 302:
                self.send_header("Location", f"https://127.0.0.1:{answers.port}/other")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    """A server on loopback under an authority of its own."""
    given = Answers(tmp_path)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "token").chmod(0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(make_identity(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(given))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is what is tested
    server.socket = context.wrap_socket(server.socket, server_side=True)
    given.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield given
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_comes_whole_and_an_unchanged_one_not_again(answers: Answers) -> None:
    answers.data = staff_csv("s1", "s2")
    fetched = fetch_by_https(answers.source(), "")
    assert fetched is not None
    assert (fetched.data, fetched.mark) == (answers.data, '"1"')
    assert fetch_by_https(answers.source(), fetched.mark) is None
    answers.etag = '"2"'
    assert fetch_by_https(answers.source(), fetched.mark) is not None
    assert answers.asked == [None, '"1"', '"1"']


def test_an_authority_that_was_not_given_is_not_believed(answers: Answers) -> None:
    make_authority(answers.folder / "other.pem")
    with pytest.raises(FetchError, match="not reached or not trusted"):
        fetch_by_https(answers.source(ca_file=answers.folder / "other.pem"), "")
    assert answers.asked == [], "the token never left"


def test_a_wrong_token_is_told(answers: Answers) -> None:
    (answers.folder / "token").write_text("old")
    with pytest.raises(FetchError, match="token is not accepted"):
        fetch_by_https(answers.source(), "")


@pytest.mark.parametrize("status", [302, 404, 500])
def test_no_other_answer_is_followed_or_taken(answers: Answers, status: int) -> None:
    answers.status = status
    with pytest.raises(FetchError, match=f"HTTP {status}"):
        fetch_by_https(answers.source(), "")
    assert len(answers.asked) == 1


def test_half_a_file_is_none(answers: Answers) -> None:
    answers.data, answers.length = b"half", 8
    with pytest.raises(FetchError, match="not reached"):
        fetch_by_https(answers.source(), "")


def test_a_file_beyond_every_bound_and_one_that_takes_too_long_are_let_go(answers: Answers) -> None:
    answers.data = b"x"
    with pytest.raises(FetchError, match="took too long"):
        fetch_by_https(answers.source(), "", deadline_seconds=-1)
    answers.data = bytes(bounds.BYTES_MAX + 1)
    with pytest.raises(FetchError, match="larger than 64 MiB"):
        fetch_by_https(answers.source(), "")


def test_the_job_brings_it_once(answers: Answers, store: Store, tmp_path: Path) -> None:
    answers.data = staff_csv("s1", "s2")
    given = settings(tmp_path, store.url, hr_sources=[answers.source().model_dump()])
    assert fetch_hr_files(store, given, ON, DECEMBER) == "jinji brought"
    assert fetch_hr_files(store, given, ON, DECEMBER) == "jinji unchanged"
    answers.etag = ""
    assert fetch_hr_files(store, given, ON, DECEMBER) == "jinji known"
