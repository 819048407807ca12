"""What a device asks about certificates: its next one, and the lists of those that were revoked.

A certificate that was revoked opens nothing here, although TLS takes it: whoever shows one is nobody.
"""

import time
from threading import Lock

from fastapi import Response

from contract.errors import MalformedMessageError
from contract.renewal import CertificateIssued, CertificateRefused, decode_wanted_certificate
from gateway.context import GatewayContext
from gateway.http.certificates import ShownCertificate
from gateway.operations.access.admit_device import Issue
from gateway.operations.access.certify_device import ask_certificate
from gateway.site.certificates import issue_client_certificate
from store.device_certificates import is_revoked

RETRY_SECONDS = 3600
"""How long to wait for another authority before asking again."""

KNOWN_SECONDS = 1.0
KNOWN_MAX = 4096


class CertificateDoor:
    """Answers such questions; callable from any thread."""

    def __init__(self, context: GatewayContext) -> None:
        self._context = context
        self._known: dict[str, tuple[float, bool]] = {}
        self._lock = Lock()

    def is_refused(self, shown: ShownCertificate | None) -> bool:
        """Tell whether a request comes by a revoked certificate; the table is asked once a second for each."""
        if shown is None:
            return False
        mono = time.monotonic()
        with self._lock:
            looked_mono, refused = self._known.get(shown.serial, (float("-inf"), False))
        if mono - looked_mono < KNOWN_SECONDS:
            return refused
        with self._context.store.reading(self._context.now()) as tx:
            refused = is_revoked(tx, shown.serial)
        with self._lock:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[shown.serial] = (mono, refused)
        return refused

    def renew(self, shown: ShownCertificate | None, payload: bytes) -> Response:
        """Answer a device that asks for its next certificate; raises what the database raised."""
        try:
            wanted = decode_wanted_certificate(payload)
        except MalformedMessageError:
            return _refuse("unfit")
        if shown is None or wanted.device != shown.device:
            return _refuse("unfit")
        with self._context.store.transaction(self._context.now()) as tx:
            asked = ask_certificate(
                tx,
                wanted,
                shown_from=shown.counts_from,
                shown_until=shown.counts_until,
                issue=self._open_issue(),
            )
        self._context.committed.set()
        if isinstance(asked, str):
            return _refuse(asked)
        if asked.certificate is None:
            return Response(status_code=202, headers={"Retry-After": str(RETRY_SECONDS)})
        issued = CertificateIssued(device=wanted.device, request_sha256=asked.id, certificate=asked.certificate)
        return _say(issued.signed(self._context.signing_key).encoded(), 200)

    def revoked(self) -> Response:
        """Give the lists of revoked certificates, as the broker has them."""
        settings = self._context.settings.certificates
        if settings is None or not settings.crl_file.is_file():
            return Response(status_code=404)
        return Response(settings.crl_file.read_bytes(), media_type="application/x-pem-file")

    def _open_issue(self) -> Issue | None:
        settings = self._context.settings.certificates
        authority = settings.read_authority() if settings and settings.issuer == "own" else None
        if authority is None:
            return None
        now = self._context.now()
        return lambda key, device: issue_client_certificate(authority, key, name=device, now=now)


def _refuse(reason: str) -> Response:
    refused = CertificateRefused.model_validate({"reason": reason})
    return _say(refused.model_dump_json().encode(), 403)


def _say(body: bytes, code: int) -> Response:
    return Response(body, status_code=code, media_type="application/json")
