"""The installation's own authority: what it issues works with TLS, is renewed in time, and no key is ever lost."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socketpair

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.site.certificates import (
    Authority,
    ensure_authority,
    ensure_client_certificate,
    ensure_server_certificate,
)
from gateway.site.keys import KeyFileError, copy_secret, ensure_signing_key, ensure_site_key, write_secret

NOW = datetime.now(UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return ensure_authority(tmp_path / "ca", "Test CA", now=NOW)


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def handshake(tmp_path: Path, server_name: str, *, client: str | None) -> str:
    """Do a TLS handshake as the programs do it, strictly; give the client's name as the server sees it."""
    accepting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca" / "ca.crt")
    accepting.verify_mode = ssl.CERT_REQUIRED
    accepting.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    connecting = ssl.create_default_context(cafile=tmp_path / "ca" / "ca.crt")
    for context in (accepting, connecting):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    if client is not None:
        connecting.load_cert_chain(tmp_path / f"{client}.crt", tmp_path / f"{client}.key")
    here, there = socketpair(AF_UNIX, SOCK_STREAM)
    names: list[str] = []

    def serve() -> None:
        try:
            with accepting.wrap_socket(there, server_side=True) as connection:
                peer = connection.getpeercert() or {}
                names.extend(value for part in peer["subject"] for key, value in part if key == "commonName")
                connection.sendall(b"x")
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with connecting.wrap_socket(here, server_hostname=server_name) as connection:
            connection.recv(1)
    finally:
        here.close()
        thread.join(10)
    return names[0]


def test_mutual_tls(tmp_path: Path, authority: Authority) -> None:
    ensure_server_certificate(authority, tmp_path, "server", names=["centre.example", "192.0.2.7"], now=NOW)
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW)
    for name in ("localhost", "127.0.0.1", "centre.example", "192.0.2.7"):
        assert handshake(tmp_path, name, client="west-1") == "west-1"
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, "other.example", client="west-1")
    with pytest.raises((OSError, IndexError)):
        handshake(tmp_path, "localhost", client=None)


def test_a_client_cannot_pass_as_a_server(tmp_path: Path, authority: Authority) -> None:
    ensure_client_certificate(authority, tmp_path, "server", name="localhost", now=NOW)
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, "localhost", client="west-1")


def test_the_algorithms(tmp_path: Path, authority: Authority) -> None:
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW)
    issued = certificate(tmp_path / "west-1.crt")
    key = issued.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert issued.issuer == authority.certificate.subject
    assert not issued.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize(("days", "renewed"), [(0, False), (260, False), (270, True), (500, True), (-1, True)])
def test_renewal_in_the_last_third(tmp_path: Path, authority: Authority, days: int, renewed: bool) -> None:
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW)
    before, key = certificate(tmp_path / "west-1.crt"), (tmp_path / "west-1.key").read_bytes()
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW + timedelta(days=days))
    after = certificate(tmp_path / "west-1.crt")
    assert (after != before) == renewed
    assert (tmp_path / "west-1.key").read_bytes() == key
    assert after.public_key() == before.public_key()


def test_new_names_give_a_new_certificate(tmp_path: Path, authority: Authority) -> None:
    ensure_server_certificate(authority, tmp_path, "server", names=["one"], now=NOW)
    before = certificate(tmp_path / "server.crt")
    ensure_server_certificate(authority, tmp_path, "server", names=["one"], now=NOW)
    assert certificate(tmp_path / "server.crt") == before
    ensure_server_certificate(authority, tmp_path, "server", names=["one", "two"], now=NOW)
    assert certificate(tmp_path / "server.crt") != before


def test_a_renewed_authority_still_vouches_for_what_it_issued(tmp_path: Path, authority: Authority) -> None:
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW)
    before = certificate(tmp_path / "west-1.crt")
    renewed = ensure_authority(tmp_path / "ca", "Renamed", now=NOW + timedelta(days=2600))
    assert renewed.certificate != authority.certificate
    before.verify_directly_issued_by(renewed.certificate)


def test_another_authority_issues_anew(tmp_path: Path, authority: Authority) -> None:
    ensure_client_certificate(authority, tmp_path, "west-1", name="west-1", now=NOW)
    other = ensure_authority(tmp_path / "other", "Test CA", now=NOW)
    ensure_client_certificate(other, tmp_path, "west-1", name="west-1", now=NOW)
    certificate(tmp_path / "west-1.crt").verify_directly_issued_by(other.certificate)


def test_secrets_are_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    write_secret(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(KeyFileError, match="secret"):
        write_secret(path, b"two")
    copy_secret(path, b"one")
    with pytest.raises(KeyFileError, match="別の鍵"):
        copy_secret(path, b"two")
    assert path.read_bytes() == b"one"


def test_keys_are_made_once(tmp_path: Path) -> None:
    key = ensure_signing_key(tmp_path / "signing.key")
    assert ensure_signing_key(tmp_path / "signing.key").private_bytes_raw() == key.private_bytes_raw()
    site_key = ensure_site_key(tmp_path / "site.key")
    assert len(site_key) == 32
    assert ensure_site_key(tmp_path / "site.key") == site_key
    assert (tmp_path / "site.key").read_text() == site_key.hex() + "\n"


def test_a_file_that_is_no_such_key_is_refused(tmp_path: Path) -> None:
    ensure_authority(tmp_path, "Test CA", now=NOW)
    with pytest.raises(KeyFileError, match="Ed25519"):
        ensure_signing_key(tmp_path / "ca.key")
    with pytest.raises(KeyFileError, match="16進64桁"):
        ensure_site_key(tmp_path / "ca.crt")
    ensure_signing_key(tmp_path / "signing.key")
    (tmp_path / "ca.key").write_bytes((tmp_path / "signing.key").read_bytes())
    with pytest.raises(KeyFileError, match="EC"):
        ensure_authority(tmp_path, "Test CA", now=NOW)
    (tmp_path / "ca.key").write_bytes(b"nothing")
    with pytest.raises(KeyFileError, match="no readable key"):
        ensure_authority(tmp_path, "Test CA", now=NOW)
