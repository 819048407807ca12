"""No 個人番号 passes the HTTP API: neither in what a program sends nor in what it is answered."""

import json
import logging
from http import HTTPStatus

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.zones.my_number import MyNumberError, find_my_numbers, refuse_my_numbers, spell_texts
from gateway.citizens.api.problems import FieldFault, ProblemError, answer_problem

log = logging.getLogger(__name__)

WHY = "my_number"
SECRETS = frozenset({"code", "entry"})
"""What is compared and kept nowhere."""


async def refuse_sent_numbers(request: Request) -> None:
    """Let a request go on that brings none.

    Raises:
        ProblemError: 422, naming each field that holds what may be one.
    """
    told = list(request.query_params.multi_items())
    if request.method not in {"GET", "HEAD"}:
        body = await request.body()
        told += spell_texts(json.loads(body)) if body else ()
    try:
        await run_in_threadpool(refuse_my_numbers, [each for each in told if each[0] not in SECRETS])
    except MyNumberError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, [_fault(error.place)]) from None


class NumberGate:
    """ASGI middleware: an answer that holds one is not given, and the log gets its address alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold an answer until it is whole, and give it, or a problem in its place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        body = bytearray()

        async def hold(message: Message) -> None:
            held.append(message)
            body.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await give()

        async def give() -> None:
            if find_my_numbers(body.decode("utf-8", "replace")):
                log.error("an answer of the API was held back: it may hold a My Number (%s)", scope["path"])
                problem = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, [_fault("answer")])
                await (await answer_problem(Request(scope), problem))(scope, receive, send)
                return
            for message in held:
                await send(message)

        await self._app(scope, receive, hold)


def _fault(place: str) -> FieldFault:
    return FieldFault(
        field=place,
        why=WHY,
        ja="個人番号らしい12桁の数字があります。消してから送ってください",
        en="twelve digits that may be a My Number; remove them and send it again",
    )
