"""The file with the lists of revoked certificates that the broker reads, and the word by which it reads it again."""

import logging
import os
import signal
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.settings import CertificateSettings
from gateway.site.certificates import Authority
from gateway.site.revocation_list import build_list, read_lists, wants_renewal, write_lists

log = logging.getLogger(__name__)


@dataclass(slots=True)
class RevocationFile:
    """One installation's file: our authority's list and, behind it, those of others."""

    settings: CertificateSettings

    def read(self) -> list[x509.CertificateRevocationList]:
        """Give the lists in it; none while there is no file."""
        path = self.settings.crl_file
        return read_lists(path.read_bytes()) if path.is_file() else []

    def find_own(self, authority: Authority) -> x509.CertificateRevocationList | None:
        """Give our authority's list, or None."""
        subject = authority.certificate.subject
        return next((each for each in self.read() if each.issuer == subject), None)

    def list_foreign(self) -> list[x509.CertificateRevocationList]:
        """Give the lists of the authorities that sign devices' certificates beside ours; at first those rendered."""
        subjects = [each.subject for each in self.settings.read_issuers()]
        first = self.settings.external_list_file
        found = {each.issuer: each for each in (read_lists(first.read_bytes()) if first else [])}
        found |= {each.issuer: each for each in self.read()}
        return [each for issuer, each in found.items() if issuer in subjects]

    def is_due(self, authority: Authority, serials: Collection[int], now: datetime) -> bool:
        """Tell whether our list is not what it should be now: other serials, another day, none at all."""
        own = self.find_own(authority)
        return own is None or wants_renewal(own, now) or not set(serials) <= {each.serial_number for each in own}

    def publish(self, authority: Authority, serials: Collection[int], now: datetime) -> None:
        """Write our list anew and have the broker read it.

        Raises:
            OSError: it cannot be written; what stood there still stands.
        """
        foreign = [each.public_bytes(Encoding.PEM) for each in self.list_foreign()]
        write_lists(self.settings.crl_file, [build_list(authority, serials, now=now), *foreign])
        self._call_broker()

    def bring(self, foreign: x509.CertificateRevocationList) -> None:
        """Put another authority's list in place of the one it had here, and have the broker read it.

        Raises:
            OSError: it cannot be written; what stood there still stands.
        """
        kept = [each.public_bytes(Encoding.PEM) for each in self.read() if each.issuer != foreign.issuer]
        write_lists(self.settings.crl_file, [*kept, foreign.public_bytes(Encoding.PEM)])
        self._call_broker()

    def _call_broker(self) -> None:
        """Say SIGHUP to the broker where its pid is known; elsewhere the system watches the file."""
        path = self.settings.broker_pid_file
        if path is None or not path.is_file():
            return
        text = path.read_text(encoding="ascii", errors="replace").strip()
        if not text.isdigit() or "mosquitto" not in _program(int(text)):
            log.warning("%s names no running mosquitto; it reads the list of revoked certificates when it starts", path)
            return
        try:
            os.kill(int(text), signal.SIGHUP)
        except OSError as error:
            log.warning("the broker cannot be told to read its list again: %s", type(error).__name__)


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
