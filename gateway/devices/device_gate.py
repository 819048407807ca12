"""Keeps revoked devices out of the broker: its list of revoked certificates, open sessions, retained messages.

A broker looks at its list when somebody connects, and never again while he stays. So the list comes first; that it is
in force is tried with a certificate of our own that it refuses; then the device's name is taken by us for a moment,
with a certificate that lives for minutes: that ends its session, and its status is forgotten in its own name. Until all
of that was seen the revocation counts as under way, is tried again, and a person is told.
"""

import logging
import threading
import time
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from contract import topics
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.devices.revocation_file import RevocationFile
from gateway.mqtt.connection import BrokerError
from gateway.mqtt.knock import Pass, knock
from gateway.operations.access.certify_device import learn_certificates
from gateway.settings import BrokerSettings, CertificateSettings
from gateway.site.certificates import Authority, issue_client_certificate
from store.alarms import Alarm, insert_alarms, restore_alarms
from store.device_certificates import (
    DeviceRevocation,
    has_certificate,
    list_device_revocations,
    list_revoked_certificates,
    save_parted,
)
from store.failures import is_passing
from store.outbox import Notice, insert_notices
from store.tx import Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
AGAIN_SECONDS = 30.0
"""The pause before a device is put out again whose revocation the broker does not keep yet."""

IN_FORCE_SECONDS = 8.0
PASS_LIFE = timedelta(minutes=5)
LAPSES_WITHIN = timedelta(days=14)
PROBE = "revoked-probe"


class DeviceGate:
    """Looks after it in a thread of its own; ``run`` blocks until stopped, ``hear`` may be called from any thread."""

    def __init__(self, context: GatewayContext, settings: CertificateSettings) -> None:
        self._context, self._settings = context, settings
        self._file = RevocationFile(settings)
        self._woken = threading.Event()
        self._probe: Pass | None = None
        self._learned = False
        self._tried_mono: dict[str, float] = {}

    def hear(self, notice: Notice) -> None:
        """Take in what was committed: a revocation is seen to at once."""
        if notice.kind == "device.revoked":
            self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database, broker or disk that is away is waited for."""
        while not stop.is_set():
            self._woken.clear()
            try:
                self.look()
            except (BrokerError, OSError) as error:
                log.warning("revocations cannot be seen to now: %s", error)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("revocations cannot be looked at now (%s)", type(error).__name__)
            self._woken.wait(LOOK_SECONDS)

    def look(self) -> None:
        """Do what is due now: the list, then the devices that are still to be put out.

        Raises:
            BrokerError: the broker is away.
            OSError: the list cannot be written.
        """
        if not self._learned:
            self._learn()
        with self._context.store.reading(self._context.now()) as tx:
            revoked = list_revoked_certificates(tx)
            waiting = [each for each in list_device_revocations(tx) if each.parted_at is None]
        authority = self._settings.read_authority()
        if authority is not None:
            self._keep_list(authority, {int(each.serial or "0", 16) for each in revoked})
        self._watch_foreign()
        for each in waiting:
            if time.monotonic() - self._tried_mono.get(each.id, float("-inf")) >= AGAIN_SECONDS:
                self._tried_mono[each.id] = time.monotonic()
                self._put_out(each, authority)

    def _learn(self) -> None:
        """Take in the certificates that were rendered here: revoking a device is to revoke these too."""
        found = self._settings.read_rendered()
        with self._context.store.transaction(self._context.now()) as tx:
            learn_certificates(tx, found)
        self._learned = True

    def _keep_list(self, authority: Authority, serials: set[int]) -> None:
        now = self._context.now()
        if self._probe is None or self._file.is_due(authority, serials, now):
            probe = _make_pass(authority, PROBE, self._context)
            serial = x509.load_pem_x509_certificate(probe.certificate.encode()).serial_number
            self._file.publish(authority, {*serials, serial}, now)
            self._probe = probe

    def _watch_foreign(self) -> None:
        now = self._context.now()
        for each in self._file.list_foreign():
            lapses_at = each.next_update_utc
            subject = each.issuer.rfc4514_string()[:100]
            with self._context.store.transaction(now) as tx:
                if lapses_at is not None and lapses_at - now < LAPSES_WITHIN:
                    if each.issuer.rfc4514_string() not in self._tried_mono:
                        insert_alarms(
                            tx,
                            [Alarm("revocation_list_lapses", "centre", f"{subject}: {lapses_at:%Y-%m-%d %H:%M} UTC")],
                        )
                        self._tried_mono[each.issuer.rfc4514_string()] = time.monotonic()
                else:
                    restore_alarms(tx, [("revocation_list_lapses", "centre")])
                    self._tried_mono.pop(each.issuer.rfc4514_string(), None)

    def _put_out(self, revocation: DeviceRevocation, authority: Authority | None) -> None:
        broker = self._context.settings.mqtt
        if broker is None:  # over HTTPS each request is refused by the table
            self._settle(revocation, lacking="")
            return
        if authority is None:
            self._settle(revocation, lacking="the authority's key is not at the centre")
            return
        lacking = "" if self._is_in_force(broker) else "the broker still takes revoked certificates: reload it"
        lacking = lacking or self._find_unlisted(revocation, authority)
        shown = _make_pass(authority, revocation.device_id, self._context)
        if not knock(broker, shown, clear=[topics.status(DeviceId(revocation.device_id))]):
            raise BrokerError("the broker does not let the centre in by a device's name")
        self._settle(revocation, lacking=lacking)

    def _is_in_force(self, broker: BrokerSettings) -> bool:
        """Tell whether the broker refuses what the list refuses; it is given some seconds to have read it."""
        deadline = time.monotonic() + IN_FORCE_SECONDS
        while self._probe is not None and knock(broker, self._probe):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return self._probe is not None

    def _find_unlisted(self, revocation: DeviceRevocation, authority: Authority) -> str:
        """Tell of certificates that no list names: because nobody told us of them, or another authority not yet."""
        with self._context.store.reading(self._context.now()) as tx:
            if not has_certificate(tx, DeviceId(revocation.device_id)):
                return "its certificate is not known here: render the site again, or give its serial to the authority"
            mine = [each for each in list_revoked_certificates(tx) if each.device_id == revocation.device_id]
        listed = {each.serial_number for one in self._file.list_foreign() for each in one}
        for each in mine:
            leaf = x509.load_pem_x509_certificate((each.certificate or "").encode())
            if leaf.issuer != authority.certificate.subject and leaf.serial_number not in listed:
                return f"its authority's list does not name certificate {each.serial} yet"
        return ""

    def _settle(self, revocation: DeviceRevocation, *, lacking: str) -> None:
        with self._context.store.transaction(self._context.now()) as tx:
            if lacking:
                insert_alarms(tx, [Alarm("revocation_not_in_force", revocation.device_id, lacking)])
            else:
                _note_parted(tx, revocation)
        self._context.committed.set()


def _note_parted(tx: Tx, revocation: DeviceRevocation) -> None:
    save_parted(tx, revocation.id)
    restore_alarms(tx, [("revocation_not_in_force", revocation.device_id)])
    insert_notices(tx, [Notice("device.parted", revocation.device_id, "{}")])


def _make_pass(authority: Authority, name: str, context: GatewayContext) -> Pass:
    key = ec.generate_private_key(ec.SECP256R1())
    now = context.now()
    return Pass(name, issue_client_certificate(authority, key.public_key(), name=name, now=now, life=PASS_LIFE), key)
