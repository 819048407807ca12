"""The certificate by which a box is let in, and its key: which of those it has is shown now.

Beside the pair of the settings there may be a renewed one and one on trial, each a file with key and certificates, put
there whole by a rename: whenever the power goes, a pair that fits is left. What was renewed counts only once broker or
centre have let the box in by it; until then each refusal has the other one shown.
"""

import logging
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from readers.whole_file import replace_file, sync_folder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    certificate: x509.Certificate
    certificate_file: Path
    key_file: Path | None


class ClientPair:
    """One box's pairs; callable from any thread.

    Args:
        certificate_file: the pair of the settings.
        key_file: its key.
        state_dir: where renewed pairs lie; None renews nothing.
    """

    def __init__(self, certificate_file: Path, key_file: Path, state_dir: Path | None = None) -> None:
        self._given = certificate_file, key_file
        self._proven = state_dir / "client-pair.pem" if state_dir else None
        self._trial = state_dir / "client-pair.next.pem" if state_dir else None
        self._lock = threading.Lock()
        self._tries = True
        self._shown: Path | None = None
        self.version = 0
        """Grows whenever another pair should be shown: whoever holds a connection opens a new one."""

    @property
    def is_on_trial(self) -> bool:
        """Tell whether a renewed pair waits to be let in."""
        return self._trial is not None and _read(self._trial) is not None

    @property
    def certificate(self) -> x509.Certificate:
        """Give the certificate that counts.

        Raises:
            OSError: the settings' file cannot be read.
            ValueError: it holds none.
        """
        return self._find_counting().certificate

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have a connection show the pair that is its turn.

        Raises:
            OSError: certificate and key cannot be used; TLS's faults are such errors too.
        """
        with self._lock:
            held = _read(self._trial) if self._tries and self._trial else None
            try:
                held = held or self._find_counting()
            except ValueError:
                raise OSError(f"{self._given[0]}: 証明書を読めません / no readable certificate") from None
            self._shown = held.certificate_file
        context.load_cert_chain(held.certificate_file, held.key_file)

    def give_counting(self) -> "ClientPair":
        """Give the pair that counts by itself, as it is now: what is on trial is left out.

        Raises:
            OSError: the settings' file cannot be read.
            ValueError: it holds no certificate.
        """
        held = self._find_counting()
        return ClientPair(held.certificate_file, held.key_file or held.certificate_file)

    def note_accepted(self) -> None:
        """The other side let the box in by what was loaded last: if that was on trial, it counts from now on."""
        with self._lock:
            if self._shown is None or self._shown != self._trial or self._proven is None or not self._trial.exists():
                return
            self._trial.rename(self._proven)
            sync_folder(self._proven.parent)
            self._shown = self._proven
            _log.info("the renewed certificate was accepted")

    def note_refused(self) -> None:
        """The other side did not let the box in: show the other pair next time, where there are two."""
        with self._lock:
            self._tries = not self._tries

    def put_on_trial(self, pem: bytes) -> None:
        """Keep a renewed pair (key and certificates in PEM) and have it shown from the next connection on.

        Raises:
            OSError: it cannot be kept.
            ValueError: key and certificate do not fit.
        """
        if self._trial is None:
            raise ValueError("this box renews nothing")
        key = load_pem_private_key(pem, password=None)
        if x509.load_pem_x509_certificate(pem).public_key() != key.public_key():
            raise ValueError("key and certificate do not fit")
        replace_file(self._trial, pem)
        with self._lock:
            self._tries = True
            self.version += 1

    def _find_counting(self) -> _Held:
        """Give the settings' pair or the renewed one, whichever was issued later: a box may be enrolled anew."""
        certificate_file, key_file = self._given
        given = _Held(x509.load_pem_x509_certificate(certificate_file.read_bytes()), certificate_file, key_file)
        renewed = _read(self._proven) if self._proven else None
        if renewed and renewed.certificate.not_valid_before_utc >= given.certificate.not_valid_before_utc:
            return renewed
        return given


def _read(path: Path) -> _Held | None:
    """Read a renewed pair; one that is none is as if it were not there."""
    try:
        pem = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        fits = load_pem_private_key(pem, password=None).public_key() == certificate.public_key()
    except (OSError, ValueError, TypeError):
        return None
    return _Held(certificate, path, None) if fits else None
