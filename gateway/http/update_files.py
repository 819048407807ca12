"""The repository of releases, read-only, for the device API: ``/v1/updates/metadata/…`` and ``/v1/updates/targets/…``.

Whoever reads them verifies them (``readers.updates.client``); that only the site's own devices are served spares the
centre strangers, no more. Names are those that a repository has, and nothing else of the folder is given.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path as Folder
from typing import Annotated

from fastapi import FastAPI, Path, Request, Response
from starlette.responses import FileResponse

Admits = Callable[[Request], Awaitable[bool]]
"""Tells whether the device that a request comes from may ask."""

_FILE = Path(pattern=r"^[0-9A-Za-z][0-9A-Za-z._+-]{0,250}$")


def serve_updates(app: FastAPI, folder: Folder, admits: Admits) -> None:
    """Add the routes to the device API.

    A file that is not there, and any file for a device that may not ask, is 404.
    """

    async def give(request: Request, part: str, name: str) -> Response:
        path = folder / part / name
        if not await admits(request) or not path.is_file():
            return Response(status_code=404)
        return FileResponse(path, media_type="application/octet-stream")

    async def metadata(request: Request, name: Annotated[str, _FILE]) -> Response:
        return await give(request, "metadata", name)

    async def target(request: Request, name: Annotated[str, _FILE]) -> Response:
        return await give(request, "targets", name)

    app.add_api_route("/v1/updates/metadata/{name}", metadata, methods=["GET"])
    app.add_api_route("/v1/updates/targets/{name}", target, methods=["GET"])
