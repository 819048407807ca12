"""What another authority has signed for a device: whether it is that device's certificate and will be let in."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from gateway.site.keys import KeyFileError

CHAIN_BYTES_MAX = 32_768


class ChainError(Exception):
    """Why it is not taken: unreadable, other_key, other_name, not_now, not_client or not_trusted."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}")


def read_issuers(path: Path) -> list[x509.Certificate]:
    """Read the authorities of devices, PEM behind PEM.

    Raises:
        KeyFileError: there is none in the file.
    """
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise KeyFileError(f"{path}: 認証局の証明書がありません / expected certificates of an authority") from None


def check_chain(
    data: bytes, key: EllipticCurvePublicKey | None, *, name: str, issuers: list[x509.Certificate], now: datetime
) -> str:
    """Give the certificate and its chain in PEM as the device is to have it.

    Raises:
        ChainError: it is not what the device needs.
    """
    try:
        leaf, *between = x509.load_pem_x509_certificates(data[:CHAIN_BYTES_MAX])
    except ValueError:
        raise ChainError("unreadable") from None
    if leaf.public_key() != key:
        raise ChainError("other_key")
    named = _names(leaf)
    if named != ([name], [name]):
        raise ChainError("other_name", ", ".join(sorted({*named[0], *named[1]}))[:200])
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        raise ChainError("not_now", f"{leaf.not_valid_before_utc:%Y-%m-%d} - {leaf.not_valid_after_utc:%Y-%m-%d}")
    if not _is_for_clients(leaf):
        raise ChainError("not_client")
    verifier = PolicyBuilder().store(Store(issuers)).time(now).build_client_verifier()
    try:
        verifier.verify(leaf, between)
    except VerificationError as error:
        raise ChainError("not_trusted", str(error)[:200]) from None
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in (leaf, *between))


def _names(leaf: x509.Certificate) -> tuple[list[str], list[str]]:
    common = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return common, []
    return common, found.get_values_for_type(x509.DNSName)


def _is_for_clients(leaf: x509.Certificate) -> bool:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage
