"""A city's own certificate authority: what a person there signs and publishes with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.site.certificates import Authority, ensure_authority
from gateway.site.revocation_list import build_list


@dataclass
class CityAuthority:
    """The authority in a folder of its own."""

    folder: Path
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    authority: Authority = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority = ensure_authority(self.folder, "City CA", now=self.now())
        (self.folder / "ca.pem").write_bytes(self.authority.pem)
        (self.folder / "crl.pem").write_bytes(self.revoke())

    def revoke(self, *serials: int, ahead: timedelta = timedelta(0)) -> bytes:
        """Give its list of revoked certificates."""
        return build_list(self.authority, serials, now=self.now() + ahead)

    def sign(
        self,
        request: str,
        *,
        name: str,
        alternative: str | None = None,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        ahead: timedelta = timedelta(0),
    ) -> bytes:
        """Sign a request (PEM) under a name."""
        now, key = self.now() + ahead, x509.load_pem_x509_csr(request.encode()).public_key()
        own = self.authority.key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.authority.certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=100))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(alternative or name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False)
            .sign(self.authority.key, SHA256())
            .public_bytes(Encoding.PEM)
        )
