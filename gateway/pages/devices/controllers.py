"""New controllers: invite one, see it come, give it its place, refuse it."""

from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any, Literal

import segno
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter, Form, HTTPException
from markupsafe import Markup
from starlette.responses import Response

from contract.enrolment import FILE_NAME, Invitation, comparing_code
from domain.ids import ID_PATTERN, DeviceId
from gateway.context import GatewayContext
from gateway.devices.enrol_token import draw_token
from gateway.operations.access.admit_device import (
    REASON_LENGTH_MAX,
    AdmitFault,
    admit_device,
    list_open_places,
    refuse_device,
)
from gateway.operations.access.invite_device import invite_device
from gateway.pages.access.rights import Right
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.settings import EnrolmentListener
from gateway.site.certificates import issue_client_certificate, read_authority
from gateway.site.keys import KeyFileError
from store.device_enrolments import list_newcomers, list_past_enrolments, load_device_enrolment
from store.devices import list_devices

router = APIRouter()

PAST_SHOWN = timedelta(days=90)
PAST_MAX = 50

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
Medium = Literal["code", "file"]
"""How the invitation goes to the box: read from the screen, or carried as a file."""


@router.get("/controllers")
def get_controllers(visit: Visitor) -> Response:
    """Show the boxes that wait for a place, the places, and what was decided."""
    return _show(visit, "devices/controllers.html")


@router.get("/controllers/part")
def get_controllers_part(visit: Visitor) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "devices/parts/controllers.html")


@router.post("/controllers/invitations")
def post_invitation(visit: Visitor, *, request: FormId, medium: Annotated[Medium, Form()]) -> Response:
    """Invite a box; its secret is shown or sent now and never again."""
    context, settings = visit.pages.context, _demand_settings(visit.pages.context)
    drawn, life = draw_token(), timedelta(minutes=settings.minutes)
    with context.store.transaction(context.now()) as tx:
        if load_device_enrolment(tx, request) is not None:
            return see_other("/controllers")  # the same form again: its invitation was made, and shown once
        invite_device(tx, request, drawn.hash, by=visit.signed_in.login, life=life)
    text = Invitation(url=settings.url, authority_sha256=_fingerprint(context), token=drawn.secret).model_dump_json()
    if medium == "file":
        named = {"Content-Disposition": f"attachment; filename={FILE_NAME}", "Cache-Control": "no-store"}
        return Response(text, media_type="application/json", headers=named)
    image = segno.make_qr(text).svg_inline(svgclass="code-image", lineclass=None, omitsize=True)
    return _show(visit, "devices/controllers.html", image=Markup(image), until=context.now() + life)  # noqa: S704 (drawn here)


@router.post("/controllers/{request_id}/admit")
def post_admission(visit: Visitor, request_id: str, device: Annotated[str, Form(pattern=ID_PATTERN)]) -> Response:
    """Give a box its place and its certificate."""
    context, settings = visit.pages.context, _demand_settings(visit.pages.context)
    certificates = context.settings.certificates
    external = certificates is not None and certificates.issuer == "external"
    try:
        authority = None if external else read_authority(settings.authority_folder)
    except KeyFileError:
        return _show(visit, "devices/controllers.html", fault="no_authority")

    def issue(key: EllipticCurvePublicKey, name: DeviceId) -> str:
        assert authority is not None  # noqa: S101 (else another authority signs)
        return issue_client_certificate(authority, key, name=name, now=context.now())

    with context.store.transaction(context.now()) as tx:
        fault = admit_device(
            tx,
            request_id,
            DeviceId(device),
            site_devices=_site_devices(context),
            issue=issue if authority else None,
            by=visit.signed_in.login,
        )
    return _answer(visit, fault)


@router.post("/controllers/{request_id}/refuse")
def post_refusal(visit: Visitor, request_id: str, reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Refuse a box, or take an unused invitation back."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        fault = refuse_device(tx, request_id, reason=" ".join(reason.split()), by=visit.signed_in.login)
    return _answer(visit, fault)


def _answer(visit: Visit, fault: AdmitFault | None) -> Response:
    if fault is AdmitFault.unknown:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if fault is not None:
        return _show(visit, "devices/controllers.html", fault=fault.value)
    visit.pages.context.committed.set()
    return see_other("/controllers")


def _show(
    visit: Visit,
    template: str,
    *,
    fault: str = "",
    image: Markup | None = None,
    until: datetime | None = None,
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        newcomers, past = list_newcomers(tx), list_past_enrolments(tx, since=PAST_SHOWN, limit=PAST_MAX)
        places = list_open_places(tx, _site_devices(context))
        devices = list_devices(tx)
    return visit.render(
        template,
        newcomers=[(each, comparing_code(each.request or "", each.device_key or "")) for each in newcomers],
        past=past,
        places=[_place(context, device, visit.phrases) for device in places],
        names={device.id: visit.phrases.name_of(device) for device in context.site.devices},
        devices=devices,
        ready=context.settings.enrolment is not None,
        keeps=visit.may(Right.keep_controllers),
        minutes=context.settings.enrolment.minutes if context.settings.enrolment else 0,
        reason_max=REASON_LENGTH_MAX,
        fault=fault,
        image=image,
        until=until,
        now=tx.now,
    )


def _place(context: GatewayContext, device: DeviceId, phrases: Phrases) -> dict[str, Any]:
    described = next(each for each in context.site.devices if each.id == device)
    doors = [phrases.name_of(door) for door in context.site.doors_of(device)]
    return {"id": device, "name": phrases.name_of(described), "doors": phrases.comma.join(doors)}


def _site_devices(context: GatewayContext) -> list[DeviceId]:
    return [DeviceId(device.id) for device in context.site.devices]


def _demand_settings(context: GatewayContext) -> EnrolmentListener:
    if context.settings.enrolment is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return context.settings.enrolment


def _fingerprint(context: GatewayContext) -> str:
    authority = x509.load_pem_x509_certificate(context.settings.devices.ca_file.read_bytes())
    return sha256(authority.public_bytes(Encoding.DER)).hexdigest()
