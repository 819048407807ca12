"""The installation's own certificate authority and what it issues: EC P-256, mutual TLS, one name a certificate.

A certificate is issued anew when less than a third of its life is left, when its names change or when it does not come
from this authority; its key stays. So rendering again is how certificates are renewed, and it never locks anybody out.
It is one module because what is rendered and what a new box is given are issued by the same hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.site.keys import KeyFileError, write_secret

AUTHORITY_LIFE = timedelta(days=3650)
CERTIFICATE_LIFE = timedelta(days=398)
BACKDATED = timedelta(hours=1)
"""Valid a little before it is made: boxes whose clocks run slow may connect at once."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate authority: its certificate and the key that signs."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate that everybody trusts, in PEM."""
        return self.certificate.public_bytes(Encoding.PEM)


def ensure_authority(folder: Path, name: str, *, now: datetime) -> Authority:
    """Give the authority in ``folder`` (``ca.crt``, ``ca.key``), made on the first call and renewed with its key.

    Args:
        folder: kept where certificates are issued, and nowhere else.
        name: the common name of the authority.
        now: the instant at which it is looked at.

    Raises:
        KeyFileError: ``ca.key`` is no EC key.
    """
    key = _ensure_key(folder / "ca.key")
    path = folder / "ca.crt"
    if (found := _load(path)) is not None and _fresh(found, now) and found.public_key() == key.public_key():
        return Authority(found, key)
    subject = _name(name) if found is None else found.subject  # a renewed authority keeps the name that leaves carry
    certificate = (
        _builder(subject, subject, key, key.public_key(), now=now, life=AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .sign(key, SHA256())
    )
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return Authority(certificate, key)


def ensure_server_certificate(
    authority: Authority, folder: Path, stem: str, *, names: Sequence[str], now: datetime
) -> None:
    """Keep ``<stem>.crt`` and ``<stem>.key`` valid for a server called by loopback names and by ``names``.

    Raises:
        KeyFileError: the key file is no EC key.
    """
    _ensure_certificate(
        authority,
        folder / stem,
        common_name=names[0] if names else "localhost",
        alternatives=[_general_name(name) for name in dict.fromkeys((*LOOPBACK_NAMES, *names))],
        usage=ExtendedKeyUsageOID.SERVER_AUTH,
        now=now,
    )


def ensure_client_certificate(authority: Authority, folder: Path, stem: str, *, name: str, now: datetime) -> None:
    """Keep ``<stem>.crt`` and ``<stem>.key`` valid for the client ``name``: a device's id, or the centre's.

    Raises:
        KeyFileError: the key file is no EC key.
    """
    _ensure_certificate(
        authority,
        folder / stem,
        common_name=name,
        alternatives=[x509.DNSName(name)],
        usage=ExtendedKeyUsageOID.CLIENT_AUTH,
        now=now,
    )


def read_authority(folder: Path) -> Authority:
    """Give the authority in ``folder``, which must be there already.

    Raises:
        KeyFileError: ``ca.crt`` or ``ca.key`` is missing, or holds something else.
    """
    if (found := _load(folder / "ca.crt")) is None or not (folder / "ca.key").is_file():
        raise KeyFileError(f"{folder}: ca.crt と ca.key がありません / expected ca.crt and ca.key here")
    return Authority(found, _ensure_key(folder / "ca.key"))


def read_request(pem: str) -> ec.EllipticCurvePublicKey | None:
    """Give the key of a certificate request that proves it and is EC P-256; None for any other text.

    Names in the request count for nothing: whoever admits the box names it.
    """
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        proven = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    fits = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if proven and fits and isinstance(key, ec.EllipticCurvePublicKey) else None


def issue_client_certificate(
    authority: Authority,
    key: ec.EllipticCurvePublicKey,
    *,
    name: str,
    now: datetime,
    life: timedelta = CERTIFICATE_LIFE,
    unit: str = "",
) -> str:
    """Give a certificate in PEM by which the holder of ``key`` is the client ``name``, of a ``unit`` where it has one.

    The unit is the subject's ``OU``: for a terminal, its network tier.
    """
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name)])
    usage = ExtendedKeyUsageOID.CLIENT_AUTH
    subject = _name(name, unit)
    issued = _issue(authority, key, alternatives, subject=subject, usage=usage, now=now, life=life)
    return issued.public_bytes(Encoding.PEM).decode()


def _ensure_certificate(
    authority: Authority,
    path: Path,
    *,
    common_name: str,
    alternatives: Sequence[x509.GeneralName],
    usage: x509.ObjectIdentifier,
    now: datetime,
) -> None:
    key = _ensure_key(path.with_suffix(".key"))
    wanted = x509.SubjectAlternativeName(alternatives)
    found = _load(path.with_suffix(".crt"))
    if (
        found is not None
        and _fresh(found, now)
        and found.public_key() == key.public_key()
        and _issued_by(authority, found)
        and found.subject == _name(common_name)
        and found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value == wanted
    ):
        return
    certificate = _issue(authority, key.public_key(), wanted, subject=_name(common_name), usage=usage, now=now)
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(Encoding.PEM))


def _issue(
    authority: Authority,
    key: ec.EllipticCurvePublicKey,
    alternatives: x509.SubjectAlternativeName,
    *,
    subject: x509.Name,
    usage: x509.ObjectIdentifier,
    now: datetime,
    life: timedelta = CERTIFICATE_LIFE,
) -> x509.Certificate:
    issuer = authority.certificate.subject
    return (
        _builder(subject, issuer, authority.key, key, now=now, life=life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(alternatives, critical=False)
        .sign(authority.key, SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    public_key: ec.EllipticCurvePublicKey,
    *,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _ensure_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return key
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: 鍵を読めません / no readable key: {error}") from None
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise KeyFileError(f"{path}: EC の鍵ではありません / expected an EC key")
    return found


def _load(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _fresh(certificate: x509.Certificate, now: datetime) -> bool:
    begins_at, ends_at = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return begins_at <= now < ends_at - (ends_at - begins_at) / 3


def _issued_by(authority: Authority, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _name(common_name: str, unit: str = "") -> x509.Name:
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []
    return x509.Name([*units, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
