"""The device API: the envelope of MQTT by POST, policies by question and part, births. Mutual TLS says who speaks.

======================================  =====================  ====================================================
request                                 body                   answer
======================================  =====================  ====================================================
POST /v1/ingest                         contract.batch         200 Receipt · 4xx Rejection · 503 with Retry-After:
                                                               keep and wait
POST /v1/status                         contract.status birth  200 PolicyPointer · 204 before the first policy · 4xx
                                                               Rejection
POST /v1/policy/wanted                  PolicyWanted           200 PolicyOffer · 204 nothing newer · 4xx Rejection
GET /v1/policy/parts/{digest}/{number}  -                      200 contract.policy.encode_part · 404: ask again
GET /v1/commands                        -                      200 contract.commands, one a line · 204 nothing · 404
                                                               revoked
GET /v1/updates/{metadata,targets}/…    -                      200 a file of the repository of releases · 404
POST /v1/certificate                    CertificateWanted      see ``contract.renewal``
GET /v1/ca/crl                          -                      200 the lists of revoked certificates · 404 none
GET /healthz                            -                      200 while messages are taken · 503
======================================  =====================  ====================================================
"""

import logging
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import FastAPI, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from contract.batch import BYTES_MAX
from contract.errors import Fault
from contract.policy import PolicyOffer, PolicyPointer
from contract.receipts import Receipt, Rejection
from contract.renewal import WANTED_BYTES_MAX as RENEWAL_BYTES_MAX
from contract.signatures import SignedMessage
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.http.certificate_door import CertificateDoor
from gateway.http.update_files import serve_updates
from gateway.intake.answers import sign_rejection
from gateway.intake.ingest import IngestHaltedError
from gateway.intake.messages import Message
from gateway.intake.outcomes import Refusal
from gateway.intake.reception import Reception
from gateway.intake.status_desk import STATUS_BYTES_MAX
from gateway.operations.access.publish_policy import load_pointer
from gateway.orders.command_post import CommandPost, open_command_post
from gateway.policy.policy_post import WANTED_BYTES_MAX
from store.devices import DeviceState, load_device
from store.failures import is_passing

log = logging.getLogger(__name__)

_Said = TypeVar("_Said")

AT_ONCE = 16
"""Requests in work; more are told to come again."""

RETRY_SECONDS = 2
_STATUS_CODES = {
    Fault.oversize: 413,
    Fault.fork: 409,
    Fault.forged: 403,
    Fault.wrong_topic: 403,
    Fault.unknown_device: 403,
    Fault.revoked_device: 403,
}


class _OverloadedError(Exception):
    """Too much at once, or the database is away: the device keeps its records and comes again."""


def device_app(context: GatewayContext, reception: Reception, post: CommandPost | None = None) -> FastAPI:
    """Give the application; its requests must carry ``state.device`` (see ``gateway.http.certificates``).

    Commands are told again at each request until they are answered or over; a device obeys one once, by its id.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    door = _Door(context, reception, post or open_command_post(context))
    app.add_exception_handler(_OverloadedError, _come_again)
    app.add_exception_handler(_RevokedError, _refuse_revoked)
    app.add_api_route("/v1/ingest", door.ingest, methods=["POST"])
    app.add_api_route("/v1/status", door.status, methods=["POST"])
    app.add_api_route("/v1/policy/wanted", door.wanted, methods=["POST"])
    app.add_api_route("/v1/policy/parts/{digest}/{number}", door.part, methods=["GET"])
    app.add_api_route("/v1/commands", door.commands, methods=["GET"])
    app.add_api_route("/v1/certificate", door.certificate, methods=["POST"])
    app.add_api_route("/v1/ca/crl", door.crl, methods=["GET"])
    app.add_api_route("/healthz", door.health, methods=["GET"])
    if context.settings.updates_folder is not None:
        serve_updates(app, context.settings.updates_folder, door.admits)
    return app


class _RevokedError(Exception):
    """The request came by a revoked certificate."""


class _Door:
    def __init__(self, context: GatewayContext, reception: Reception, post: CommandPost) -> None:
        self._context = context
        self._reception = reception
        self._post = post
        self._certificates = CertificateDoor(context)
        self._in_work = 0

    async def ingest(self, request: Request) -> Response:
        answer = await self._take(request, BYTES_MAX, lambda message: self._reception.ingest.take([message])[0])
        return _answer(answer)

    async def status(self, request: Request) -> Response:
        answer = await self._take(request, STATUS_BYTES_MAX, lambda message: self._reception.desk.take([message])[0])
        if not isinstance(answer, Receipt):  # a will over HTTP has no sense, yet it is harmless
            return _answer(answer)
        return _answer(await run_in_threadpool(self._load_pointer, DeviceId(answer.device)))

    async def wanted(self, request: Request) -> Response:
        return _answer(await self._take(request, WANTED_BYTES_MAX, self._offer))

    async def part(
        self,
        request: Request,
        digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
        number: Annotated[int, Path(ge=0, lt=2**31)],
    ) -> Response:
        data = await self._run(self._find_part, request, request.state.device, digest, number)
        if data is None:
            return Response(status_code=404)
        return Response(data, media_type="application/octet-stream")

    async def commands(self, request: Request) -> Response:
        told = await self._run(self._load_commands, request, request.state.device)
        if told is None:
            return Response(status_code=404)
        return Response(told, media_type="application/x-ndjson") if told else Response(status_code=204)

    async def admits(self, request: Request) -> bool:
        name = request.state.device
        return name is not None and await self._run(self._may_ask, request, name)

    async def certificate(self, request: Request) -> Response:
        payload = await _read_body(request, RENEWAL_BYTES_MAX)
        return await self._run(self._certificates.renew, request, getattr(request.state, "shown", None), payload)

    async def crl(self, request: Request) -> Response:
        return await self._run(self._certificates.revoked, request)

    async def health(self) -> Response:
        return Response(status_code=503 if self._reception.ingest.halted else 200)

    async def _run(self, ask: Callable[..., _Said], request: Request, *arguments: object) -> _Said:
        try:
            await self._refuse_revoked(request)
            return await run_in_threadpool(ask, *arguments)
        except Exception as error:
            if is_passing(error):
                raise _OverloadedError from None
            raise

    async def _take(self, request: Request, bytes_max: int, take: Callable[[Message], _Said]) -> _Said:
        if self._in_work >= AT_ONCE:
            raise _OverloadedError
        self._in_work += 1
        try:
            payload = await _read_body(request, bytes_max)
            await self._refuse_revoked(request)
            message = Message(f"{request.method} {request.url.path}", request.state.device, payload)
            return await run_in_threadpool(take, message)
        except IngestHaltedError:
            raise _OverloadedError from None
        except Exception as error:
            if is_passing(error):
                log.warning("the database does not take anything now (%s)", type(error).__name__)
                raise _OverloadedError from None
            raise
        finally:
            self._in_work -= 1

    async def _refuse_revoked(self, request: Request) -> None:
        if await run_in_threadpool(self._certificates.is_refused, getattr(request.state, "shown", None)):
            raise _RevokedError

    def _load_pointer(self, device: DeviceId) -> PolicyPointer | None:
        now = self._context.now()
        with self._context.store.reading(now) as tx:
            return load_pointer(tx, self._reception.revisions, device, self._context.signing_key, now)

    def _load_commands(self, name: DeviceId | None) -> bytes | None:
        if name is None or not self._may_ask(name):
            return None
        return b"".join(message.encoded() + b"\n" for message in self._post.list_for(name))

    def _may_ask(self, name: DeviceId) -> bool:
        with self._context.store.reading(self._context.now()) as tx:
            device = load_device(tx, name)
        return device is not None and device.state is not DeviceState.revoked

    def _offer(self, message: Message) -> PolicyOffer | Rejection | None:
        answer = self._reception.policies.answer(message)
        if not isinstance(answer, Refusal):
            return answer
        if message.device is None:
            return None
        return sign_rejection(message.device, answer, self._context.signing_key, self._context.now())

    def _find_part(self, name: DeviceId | None, digest: str, number: int) -> bytes | None:
        if name is None or not self._may_ask(name):
            return None
        return self._reception.policies.find_part(name, digest, number)


async def _read_body(request: Request, bytes_max: int) -> bytes:
    """Read the body, one byte beyond the limit at most: enough to refuse it for its size."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk[: bytes_max + 1 - len(body)]
        if len(body) > bytes_max:
            break
    return bytes(body)


def _answer(message: SignedMessage | None) -> Response:
    if message is None:
        return Response(status_code=204)
    code = _STATUS_CODES.get(message.reason, 400) if isinstance(message, Rejection) else 200
    return Response(message.encoded(), status_code=code, media_type="application/json")


async def _refuse_revoked(_request: Request, _error: Exception) -> Response:
    return Response(status_code=403)


async def _come_again(_request: Request, _error: Exception) -> Response:
    return Response(status_code=503, headers={"Retry-After": str(RETRY_SECONDS)})
