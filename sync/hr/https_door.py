"""HR's file by HTTPS: the city's authority alone is believed, the size is bounded, an unchanged file is not fetched."""

import ssl
import time

import httpx2

from sync.hr.fetched import MARK_MAX, SECONDS_MAX, Fetched, FetchError, demand_size
from sync.hr.source_settings import HttpsSource
from sync.http_client import open_client

_STALL_SECONDS = 30.0


def fetch_by_https(source: HttpsSource, mark: str, *, deadline_seconds: float = SECONDS_MAX) -> Fetched | None:
    """Ask for the file; None when the other side says that it is still the one of ``mark`` (its ETag).

    Raises:
        FetchError: it could not be had.
    """
    deadline_mono = time.monotonic() + deadline_seconds
    headers = {"If-None-Match": mark} if mark else {}
    try:
        headers["Authorization"] = f"Bearer {source.token_file.read_text(encoding='ascii').strip()}"
        trusted = ssl.create_default_context(cafile=source.ca_file)
        with (
            open_client(_STALL_SECONDS, trusted=trusted) as client,
            client.stream("GET", source.url, headers=headers) as answer,
        ):
            if answer.status_code == httpx2.codes.NOT_MODIFIED:
                return None
            if answer.status_code != httpx2.codes.OK:
                raise FetchError(_refusal(answer.status_code))
            etag = answer.headers.get("ETag", "")
            return Fetched(_read(answer, deadline_mono), etag if len(etag) <= MARK_MAX else "")
    except (OSError, UnicodeError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        told = f"届かないか、相手を確かめられません / not reached or not trusted ({type(error).__name__})"
        raise FetchError(told) from None


def _read(answer: httpx2.Response, deadline_mono: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        demand_size(size)
        if time.monotonic() > deadline_mono:
            raise FetchError("時間がかかりすぎます / took too long")
        parts.append(part)
    return b"".join(parts)


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return f"トークンが受け付けられません / the token is not accepted (HTTP {status})"
    return f"ファイルをもらえません / the other side gave no file (HTTP {status})"
