"""The door of log-on agents, VPNs and identity providers (``contract.agent_api``), described by ``contract/published``.

Each has a name and a password of its own. In the book it stands under ``agent:`` and its name, which no switch can be
called.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.agent_api import BYTES_MAX, AgentFault, Asked, Ended, Introspection, Reason
from domain.zones.rule import Saying
from domain.zones.tier import Method
from gateway.context import GatewayContext
from gateway.operations.zones.admit_user import Admitted, admit_user, end_user
from gateway.radius.credentials import Credentials
from gateway.radius.decision_writer import DecisionWriter, Done, UnwrittenError
from gateway.zones.question import Question
from store.tx import Tx

VERSION = "1.0.0"
PATH = "/v1/tiers"
AGENT = "agent:"

ASK_AGAIN = timedelta(minutes=15)
"""An answer holds no longer: a user who was put off meanwhile is found out by then."""

CLOCKS_APART = timedelta(minutes=2)
"""A factor that was seen later than this from now was seen by a wrong clock, and counts as seen now."""

ABOUT = """端末のログオン、VPN、IDプロバイダーが、利用者がいま系を使えるかを尋ねるための API です（RFC 7662 の形）。
For log-on agents, VPNs and identity providers: may this user be in a tier now? Shaped as OAuth 2.0 token introspection
(RFC 7662). Ask again by `exp`; end what is over by `revoke` (RFC 7009)."""

_BASIC = HTTPBasic(auto_error=False, description="The agent's name and password (the gateway's agents_folder).")
_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": AgentFault, "description": "The form is none."},
    401: {"model": AgentFault, "description": "Nobody of that name and password."},
    503: {"model": AgentFault, "description": "Nothing can be decided now: let nobody in, and ask again."},
}


class _UnknownError(Exception):
    """The agent showed no right password."""


def create_agent_door(
    context: GatewayContext | None, writer: DecisionWriter | None, agents: Credentials | None
) -> FastAPI:
    """Give the door; without what it decides by it can only be described."""
    app = FastAPI(
        title="Sekisho network tiers",
        version=VERSION,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context, app.state.writer, app.state.agents = context, writer, agents
    app.add_api_route(
        "/introspect", introspect, methods=["POST"], response_model=Introspection, responses=_FAULTS,
        response_model_exclude_none=True,
    )  # fmt: skip
    app.add_api_route("/revoke", revoke, methods=["POST"], response_class=Response, responses=_FAULTS)
    app.add_middleware(_Bounded)
    app.add_exception_handler(_UnknownError, _answer_unknown)
    app.add_exception_handler(UnwrittenError, _answer_unwritten)
    app.add_exception_handler(RequestValidationError, _answer_malformed)
    return app


class _Bounded:
    """Turns away what says no length, or more than a form can have, before any of it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            told = Headers(scope=scope).get("content-length", "")
            if not (told.isascii() and told.isdecimal() and int(told) <= BYTES_MAX):
                refused = _fault(
                    "invalid_request", f"フォームは{BYTES_MAX}バイトまで / expected at most {BYTES_MAX} bytes"
                )
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def openapi_document() -> dict[str, Any]:
    """Give the door's published description."""
    document = create_agent_door(None, None, None).openapi()
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        path["post"]["responses"].pop("422", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


async def meet_agent(request: Request, _: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)]) -> str:
    """Give the agent that asks, as it stands in the book.

    Raises:
        _UnknownError: it showed no right password.
    """
    name = request.app.state.agents.find(request.headers.get("authorization", ""))
    if name is None:
        raise _UnknownError
    return f"{AGENT}{name}"


Agent = Annotated[str, Depends(meet_agent)]


async def introspect(request: Request, agent: Agent, asked: Annotated[Asked, Form()]) -> Introspection:
    """May this user be in a tier now?"""
    context: GatewayContext = request.app.state.context
    writer: DecisionWriter = request.app.state.writer

    def act(tx: Tx) -> Done[Introspection]:
        question = _read_question(agent, asked, tx.now)
        done = admit_user(tx, question, lambda each: context.tiers.decide(each, tx.now), session_id=asked.session)
        return Done(_tell(context, agent, done, tx.now), [done.booked])

    return await writer.do(act)


async def revoke(request: Request, agent: Agent, ended: Annotated[Ended, Form()]) -> Response:
    """The user logged off. A session that is over, or never was, is answered alike (RFC 7009 §2.2)."""
    writer: DecisionWriter = request.app.state.writer
    await writer.do(lambda tx: Done(end_user(tx, agent, ended.token)))
    return Response(status_code=200)


def _read_question(agent: str, asked: Asked, now: datetime) -> Question:
    factor_at = asked.factor_at
    if factor_at is None or factor_at > now + CLOCKS_APART:
        factor_at = now
    return Question(
        agent,
        Method.agent,
        tier_id=asked.scope or "",
        terminal_id=asked.terminal or "",
        person_id=asked.token,
        factor=asked.factor,
        factor_at=min(factor_at, now),
    )


def _tell(context: GatewayContext, agent: str, done: Admitted, now: datetime) -> Introspection:
    decision, session = done.written.decision, done.session
    if session is None:
        return Introspection(active=False, reasons=_say(context, decision.failed))
    ends_at = decision.ends_at
    return Introspection(
        active=True,
        scope=session.tier_id,
        sub=session.person_id,
        client_id=agent.removeprefix(AGENT),
        iat=int(now.timestamp()),
        exp=int(min(now + ASK_AGAIN, ends_at or now + ASK_AGAIN).timestamp()),
        sid=session.id,
        ends_at=int(ends_at.timestamp()) if ends_at else None,
        reasons=_say(context, decision.ends_by),
    )


def _say(context: GatewayContext, codes: tuple[str, ...]) -> tuple[Reason, ...]:
    said = ((code, context.tiers.find_saying(code) or Saying(code, code, "", "")) for code in codes)
    return tuple(Reason(code=code, ja=each.ja, en=each.en, do_ja=each.do_ja, do_en=each.do_en) for code, each in said)


async def _answer_unknown(_request: Request, _error: Exception) -> Response:
    told = _fault("invalid_client", "名前かパスワードが違います / expected the name and password of an agent")
    told.status_code = HTTPStatus.UNAUTHORIZED
    told.headers["WWW-Authenticate"] = 'Basic realm="sekisho"'
    return told


async def _answer_unwritten(_request: Request, _error: Exception) -> Response:
    told = _fault("temporarily_unavailable", "いまは決められません / nothing can be decided now; ask again")
    told.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    told.headers["Retry-After"] = "1"
    return told


async def _answer_malformed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class alone)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "form"
    return _fault("invalid_request", f"{field}: 公開文書の形にしてください / {first['msg']}")


def _fault(error: str, description: str) -> JSONResponse:
    return JSONResponse(AgentFault(error=error, error_description=description).model_dump(), HTTPStatus.BAD_REQUEST)
