"""Puts the HTTP API together, and describes it as OpenAPI."""

import logging
import secrets
from http import HTTPStatus
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gateway.citizens.api import entrance, places, reservations, rounds, waiting
from gateway.citizens.api.number_gate import NumberGate, refuse_sent_numbers
from gateway.citizens.api.problems import (
    MEDIA_TYPE,
    Problem,
    ProblemError,
    answer_malformed,
    answer_problem,
    answer_refusal,
)
from gateway.citizens.guest import House

log = logging.getLogger(__name__)

VERSION = "1.0.0"
PATH = "/api/v1"
ABOUT = """市民の予約アプリのための API です。`X-Api-Key` にプログラムの鍵、
`Authorization: Bearer` に市民のセッションを入れます。
For an app by which citizens reserve rooms: the program's key goes into `X-Api-Key`, the citizen's session into
`Authorization: Bearer`. Whatever goes wrong is `application/problem+json` (RFC 9457) that names each field."""


def create_api(house: House | None) -> FastAPI:
    """Give the API; without a ``house`` it can only be described."""
    api = FastAPI(
        title="Sekisho reservations",
        version=VERSION,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(refuse_sent_numbers)],
    )
    api.state.house = house
    for router in (places.router, entrance.router, reservations.router, rounds.router, waiting.router):
        api.include_router(router)
    api.add_exception_handler(ProblemError, answer_problem)
    api.add_exception_handler(HTTPException, answer_refusal)
    api.add_exception_handler(RequestValidationError, answer_malformed)
    api.add_exception_handler(Exception, _answer_fault)
    api.add_middleware(NumberGate)
    return api


def openapi_document() -> dict[str, Any]:
    """Give the API's published description."""
    document = create_api(None).openapi()
    schemas = document["components"]["schemas"]
    for name, schema in Problem.model_json_schema(ref_template="#/components/schemas/{model}")["$defs"].items():
        schemas[name] = schema
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["Problem"] = {key: value for key, value in problem.items() if key != "$defs"}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document | {"components": document["components"] | {"schemas": dict(sorted(schemas.items()))}}


async def _answer_fault(_: Request, error: Exception) -> Response:
    """Log a fault under a number and show only that; the error's text may hold what is nobody's business."""
    number = secrets.token_hex(4)
    log.error("API fault %s: %s", number, type(error).__name__)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    problem = Problem(title=status.phrase, status=status, detail=f"番号 {number} / give this number: {number}")
    return JSONResponse(problem.model_dump(), status, media_type=MEDIA_TYPE)
