"""What goes wrong, as RFC 9457 says it: ``application/problem+json`` that names each field, in both languages."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.fee_fault import FeeFault
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.reservee_fault import ReserveeFault
from domain.facilities.reservee_words import describe_reservee_fault
from domain.facilities.round_fault import RoundFault, RoundWhy
from domain.facilities.round_words import describe_round_fault
from domain.facilities.tell_booking import describe_booking_fault

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 60
_CONFLICTS = frozenset({BookingWhy.taken, BookingWhy.places_left, BookingWhy.units_left, BookingWhy.id_taken})
_UNKNOWN = frozenset({BookingWhy.no_reservation, BookingWhy.not_yours})
_UNKNOWN_OF_ROUNDS = frozenset({RoundWhy.unknown_round, RoundWhy.unknown_waiting, RoundWhy.unknown_offer})
_CONFLICTS_OF_ROUNDS = frozenset(
    {
        RoundWhy.id_taken,
        RoundWhy.not_open_yet,
        RoundWhy.entry_over,
        RoundWhy.free_now,
        RoundWhy.waits_already,
        RoundWhy.waits_too_often,
        RoundWhy.no_longer_waits,
        RoundWhy.offer_over,
    }
)
_STALE = frozenset({BookingWhy.moved_on})
_TITLES = {
    HTTPStatus.BAD_REQUEST: ("要求を読み取れません", "the request cannot be read"),
    HTTPStatus.UNAUTHORIZED: ("鍵かログインが要ります", "a key or a session is needed"),
    HTTPStatus.FORBIDDEN: ("受け付けられません", "not accepted"),
    HTTPStatus.NOT_FOUND: ("ありません", "not found"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("その操作はありません", "no such method here"),
    HTTPStatus.CONFLICT: ("今の状態と合いません", "in conflict with what stands"),
    HTTPStatus.PRECONDITION_FAILED: ("見ている間に変わりました", "it changed meanwhile"),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("直すところがあります", "some fields are wrong"),
    HTTPStatus.PRECONDITION_REQUIRED: ("If-Match が要ります", "If-Match is needed"),
    HTTPStatus.TOO_MANY_REQUESTS: ("要求が多すぎます", "too many requests"),
}


class FieldFault(BaseModel):
    """One thing that is wrong: the field's name, a stable word for why, and what to do in both languages."""

    model_config = ConfigDict(extra="forbid")

    field: str
    why: str
    ja: str
    en: str


class Problem(BaseModel):
    """A problem; ``type`` is ``about:blank``, for ``status`` and ``faults`` say everything."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    faults: list[FieldFault] = []


class ProblemError(Exception):
    """A request that cannot be done; ``faults`` name each field."""

    def __init__(self, status: HTTPStatus, faults: Iterable[FieldFault] = ()) -> None:
        super().__init__(status.phrase)
        self.status = status
        self.faults = list(faults)


def refuse_booking_faults(faults: Iterable[BookingFault]) -> ProblemError:
    """Give the problem of a wish: a conflict where only others stand in its way, else fields that are wrong."""
    told = list(faults)
    whys = {fault.why for fault in told}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if whys and whys <= _UNKNOWN:
        status = HTTPStatus.NOT_FOUND
    elif whys <= _STALE:
        status = HTTPStatus.PRECONDITION_FAILED
    elif whys <= _CONFLICTS:
        status = HTTPStatus.CONFLICT
    return ProblemError(status, [_fault(fault.field, fault.why, describe_booking_fault(fault)) for fault in told])


def refuse_round_faults(faults: Iterable[RoundFault]) -> ProblemError:
    """Give the problem of an entry or of waiting: a conflict where only what stands is in its way."""
    told = list(faults)
    whys = {fault.why for fault in told}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if whys and whys <= _UNKNOWN_OF_ROUNDS:
        status = HTTPStatus.NOT_FOUND
    elif whys <= _CONFLICTS_OF_ROUNDS:
        status = HTTPStatus.CONFLICT
    return ProblemError(status, [_fault(fault.field, fault.why, describe_round_fault(fault)) for fault in told])


def refuse_fee_faults(faults: Iterable[FeeFault]) -> ProblemError:
    """Give the problem of a price."""
    told = [_fault(fault.field, fault.why, describe_fee_fault(fault)) for fault in faults]
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told)


def refuse_reservee_faults(faults: Iterable[ReserveeFault]) -> ProblemError:
    """Give the problem of a registration."""
    told = [_fault(fault.field, fault.why, describe_reservee_fault(fault)) for fault in faults]
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told)


def _fault(field: str, why: str, words: tuple[str, str]) -> FieldFault:
    return FieldFault(field=field, why=str(why), ja=words[0], en=words[1])


async def answer_problem(_: Request, error: Exception) -> Response:
    """Answer a problem of ours."""
    assert isinstance(error, ProblemError)  # noqa: S101 (registered for this class alone)
    return _answer(error.status, error.faults)


async def answer_refusal(_: Request, error: Exception) -> Response:
    """Answer what the framework refuses: a path or a method that is none."""
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class alone)
    return _answer(HTTPStatus(error.status_code), [])


async def answer_malformed(_: Request, error: Exception) -> Response:
    """Answer a request that is not of the described form; each field is named."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class alone)
    faults = [
        FieldFault(
            field=".".join(str(part) for part in each["loc"][1:]) or str(each["loc"][0]),
            why=str(each["type"]),
            ja="形式が正しくありません。公開文書のとおりにしてください",
            en=str(each["msg"]),
        )
        for each in error.errors()
    ]
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, faults)


def _answer(status: HTTPStatus, faults: list[FieldFault]) -> JSONResponse:
    japanese, english = _TITLES.get(status, ("処理できません", "this cannot be done"))
    problem = Problem(title=status.phrase, status=status, detail=f"{japanese} / {english}", faults=faults)
    answer = JSONResponse(problem.model_dump(), status, media_type=MEDIA_TYPE)
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def describe_problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Give the problems of a route for the published description."""
    always = (HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        int(status): {"description": status.phrase, "content": {MEDIA_TYPE: schema}}
        for status in sorted({*always, *statuses})
    }
