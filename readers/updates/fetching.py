"""Where a repository's files come from: a folder (a USB stick), or the centre with this box's certificate.

Neither is trusted: python-tuf verifies what it is given.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

from readers.client_pair import ClientPair
from readers.settings import HttpsSettings
from readers.transports.https import open_client

if TYPE_CHECKING:
    import httpx2

CHUNK_BYTES = 64 * 1024
_FILE = re.compile(r"(metadata|targets)/[0-9A-Za-z][0-9A-Za-z._+-]{0,250}")


class FolderFetcher(FetcherInterface):
    """Reads ``metadata/…`` and ``targets/…`` below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        if not self._folder.is_dir():
            raise DownloadError(f"{self._folder}: no such folder")
        path = self._folder / _checked(url)
        if not path.is_file():
            raise DownloadHTTPError(f"{path}: not there", 404)
        return self._read(path)

    def _read(self, path: Path) -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:  # a stick that was pulled
            raise DownloadError(f"{path}: {error}") from error


class CentreFetcher(FetcherInterface):
    """Asks the centre's device API, below ``/v1/updates/``."""

    def __init__(self, settings: HttpsSettings, pair: ClientPair | None = None) -> None:
        self._client = open_client(settings, pair)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _fetch(self, url: str) -> Iterator[bytes]:
        import httpx2

        request = self._client.build_request("GET", f"/v1/updates/{_checked(url)}")
        try:
            answer = self._client.send(request, stream=True)
        except httpx2.HTTPError as error:
            raise DownloadError(f"{type(error).__name__}: {error}") from error
        if answer.status_code != 200:
            answer.close()
            raise DownloadHTTPError(f"{url}: {answer.status_code}", answer.status_code)
        return self._read(answer)

    def _read(self, answer: "httpx2.Response") -> Iterator[bytes]:
        import httpx2

        try:
            yield from answer.iter_bytes(CHUNK_BYTES)
        except httpx2.HTTPError as error:
            raise DownloadError(f"{type(error).__name__}: {error}") from error
        finally:
            answer.close()


def _checked(url: str) -> str:
    if not _FILE.fullmatch(url):
        raise DownloadError(f"{url!r}: no name of a repository's file")
    return url
