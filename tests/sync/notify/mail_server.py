"""A real mail server on loopback: STARTTLS with a certificate of its own authority, a password, replies to order."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.notify.settings import MailSettings
from tests.servers import free_port

USER, PASSWORD = "sekisho", "a-password-of-the-test"


@dataclass
class Post:
    """What came in, and the replies that stand in place of taking a letter, one a letter, by the command."""

    settings: MailSettings
    letters: list[EmailMessage] = field(default_factory=list)
    recipient_replies: list[str] = field(default_factory=list)
    data_replies: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.recipient_replies:
            return self.recipient_replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_replies:
            return self.data_replies.pop(0)
        assert session.ssl is not None, "a letter came in the clear"
        assert session.authenticated
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
    right = isinstance(told, LoginPassword) and (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "mail.crt", folder / "mail.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


def secret_file(path: Path, secret: str) -> Path:
    path.write_text(secret, encoding="utf-8")
    path.chmod(0o600)
    return path


@contextmanager
def mail_server(folder: Path, *, ca: bool = True, tls: bool = True, password: str = PASSWORD) -> Iterator[Post]:
    certificate_file, key_file = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    handler = Post(settings=None)  # type: ignore[arg-type]
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        server_hostname="mail.test",
        tls_context=context if tls else None,
        require_starttls=tls,
        auth_required=tls,
        authenticator=authenticate,
    )
    controller.start()
    try:
        handler.settings = MailSettings(
            host="127.0.0.1",
            port=controller.port,
            sender="sekisho@city.example",
            user=USER,
            password_file=secret_file(folder / "mail.password", password),
            ca_file=certificate_file if ca else None,
        )
        yield handler
    finally:
        controller.stop()
