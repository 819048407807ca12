"""One controller: its certificates, requests that another authority is to sign, and its revocation."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Path
from starlette.responses import Response

from domain.ids import ID_PATTERN, DeviceId
from gateway.context import GatewayContext
from gateway.devices.revocation_file import RevocationFile
from gateway.operations.access.certify_device import bring_certificate
from gateway.operations.access.revoke_device import REASON_LENGTH_MAX, revoke_device
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.settings import CertificateSettings
from gateway.site.device_chain import CHAIN_BYTES_MAX, ChainError
from gateway.site.revocation_list import LIST_BYTES_MAX, RevocationListError, read_foreign_list
from store.device_certificates import (
    list_device_certificates,
    list_device_revocations,
    load_device_certificate,
)
from store.devices import DeviceState, load_device, load_device_status

router = APIRouter()

DevicePath = Annotated[str, Path(pattern=ID_PATTERN)]
RequestId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]


@router.get("/controllers/devices/{device_id}")
def get_controller(visit: Visitor, device_id: DevicePath) -> Response:
    """Show one controller."""
    return _show(visit, device_id, "devices/controller.html")


@router.get("/controllers/devices/{device_id}/part")
def get_controller_part(visit: Visitor, device_id: DevicePath) -> Response:
    """Give the part of it that changes."""
    return _show(visit, device_id, "devices/parts/controller.html")


@router.post("/controllers/devices/{device_id}/revoke")
def post_revocation(
    visit: Visitor,
    device_id: DevicePath,
    *,
    request: FormId,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Revoke it: from now on nothing it says counts, and the broker puts it out."""
    context = visit.pages.context
    words = " ".join(reason.split())
    with context.store.transaction(context.now()) as tx:
        fault = revoke_device(tx, request, DeviceId(device_id), reason=words, by=visit.signed_in.login)
    if fault is not None:
        return _show(visit, device_id, "devices/controller.html", fault=fault.value)
    context.committed.set()
    return see_other(f"/controllers/devices/{device_id}")


@router.get("/controllers/devices/{device_id}/requests/{request_id}")
def get_request(visit: Visitor, device_id: DevicePath, request_id: RequestId) -> Response:
    """Download a certificate request, to be carried to the authority that signs."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        asked = load_device_certificate(tx, request_id)
    if asked is None or asked.request is None or asked.device_id != device_id:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    named = {"Content-Disposition": f"attachment; filename={device_id}.csr.pem", "Cache-Control": "no-store"}
    return Response(asked.request, media_type="application/x-pem-file", headers=named)


@router.post("/controllers/devices/{device_id}/requests/{request_id}")
def post_certificate(
    visit: Visitor, device_id: DevicePath, request_id: RequestId, certificate: Annotated[bytes, File()] = b""
) -> Response:
    """Take the certificate that the authority has signed, its chain behind it."""
    context, settings = visit.pages.context, _demand_external(visit.pages.context)
    with context.store.transaction(context.now()) as tx:
        fault = bring_certificate(
            tx,
            request_id,
            certificate[: CHAIN_BYTES_MAX + 1],
            issuers=settings.read_issuers(),
            by=visit.signed_in.login,
        )
    if isinstance(fault, ChainError):
        return _show(visit, device_id, "devices/controller.html", fault=fault.reason, detail=fault.detail)
    if fault is not None:
        return _show(visit, device_id, "devices/controller.html", fault=f"request_{fault}")
    context.committed.set()
    return see_other(f"/controllers/devices/{device_id}")


@router.post("/controllers/devices/{device_id}/list")
def post_list(visit: Visitor, device_id: DevicePath, revoked: Annotated[bytes, File()] = b"") -> Response:
    """Take that authority's newest list of revoked certificates; the broker reads it at once."""
    context, settings = visit.pages.context, _demand_external(visit.pages.context)
    file = RevocationFile(settings)
    try:
        data = revoked[: LIST_BYTES_MAX + 1]
        found = read_foreign_list(data, settings.read_issuers(), now=context.now(), held=file.read())
    except RevocationListError as error:
        return _show(visit, device_id, "devices/controller.html", fault=f"list_{error.reason}")
    file.bring(found)
    return see_other(f"/controllers/devices/{device_id}")


def _show(visit: Visit, device_id: str, template: str, *, fault: str | None = None, detail: str = "") -> Response:
    context = visit.pages.context
    device = DeviceId(device_id)
    described = next((each for each in context.site.devices if each.id == device_id), None)
    with context.store.reading(context.now()) as tx:
        known, status = load_device(tx, device), load_device_status(tx, device)
        certificates = list_device_certificates(tx, device)
        revocations = [each for each in list_device_revocations(tx) if each.device_id == device_id]
    if known is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    settings = context.settings.certificates
    return visit.render(
        template,
        fault=fault,
        detail=detail,
        device=known,
        name=visit.phrases.name_of(described) if described else "",
        doors=[visit.phrases.name_of(door) for door in context.site.doors_of(device_id)] if described else [],
        heard=status,
        certificates=[each for each in certificates if each.certificate is not None],
        requests=[each for each in certificates if each.certificate is None],
        revocations=revocations,
        is_revoked=known.state is DeviceState.revoked,
        external=settings is not None and settings.issuer == "external",
        keeps=visit.may(Right.keep_controllers),
        reason_max=REASON_LENGTH_MAX,
        now=tx.now,
        request_id=secrets.token_hex(8),
    )


def _demand_external(context: GatewayContext) -> CertificateSettings:
    settings = context.settings.certificates
    if settings is None or settings.issuer != "external":
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return settings
