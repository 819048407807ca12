"""The authority of terminals: certificates by which a terminal shows itself to a switch (EAP-TLS), and their end.

Its folder is ``terminals`` beside the installation's authority. What was issued lies in ``issued/``, so that it can be
revoked; a terminal's key is handed over with its certificate and kept nowhere here.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from gateway.site.certificates import CERTIFICATE_LIFE, Authority, ensure_authority, issue_client_certificate
from gateway.site.description import Site
from gateway.site.keys import private_folder
from gateway.site.revocation_list import build_list, ensure_list, read_lists, write_lists

PASSWORD_BYTES = 9
"""Twelve characters: it protects a file on its way, and whoever holds the file may try for long."""


@dataclass(frozen=True, slots=True)
class IssuedTerminal:
    """A terminal's certificate and key as one PKCS#12 file, and the password that opens it."""

    certificate: x509.Certificate
    pkcs12: bytes
    password: str

    @property
    def serial(self) -> str:
        """The serial number, in hexadecimal digits, as registers of terminals have it."""
        return f"{self.certificate.serial_number:x}"


def open_terminal_authority(ca_folder: Path, site: Site, *, now: datetime) -> Authority:
    """Give the authority of terminals, made on the first call.

    Raises:
        KeyFileError: its key file holds something else.
    """
    return ensure_authority(private_folder(ca_folder / "terminals"), f"Sekisho terminals {site.name_en}", now=now)


def ensure_terminal_list(ca_folder: Path, authority: Authority, *, now: datetime) -> bytes:
    """Give the list of revoked terminals in PEM, dated anew each day."""
    path = ca_folder / "terminals" / "crl.pem"
    ensure_list(authority, path, now=now)
    return path.read_bytes()


def issue_terminal(
    ca_folder: Path, authority: Authority, terminal_id: str, tier_id: str, *, now: datetime, days: int = 0
) -> IssuedTerminal:
    """Issue a certificate for a terminal: its name is the terminal's id, its unit the tier.

    Args:
        ca_folder: the folder of the installation's authority.
        authority: of terminals.
        terminal_id: as the terminal is registered.
        tier_id: for which tier it is issued.
        now: from when it counts.
        days: for how long; 0: as long as any certificate here.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    life = timedelta(days=days) if days else CERTIFICATE_LIFE
    pem = issue_client_certificate(authority, key.public_key(), name=terminal_id, unit=tier_id, now=now, life=life)
    certificate = x509.load_pem_x509_certificate(pem.encode())
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    packed = serialize_key_and_certificates(
        terminal_id.encode(),
        key,
        certificate,
        [authority.certificate],
        BestAvailableEncryption(password.encode()),
    )
    issued = IssuedTerminal(certificate, packed, password)
    folder = private_folder(ca_folder / "terminals" / "issued" / terminal_id)
    (folder / f"{issued.serial}.crt").write_bytes(pem.encode())
    return issued


def revoke_terminal(ca_folder: Path, authority: Authority, terminal_id: str, *, now: datetime) -> int:
    """Put every certificate of a terminal on the list, and give how many there are; a later one may be issued."""
    issued = (ca_folder / "terminals" / "issued" / terminal_id).glob("*.crt")
    serials = {x509.load_pem_x509_certificate(path.read_bytes()).serial_number for path in issued}
    if serials:
        path = ca_folder / "terminals" / "crl.pem"
        held = read_lists(path.read_bytes()) if path.exists() else []
        listed = {each.serial_number for revoked in held for each in revoked}
        write_lists(path, [build_list(authority, listed | serials, now=now)])
    return len(serials)
