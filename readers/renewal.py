"""Gets the box its next certificate before the present one runs out, without anybody's help.

From two thirds of its life on the box makes a new key, asks the centre by the present certificate, and puts what comes
on trial (``readers.client_pair``). It goes by its own clock only while that is synchronised, else by the last time that
the centre signed; and the centre judges by its own whether it is time. Past five sixths a person is told. Once run out
the box must be enrolled again.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from contract.errors import MalformedMessageError
from contract.renewal import (
    ISSUED_BYTES_MAX,
    CertificateWanted,
    decode_issued_certificate,
    digest_request,
)
from contract.signatures import ForgedMessageError
from readers.client_pair import ClientPair
from readers.clock import Clock
from readers.events import AlarmFound
from readers.link import Identity
from readers.settings import HttpsSettings
from readers.transports.https import open_client
from readers.whole_file import replace_file

if TYPE_CHECKING:
    import httpx2

LOOK_SECONDS = 60.0
PAUSE_SECONDS = 60.0
PAUSE_SECONDS_MAX = 6 * 3600.0
ALARM_AGAIN_SECONDS = 24 * 3600.0

_log = logging.getLogger(__name__)

Standing = Literal["fresh", "due", "pressing", "expired"]


def assess_life(begins_at: datetime, ends_at: datetime, at: datetime, chance: float) -> Standing:
    """Tell how a certificate stands at an instant.

    It is due from two thirds of its life on, and up to a twenty-fourth later by ``chance`` (0 to 1), so that boxes that
    were set up together do not ask together; pressing from five sixths on.
    """
    life: timedelta = ends_at - begins_at
    if at >= ends_at:
        return "expired"
    if at >= begins_at + life * 5 / 6:
        return "pressing"
    return "due" if at >= begins_at + life * (2 / 3 + chance / 24) else "fresh"


class RenewalError(Exception):
    """This time it came to nothing; the text says why. ``refused`` where waiting alone does not mend it."""

    def __init__(self, text: str, *, refused: bool = False) -> None:
        self.refused = refused
        super().__init__(text)


class Renewal:
    """Looks after the box's certificate in a thread of its own.

    Args:
        pair: the box's pairs.
        https: where the centre's device API is.
        identity: who the box is.
        folder: the box's state, where a request that is under way is kept.
        clock: the machine's.
        centre_at: the last time that the centre signed; before 2000 while it has said none.
        found: told what a person must look at.
        reconnect: called when another pair should be shown.
        chance: this box's share of the spread.
    """

    def __init__(
        self,
        pair: ClientPair,
        https: HttpsSettings,
        identity: Identity,
        folder: Path,
        *,
        clock: Clock,
        centre_at: Callable[[], datetime],
        found: Callable[[AlarmFound], None],
        reconnect: Callable[[], None],
        chance: float,
    ) -> None:
        self._pair, self._https, self._identity = pair, https, identity
        self._under_way = folder / "renewal.pem"
        self._clock, self._centre_at, self._found, self._reconnect = clock, centre_at, found, reconnect
        self._chance = chance
        self._pause = PAUSE_SECONDS
        self._due_mono = self._quiet_until_mono = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set."""
        while not stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except (OSError, ValueError) as error:
                _log.warning("the certificate cannot be looked after: %s", error)

    def look(self) -> None:
        """Do what is due now.

        Raises:
            OSError: the present pair or the state folder cannot be read or written.
            ValueError: the present pair is none.
        """
        present, moment = self._pair.certificate, self._clock.now()
        at = moment.at if moment.clock == "synced" else self._centre_at()
        begins_at, ends_at = present.not_valid_before_utc, present.not_valid_after_utc
        standing = assess_life(begins_at, ends_at, at.astimezone(UTC), self._chance)
        if standing == "fresh" or (standing == "due" and self._pair.is_on_trial):
            return
        if standing == "expired":
            self._say_once("certificate_expired", f"{ends_at:%Y-%m-%d %H:%M} UTC", moment.mono)
            return
        if moment.mono < self._due_mono:
            return
        cause = self._try()
        self._due_mono = moment.mono + self._pause * (0.5 + self._chance / 2)
        self._pause = min(2 * self._pause, PAUSE_SECONDS_MAX) if cause else PAUSE_SECONDS
        if cause and (cause.refused or standing == "pressing"):
            self._say_once(
                "certificate_refused" if cause.refused else "certificate_expiring",
                f"{ends_at:%Y-%m-%d %H:%M} UTC: {cause}",
                moment.mono,
            )

    def _try(self) -> RenewalError | None:
        import httpx2

        try:
            pem = self._ask()
        except RenewalError as error:
            _log.warning("no new certificate yet: %s", error)
            return error
        except httpx2.HTTPError as error:
            return RenewalError(f"the centre is not reached: {type(error).__name__}")
        self._pair.put_on_trial(pem)
        self._under_way.unlink(missing_ok=True)
        self._reconnect()
        return None

    def _ask(self) -> bytes:
        """Ask once; gives the new key with its certificate and chain."""
        key, request = self._ensure_request()
        wanted = CertificateWanted(device=self._identity.device, request=request).signed(self._identity.device_key)
        with open_client(self._https, self._pair.give_counting()) as client:
            answer = client.post("/v1/certificate", content=wanted.encoded())
        if answer.status_code != 200:
            raise _explain(answer)
        try:
            issued = decode_issued_certificate(answer.content[:ISSUED_BYTES_MAX])
            issued.require_signature(self._identity.centre_key)
        except (MalformedMessageError, ForgedMessageError) as error:
            raise RenewalError(f"not the centre's answer: {type(error).__name__}", refused=True) from None
        leaf = x509.load_pem_x509_certificate(issued.certificate.encode())
        named = [each.value for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        fits = (issued.device, issued.request_sha256) == (self._identity.device, digest_request(request))
        if not fits or named != [self._identity.device] or leaf.public_key() != key.public_key():
            raise RenewalError("the certificate is not for this box's new key", refused=True)
        return _write_key(key) + issued.certificate.encode()

    def _ensure_request(self) -> tuple[ec.EllipticCurvePrivateKey, str]:
        """Give the new key and its request; the same ones until they were answered, also after a restart."""
        try:
            pem = self._under_way.read_bytes()
            key, request = load_pem_private_key(pem, password=None), x509.load_pem_x509_csr(pem)
            if isinstance(key, ec.EllipticCurvePrivateKey) and request.public_key() == key.public_key():
                return key, request.public_bytes(Encoding.PEM).decode()
        except (FileNotFoundError, ValueError, TypeError):
            pass
        new = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._identity.device)])
        text = x509.CertificateSigningRequestBuilder().subject_name(name).sign(new, SHA256()).public_bytes(Encoding.PEM)
        replace_file(self._under_way, _write_key(new) + text)
        return new, text.decode()

    def _say_once(self, alarm: str, detail: str, mono: float) -> None:
        if mono >= self._quiet_until_mono:
            self._quiet_until_mono = mono + ALARM_AGAIN_SECONDS
            self._found(AlarmFound(alarm, detail))


def _explain(answer: "httpx2.Response") -> RenewalError:
    if answer.status_code == 202:
        return RenewalError("another authority has it to sign")
    early = answer.status_code == 403 and b'"early"' in answer.content[:200]
    return RenewalError(f"the centre answered {answer.status_code}", refused=answer.status_code == 403 and not early)


def _write_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
