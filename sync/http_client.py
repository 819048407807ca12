"""The connector's one way to speak HTTP: no proxy, no redirect, no address in a log, and bounded answers."""

import json
import logging
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The hosts that are this machine itself."""

_PAUSE_HEADERS = ("Retry-After", "RateLimit-Reset")


class TooLongError(Exception):
    """An answer has more bytes than anybody needs."""


def is_private(url: str) -> bool:
    """Tell whether nobody on the way can read what goes to an address: https, or this machine itself."""
    parts = urlsplit(url)
    return (parts.scheme == "https" and bool(parts.hostname)) or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def open_client(
    timeout_seconds: float,
    *,
    url: str = "",
    headers: Mapping[str, str] | None = None,
    trusted: ssl.SSLContext | bool = True,
) -> httpx2.Client:
    """Give a client; ``url`` is what later paths count from, ``trusted`` whose certificates are believed."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log addresses, which may name people
    return httpx2.Client(
        base_url=url,
        headers=dict(headers or {}),
        timeout=timeout_seconds,
        verify=trusted,
        trust_env=False,
        follow_redirects=False,
    )


def read_json(answer: httpx2.Response, bytes_max: int) -> Any:
    """Read an answer's JSON value; None where it is none.

    Raises:
        TooLongError: it has more than ``bytes_max`` bytes.
    """
    data = bytearray()
    for part in answer.iter_bytes():
        data += part
        if len(data) > bytes_max:
            raise TooLongError(f"more than {bytes_max} bytes")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def read_pause(answer: httpx2.Response, *, otherwise: float, at_most: float) -> float:
    """Give the seconds that an answer asks to wait, ``otherwise`` where it does not say how many."""
    for name in _PAUSE_HEADERS:
        told = answer.headers.get(name, "")
        if told.isascii() and told.isdigit():
            return min(float(told[:9]), at_most)
    return otherwise
