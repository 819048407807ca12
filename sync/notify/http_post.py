"""One POST over HTTPS: bounded, never redirected, and sorted by what the answer says about repeating."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from sync.http_client import TooLongError, read_json, read_pause
from sync.notify.way import Outcome, Told

ANSWER_BYTES_MAX = 100_000
PAUSE_SECONDS = 60.0
"""The pause when the other side asks for one without saying how long."""
PAUSE_SECONDS_MAX = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: ``status`` 0 where no answer came; ``value`` its JSON, None where there is none."""

    status: int
    value: Any = None
    pause_seconds: float = PAUSE_SECONDS
    fault: str = ""


def post(client: httpx2.Client, url: str, headers: Mapping[str, str], **body: Any) -> Answer:
    """Send a body (``content`` or ``data``) and read the answer; nothing is raised for a failure on the way."""
    try:
        with client.stream("POST", url, headers=dict(headers), **body) as answer:
            pause = read_pause(answer, otherwise=PAUSE_SECONDS, at_most=PAUSE_SECONDS_MAX)
            return Answer(answer.status_code, _read_value(answer), pause)
    except httpx2.HTTPError as error:
        return Answer(0, fault=type(error).__name__)


def sort_answer(answer: Answer, whose: str) -> Told:
    """Say what an answer means for a letter; ``whose`` stands in the fault."""
    fault = f"{whose} HTTP {answer.status}" if answer.status else f"{whose} {answer.fault}"
    if answer.status == 0 or answer.status in {408, 425}:
        return Told(Outcome.transient, fault)
    if 200 <= answer.status < 300:
        return Told(Outcome.sent)
    if answer.status in {429, 503}:
        return Told(Outcome.overload, fault, answer.pause_seconds)
    if answer.status >= 500:
        return Told(Outcome.transient, fault)
    if answer.status in {401, 403, 410} or answer.status < 400:
        return Told(Outcome.closed, fault)
    return Told(Outcome.poison, fault)


def _read_value(answer: httpx2.Response) -> Any:
    try:
        return read_json(answer, ANSWER_BYTES_MAX)
    except TooLongError:  # its status says enough
        return None
