"""What FreeRADIUS asks (``contract.radius_api``), on a listener of its own: decisions and accounting.

========================  ===========================  ==========================================================
request                   body                         answer
========================  ===========================  ==========================================================
POST /radius/v1/decide    attributes of a log-on       200 permit with VLAN or denial · 503 no decision is to be had
POST /radius/v1/account   attributes of an accounting  204 kept · 400 not to be read · 503 not kept: tell it again
GET /radius/v1/alive      -                            204
========================  ===========================  ==========================================================

Every request but the last needs the credentials of a network server, else 401. An answer leaves once what it says is
committed. What cannot be read at a log-on is refused, never left undecided: else whoever sends nonsense would be let in
where a tier goes by its last decision.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fastapi import FastAPI, Request, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from contract.radius_api import BYTES_MAX, RadiusError, RadiusWords, read_radius, write_denial, write_permit
from domain.civil import civil_minute
from domain.zones.decide_tier import Answer, Decision
from gateway.context import GatewayContext
from gateway.operations.zones.book_session import Booked, Place, make_session
from gateway.operations.zones.note_accounting import Told, note_accounting
from gateway.radius.agent_door import PATH as AGENTS_PATH
from gateway.radius.agent_door import create_agent_door
from gateway.radius.asking import find_switch, read_question, refuse
from gateway.radius.credentials import Credentials, read_credentials
from gateway.radius.decision_writer import DecisionWriter, Done, UnwrittenError
from gateway.settings import RadiusSettings
from store.tx import Tx

log = logging.getLogger(__name__)

QUARANTINE_SECONDS = 3600
"""After this a terminal that waits is decided again, should nobody have fetched it before."""

PERMIT_SECONDS_MAX = 12 * 3600
"""After this a terminal is decided again, should nothing end its permit before."""


def create_radius(context: GatewayContext, settings: RadiusSettings, writer: DecisionWriter) -> FastAPI:
    """Give the application.

    Raises:
        SettingsError: the credentials of who may ask cannot be read.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    door = _Door(context, writer, read_credentials(settings.servers_folder))
    for path, answer in (("/radius/v1/decide", door.decide), ("/radius/v1/account", door.account)):
        app.router.routes.append(Route(path, _Guarded(door, answer), methods=["POST"]))
    app.add_route("/radius/v1/alive", _say_alive, methods=["GET"])
    if settings.agents_folder is not None:
        app.mount(AGENTS_PATH, create_agent_door(context, writer, read_credentials(settings.agents_folder)))
    return app


def seconds_of(decision: Decision, now: datetime) -> int:
    """Give how long a session may last (Session-Timeout): to the first instant at which it would be refused."""
    if decision.answer is Answer.quarantine:
        return QUARANTINE_SECONDS
    if decision.ends_at is None:
        return PERMIT_SECONDS_MAX
    return min(int((decision.ends_at - now).total_seconds()), PERMIT_SECONDS_MAX)


class _Door:
    def __init__(self, context: GatewayContext, writer: DecisionWriter, servers: Credentials) -> None:
        self._context = context
        self._writer = writer
        self._servers = servers

    def find_server(self, authorization: str) -> str | None:
        return self._servers.find(authorization)

    async def decide(self, server: str, body: bytes) -> Response:
        try:
            words = read_radius(body)
        except RadiusError as error:
            log.warning("a log-on that cannot be read is refused: %s", error)
            return _json(write_denial())
        return _json(await self._writer.do(lambda tx: self._decide(tx, server, words)))

    def _decide(self, tx: Tx, server: str, words: RadiusWords) -> Done[bytes]:
        asked, now = read_question(words, self._context.site.radius_clients, server=server), tx.now
        tiers = self._context.tiers
        if asked.question is None:
            reason = asked.reason
            assert reason is not None  # noqa: S101 (read_question says one or the other)
            written = refuse(reason, asked.nas_id, tiers.rules_of(civil_minute(now)[0]).hash, now)
            return Done(write_denial(), [Booked(written)])
        written = tiers.decide(asked.question, now)
        session = make_session(written, Place(asked.nas_id, words.port, words.station, words.switch_address))
        if session is None:
            return Done(write_denial(), [Booked(written)])
        answer = write_permit(session.vlan, session.id, seconds_of(written.decision, now))
        return Done(answer, [Booked(written, session.id, session)])

    async def account(self, server: str, body: bytes) -> Response:
        try:
            words = read_radius(body)
        except RadiusError as error:
            log.warning("accounting of %s cannot be read: %s", server, error)
            return Response(status_code=400)
        nas_id = find_switch(words, self._context.site.radius_clients)
        if nas_id is None:
            log.warning("accounting of %s is of no switch of the site", server)
            return Response(status_code=400)
        if words.accounting is not None:
            await self._writer.do(lambda tx: self._account(tx, nas_id, words))
        return Response(status_code=204)

    def _account(self, tx: Tx, nas_id: str, words: RadiusWords) -> Done[None]:
        assert words.accounting is not None  # noqa: S101 (the caller looked)
        at = tx.now - timedelta(seconds=words.delay)
        place = Place(nas_id, words.port, words.station, words.switch_address)
        told = Told(words.accounting, place, words.session, words.switch_session, at)
        tiers = self._context.tiers
        return Done(None, note_accounting(tx, told, lambda question: tiers.decide(question, tx.now)))


class _Guarded:
    """Lets in who has a right password and says no more than a request can be.

    It is an application by itself: the framework's own way around a handler costs a log-on more than the decision.
    """

    def __init__(self, door: _Door, answer: Callable[[str, bytes], Awaitable[Response]]) -> None:
        self._door = door
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        server = self._door.find_server(told.decode("latin-1"))
        if server is None:
            response = Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="sekisho"'})
        else:
            try:
                response = await self._answer(server, await read_body(receive, BYTES_MAX))
            except UnwrittenError:
                response = Response(status_code=503, headers={"Retry-After": "1"})
        await response(scope, receive, send)


async def read_body(receive: Receive, bytes_max: int) -> bytes:
    """Read a body, until it is larger than it may be: what was read is then enough to refuse it for its size."""
    body, more = bytearray(), True
    while more and len(body) <= bytes_max:
        part = await receive()
        body += part.get("body", b"")
        more = part.get("more_body", False)
    return bytes(body)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _say_alive(_: Request) -> Response:
    return Response(status_code=204)
