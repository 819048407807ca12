"""Requests to a payroll service over HTTPS: one client, bounded answers, and what is known after each failure.

The one question that matters is whether the other side may have acted. Nothing of a request or an answer is logged:
addresses carry the service's numbers of people.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

ANSWER_BYTES_MAX = 2_000_000
RETRY_AFTER_SECONDS = 30.0
"""The pause when the other side asks for one without saying how long."""
RETRY_AFTER_SECONDS_MAX = 600.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NotReachedError(Exception):
    """The request never left, or nobody answered the call: the other side did nothing."""


class NoAnswerError(Exception):
    """The request may have arrived and its answer did not, or not whole: what the other side did is unknown."""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """An answer: the status, the JSON value (None where there is none), and the pause that was asked for."""

    status: int
    value: Any
    pause_seconds: float = RETRY_AFTER_SECONDS


class Wire:
    """A connection to one service, with its token; use it in a ``with`` block."""

    def __init__(self, url: str, token: str, *, timeout_seconds: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError(f"url: https で始まる宛先にしてください / expected an https address, got {parts.scheme!r}")
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=timeout_seconds, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str, query: Mapping[str, str | int]) -> WireAnswer:
        """Ask.

        Raises:
            NotReachedError: nobody was there.
            NoAnswerError: the answer did not come whole.
        """
        return self._request("GET", path, query=query, body=None, key=None)

    def put(self, path: str, body: Mapping[str, object], key: str) -> WireAnswer:
        """Send; ``key`` names what is sent, the same at every repetition.

        Raises:
            NotReachedError: nobody was there; nothing was done.
            NoAnswerError: whether it was done is unknown.
        """
        return self._request("PUT", path, query={}, body=body, key=key)

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int],
        body: Mapping[str, object] | None,
        key: str | None,
    ) -> WireAnswer:
        headers = {} if key is None else {"Idempotency-Key": key}
        try:
            with self._client.stream(method, path, params=dict(query), json=body, headers=headers) as answer:
                return WireAnswer(answer.status_code, _read_value(answer), _pause_seconds(answer))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotReachedError(type(error).__name__) from None
        except httpx2.HTTPError as error:
            raise NoAnswerError(type(error).__name__) from None


def _read_value(answer: httpx2.Response) -> Any:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise NoAnswerError(f"more than {ANSWER_BYTES_MAX} bytes")
        parts.append(part)
    try:
        return json.loads(b"".join(parts))
    except (ValueError, RecursionError):
        return None


def _pause_seconds(answer: httpx2.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return min(float(told), RETRY_AFTER_SECONDS_MAX) if told.isascii() and told.isdigit() else RETRY_AFTER_SECONDS
