"""Admit a new controller as one of the site's devices, or refuse it: a person's word, with a certificate at its end."""

from collections.abc import Callable, Collection
from dataclasses import replace
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from contract.renewal import digest_request
from domain.ids import DeviceId
from gateway.site.certificates import read_request
from store.device_certificates import DeviceCertificate, insert_device_certificates
from store.device_enrolments import (
    DeviceEnrolment,
    claim_device_enrolment,
    save_admission,
    save_refusal,
)
from store.devices import DeviceState, insert_device, list_devices, load_device, save_device_key
from store.outbox import Notice, insert_notices
from store.tx import Tx

REASON_LENGTH_MAX = 200

Issue = Callable[[EllipticCurvePublicKey, DeviceId], str]
"""Gives a certificate in PEM for a key and a device's name."""


class AdmitFault(StrEnum):
    """Why a word about a new controller does not count; nothing is changed then."""

    unknown = "unknown"
    decided = "decided"
    not_come = "not_come"
    no_place = "no_place"  # not a device of the site, or one that has its box
    no_reason = "no_reason"


def list_open_places(tx: Tx, site_devices: Collection[DeviceId]) -> list[DeviceId]:
    """Give those of the site's devices that have no box now: never enrolled, or revoked."""
    taken = {device.id for device in list_devices(tx) if device.state is not DeviceState.revoked}
    return [device for device in site_devices if device not in taken]


def admit_device(
    tx: Tx, enrolment_id: str, device: DeviceId, *, site_devices: Collection[DeviceId], issue: Issue | None, by: str
) -> AdmitFault | None:
    """Make the box that device: its key counts from the commit on, and it is given a certificate of that name.

    Without ``issue`` another authority signs: the request waits for what is brought from there.
    """
    known = claim_device_enrolment(tx, enrolment_id)
    if (fault := _judge(known)) is not None or known is None:
        return fault
    key = read_request(known.request or "")
    if key is None or known.device_key is None:
        return AdmitFault.not_come
    if device not in list_open_places(tx, site_devices):
        return AdmitFault.no_place
    if load_device(tx, device) is None:
        insert_device(tx, device, known.device_key)
    else:
        save_device_key(tx, device, known.device_key)
    certificate = issue(key, device) if issue else None
    save_admission(tx, enrolment_id, device_id=device, certificate=certificate, by=by)
    _keep_certificate(tx, known, device, certificate, by)
    insert_notices(tx, [Notice("device.admitted", enrolment_id, "{}")])
    return None


def refuse_device(tx: Tx, enrolment_id: str, *, reason: str, by: str) -> AdmitFault | None:
    """Refuse the box, or take back an invitation on which none has come."""
    known = claim_device_enrolment(tx, enrolment_id)
    fault = _judge(known)
    if fault not in (None, AdmitFault.not_come):
        return fault
    if not reason:
        return AdmitFault.no_reason
    save_refusal(tx, enrolment_id, reason=reason[:REASON_LENGTH_MAX], by=by)
    insert_notices(tx, [Notice("device.refused", enrolment_id, "{}")])
    return None


def _keep_certificate(tx: Tx, known: DeviceEnrolment, device: DeviceId, certificate: str | None, by: str) -> None:
    request = known.request or ""
    asked = DeviceCertificate(digest_request(request), device, tx.now, request)
    if certificate is not None:
        leaf = x509.load_pem_x509_certificate(certificate.encode())
        asked = replace(
            asked,
            certificate=certificate,
            serial=f"{leaf.serial_number:x}",
            expires_at=leaf.not_valid_after_utc,
            issued_at=tx.now,
            issued_by=by,
        )
    insert_device_certificates(tx, [asked])


def _judge(known: DeviceEnrolment | None) -> AdmitFault | None:
    if known is None:
        return AdmitFault.unknown
    if known.outcome is not None:
        return AdmitFault.decided
    return AdmitFault.not_come if known.request is None else None
