"""The list of revoked certificates (CRL, RFC 5280 section 5) by which a broker keeps revoked devices out.

A broker that reads a list refuses everybody while the list is missing, lapsed or not valid yet. So there is always one,
it lives as long as a certificate, begins a day early, and is made anew each day and whenever the clock no longer lies
within it. Lists of several authorities lie one behind the other in one file.
"""

import os
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.site.certificates import CERTIFICATE_LIFE, Authority

LIST_LIFE = CERTIFICATE_LIFE
"""By then each certificate that it names has run out by itself."""

LIST_BACKDATED = timedelta(days=1)
LIST_RENEWED = timedelta(days=1)
LIST_BYTES_MAX = 1024 * 1024

_END = b"-----END X509 CRL-----\n"


class RevocationListError(Exception):
    """A text is no list that may be used; ``reason`` is a stable word."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def build_list(authority: Authority, serials: Collection[int], *, now: datetime) -> bytes:
    """Give the authority's list in PEM, which refuses certificates of these serial numbers."""
    key = authority.key.public_key()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - LIST_BACKDATED)
        .next_update(now + LIST_LIFE)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key), critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for serial in sorted(set(serials)):
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        builder = builder.add_revoked_certificate(revoked.build())
    return builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM)


def ensure_list(authority: Authority, path: Path, *, now: datetime) -> None:
    """Keep a list of the authority at ``path``: an old one is dated anew, and what it refuses stays refused."""
    lists = read_lists(path.read_bytes()) if path.exists() else []
    own = next((each for each in lists if _is_by(each, authority.certificate)), None)
    if own is not None and not wants_renewal(own, now):
        return
    built = build_list(authority, [each.serial_number for each in own or ()], now=now)
    write_lists(path, [built, *(each.public_bytes(Encoding.PEM) for each in lists if each is not own)])


def wants_renewal(found: x509.CertificateRevocationList, now: datetime) -> bool:
    """Tell whether a list is of another day than ``now``: older, lapsed, or of a clock that ran ahead."""
    made_at = found.last_update_utc + LIST_BACKDATED
    return not made_at <= now < made_at + LIST_RENEWED


def read_foreign_list(
    data: bytes,
    issuers: Sequence[x509.Certificate],
    *,
    now: datetime,
    held: Sequence[x509.CertificateRevocationList] = (),
) -> x509.CertificateRevocationList:
    """Read another authority's list that somebody brings.

    Args:
        data: PEM or DER.
        issuers: one of whom it must be by.
        now: the list must hold at this instant, for a lapsed one would shut everybody out.
        held: the lists held so far; an older one does not take its issuer's place.

    Raises:
        RevocationListError: ``unreadable``, ``not_by_issuer``, ``not_now`` or ``older``.
    """
    try:
        pem = data.lstrip().startswith(b"-----")
        found = x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data)
    except ValueError:
        raise RevocationListError("unreadable") from None
    if not any(_is_by(found, issuer) for issuer in issuers):
        raise RevocationListError("not_by_issuer")
    if found.next_update_utc is None or not found.last_update_utc <= now < found.next_update_utc:
        raise RevocationListError("not_now")
    if any(each.issuer == found.issuer and each.last_update_utc > found.last_update_utc for each in held):
        raise RevocationListError("older")
    return found


def read_lists(data: bytes) -> list[x509.CertificateRevocationList]:
    """Give the lists of a file; what is none is left out."""
    lists = []
    for part in data.split(_END)[:-1]:
        try:
            lists.append(x509.load_pem_x509_crl(part + _END))
        except ValueError:
            continue
    return lists


def write_lists(path: Path, lists: Sequence[bytes]) -> None:
    """Put lists (PEM) in place of what stood there, whole or not at all; everybody may read them.

    Raises:
        OSError: it cannot be written; what stood there still stands.
    """
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(b"".join(lists))
        file.flush()
        os.fsync(file.fileno())
    new.chmod(0o644)
    new.replace(path)


def _is_by(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        key = issuer.public_key()
        return found.issuer == issuer.subject and found.is_signature_valid(key)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
