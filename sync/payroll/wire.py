"""Requests to a payroll service over HTTPS: one client, bounded answers, and what is known after each failure.

The one question that matters is whether the other side may have acted. Nothing of a request or an answer is logged:
addresses carry the service's numbers of people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import httpx2

from sync.http_client import TooLongError, is_private, open_client, read_json, read_pause

ANSWER_BYTES_MAX = 2_000_000
RETRY_AFTER_SECONDS = 30.0
"""The pause when the other side asks for one without saying how long."""
RETRY_AFTER_SECONDS_MAX = 600.0
UNAUTHORIZED = 401


class NotReachedError(Exception):
    """The request never left, or nobody answered the call: the other side did nothing.

    ``pause_seconds`` is how long it asked to wait.
    """

    def __init__(self, words: str, pause_seconds: float = 0.0) -> None:
        super().__init__(words)
        self.pause_seconds = pause_seconds


class NoAnswerError(Exception):
    """The request may have arrived and its answer did not, or not whole: what the other side did is unknown."""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """An answer: the status, the JSON value (None where there is none), and the pause that was asked for."""

    status: int
    value: Any
    pause_seconds: float = RETRY_AFTER_SECONDS


class Access(Protocol):
    """What lets us in; either raises what says that there is no way in, now or at all."""

    def token(self) -> str:
        """Give a token that holds now."""

    def renew(self, refused: str) -> str:
        """Give another one than the one that was refused."""


class Wire:
    """A connection to one service, with what lets us in; use it in a ``with`` block."""

    def __init__(self, url: str, access: Access, *, timeout_seconds: float = 30.0) -> None:
        if not is_private(url):
            raise ValueError("url: https で始まる宛先にしてください / expected an https address")
        self._access = access
        self._client = open_client(timeout_seconds, url=url, headers={"Accept": "application/json"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str, query: Mapping[str, str | int]) -> WireAnswer:
        """Ask.

        Raises:
            NotReachedError: nobody was there.
            NoAnswerError: the answer did not come whole.
            PortClosedError: nothing lets us in.
        """
        return self._request("GET", path, query=query, body=None, headers={})

    def put(self, path: str, body: Mapping[str, object], key: str) -> WireAnswer:
        """Send; ``key`` names what is sent, the same at every repetition.

        Raises:
            NotReachedError: nobody was there; nothing was done.
            NoAnswerError: whether it was done is unknown.
            PortClosedError: nothing lets us in; nothing was done.
        """
        return self._request("PUT", path, query={}, body=body, headers={"Idempotency-Key": key})

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int],
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
    ) -> WireAnswer:
        token = self._access.token()
        for is_last in (False, True):
            answer = self._send(method, path, query, body, {**headers, "Authorization": f"Bearer {token}"})
            if answer.status != UNAUTHORIZED or is_last:
                break
            token = self._access.renew(token)  # whoever does not know us has done nothing
        return answer

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
    ) -> WireAnswer:
        try:
            with self._client.stream(method, path, params=dict(query), json=body, headers=dict(headers)) as answer:
                value = read_json(answer, ANSWER_BYTES_MAX)
                pause = read_pause(answer, otherwise=RETRY_AFTER_SECONDS, at_most=RETRY_AFTER_SECONDS_MAX)
                return WireAnswer(answer.status_code, value, pause)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotReachedError(type(error).__name__) from None
        except (httpx2.HTTPError, TooLongError) as error:
            raise NoAnswerError(type(error).__name__) from None
