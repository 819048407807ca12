"""The door for boxes that have no certificate yet (``contract.enrolment``): TLS of the centre, a one-time secret.

It stands on a listener of its own, for the device API lets nobody in without a certificate. Wrong and worn-out secrets
are refused alike quickly, and an address that keeps trying is told to come later.
"""

import logging

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from contract.enrolment import REQUEST_BYTES_MAX, Admitted, EnrolRefused, EnrolRequest, Waiting, comparing_code
from contract.tokens import derive_device_key
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.operations.access.meet_device import Met, meet_device
from gateway.pages.entrance.attempts import Attempts
from gateway.settings import EnrolmentListener
from store.device_enrolments import DeviceEnrolment
from store.failures import is_passing

log = logging.getLogger(__name__)

ATTEMPTS_MAX = 60
"""Requests an address may make in a minute: a waiting box asks every two seconds."""

RETRY_SECONDS = 10


def enrol_app(context: GatewayContext, settings: EnrolmentListener) -> FastAPI:
    """Give the application."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    porch = _Porch(context, settings)
    app.add_api_route("/enrol/authority", porch.authority, methods=["GET"])
    app.add_api_route("/enrol", porch.enrol, methods=["POST"])
    return app


class _Porch:
    def __init__(self, context: GatewayContext, settings: EnrolmentListener) -> None:
        self._context, self._settings = context, settings
        self._attempts = Attempts(ATTEMPTS_MAX)

    async def authority(self) -> Response:
        return Response(self._context.settings.devices.ca_file.read_bytes(), media_type="application/x-pem-file")

    async def enrol(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not self._attempts.admit(address, self._context.now()):
            return _later(429)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > REQUEST_BYTES_MAX:
                return _say(EnrolRefused(reason="unfit"), 403)
        try:
            message = EnrolRequest.model_validate_json(bytes(body))
        except ValidationError:
            return _say(EnrolRefused(reason="unfit"), 403)
        try:
            return await run_in_threadpool(self._answer, message, address)
        except Exception as error:
            if is_passing(error):
                return _later(503)
            raise

    def _answer(self, message: EnrolRequest, address: str) -> Response:
        with self._context.store.transaction(self._context.now()) as tx:
            met: Met = meet_device(tx, message, address=address)
        self._context.committed.set()
        if isinstance(met, EnrolRefused):
            log.warning("a controller at %s was not taken: %s", address, met.reason)
            return _say(met, 403)
        if isinstance(met, DeviceEnrolment):
            return _say(self._outfit(met), 200)
        return _say(Waiting(code=comparing_code(message.request, message.device_key)), 202)

    def _outfit(self, enrolment: DeviceEnrolment) -> Admitted:
        device = DeviceId(enrolment.device_id or "")
        own = self._context.settings
        names_key = bytes.fromhex(own.names_key_file.read_text(encoding="ascii").strip())
        return Admitted(
            device=device,
            certificate=enrolment.certificate or "",
            authority=own.devices.ca_file.read_text(encoding="ascii"),
            settings=(self._settings.boxes_folder / f"{device}.toml").read_text(encoding="utf-8"),
            site_key=own.site_key_file.read_text(encoding="ascii").strip(),
            names_key=derive_device_key(names_key, device).hex(),
        )


def _say(message: BaseModel, code: int) -> Response:
    return Response(message.model_dump_json(), status_code=code, media_type="application/json")


def _later(code: int) -> Response:
    return Response(status_code=code, headers={"Retry-After": str(RETRY_SECONDS)})
