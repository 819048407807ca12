"""Certificates of devices: what is asked for, what the centre signs itself, what another authority has signed."""

from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from contract.renewal import CertificateWanted, digest_request
from contract.signatures import ForgedMessageError, read_public_key
from domain.ids import DeviceId
from gateway.operations.access.admit_device import Issue
from gateway.site.certificates import read_request
from gateway.site.device_chain import ChainError, check_chain
from store.device_certificates import (
    DeviceCertificate,
    insert_device_certificates,
    load_device_certificate,
    revoke_certificates,
    save_issued,
)
from store.device_enrolments import load_admitted_by_request, save_certificate
from store.devices import DeviceState, load_device, load_devices
from store.outbox import Notice, insert_notices
from store.tx import Tx

Asked = DeviceCertificate | Literal["early", "unfit", "revoked"]


def ask_certificate(
    tx: Tx, wanted: CertificateWanted, *, shown_from: datetime, shown_until: datetime, issue: Issue | None
) -> Asked:
    """Take a device's question for its next certificate.

    Args:
        tx: the transaction.
        wanted: the question.
        shown_from: since when the certificate counts that its connection shows.
        shown_until: until when; before half of that time, by the centre's clock, no other is given.
        issue: signs; None where another authority does, whose word is then waited for.

    Gives:
        the request's row (``certificate`` is None while it waits), or why not.
    """
    device = load_device(tx, DeviceId(wanted.device))
    if device is None or device.state is DeviceState.revoked:
        return "revoked"
    key = read_request(wanted.request)
    try:
        wanted.require_signature(read_public_key(device.public_key))
    except ForgedMessageError:
        key = None
    if key is None:
        return "unfit"
    request_id = digest_request(wanted.request)
    known = load_device_certificate(tx, request_id, lock=True)
    if known is not None:
        fits = known.device_id == wanted.device and known.revoked_at is None
        return known if fits else "unfit"
    if tx.now < shown_from + (shown_until - shown_from) / 2:
        return "early"
    insert_device_certificates(tx, [DeviceCertificate(request_id, wanted.device, tx.now, wanted.request)])
    if issue is not None:
        keep_issued(tx, request_id, issue(key, DeviceId(wanted.device)), by="")
    else:
        insert_notices(tx, [Notice("device.asked", wanted.device, "{}")])
    return load_device_certificate(tx, request_id) or "unfit"


def bring_certificate(
    tx: Tx, request_id: str, data: bytes, *, issuers: list[x509.Certificate], by: str
) -> Literal["unknown", "signed"] | ChainError | None:
    """Keep what another authority has signed for a request, if it is what the device needs.

    Args:
        tx: the transaction.
        request_id: which request.
        data: the certificate in PEM, and those that lead to the authority behind it.
        issuers: the authorities that the installation trusts for devices.
        by: the login.
    """
    asked = load_device_certificate(tx, request_id, lock=True)
    if asked is None or asked.request is None or asked.revoked_at is not None:
        return "unknown"
    if asked.certificate is not None:
        return "signed"
    key = read_request(asked.request)
    try:
        chain = check_chain(data, key, name=asked.device_id, issuers=issuers, now=tx.now)
    except ChainError as error:
        return error
    keep_issued(tx, request_id, chain, by=by)
    if (enrolment := load_admitted_by_request(tx, asked.request)) is not None:
        save_certificate(tx, enrolment.id, chain)
    insert_notices(tx, [Notice("device.certified", asked.device_id, "{}")])
    return None


def keep_issued(tx: Tx, request_id: str, chain: str, *, by: str) -> None:
    """Keep a certificate (PEM, its chain behind it) for a request that is known."""
    leaf = x509.load_pem_x509_certificate(chain.encode())
    expires_at = leaf.not_valid_after_utc
    save_issued(tx, request_id, certificate=chain, serial=f"{leaf.serial_number:x}", expires_at=expires_at, by=by)


def learn_certificates(tx: Tx, found: dict[DeviceId, x509.Certificate]) -> None:
    """Keep certificates that were made elsewhere (rendered), so that revoking their device revokes them."""
    insert_device_certificates(
        tx,
        [
            DeviceCertificate(
                id=digest_request(pem),
                device_id=device,
                asked_at=tx.now,
                certificate=pem,
                serial=f"{each.serial_number:x}",
                expires_at=each.not_valid_after_utc,
                issued_at=tx.now,
            )
            for device, each in found.items()
            for pem in [each.public_bytes(Encoding.PEM).decode()]
        ],
    )
    for device in load_devices(tx, found).values():
        if device.state is DeviceState.revoked:
            revoke_certificates(tx, device.id)
