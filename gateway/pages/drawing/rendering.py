"""Templates to HTML: Jinja2, always escaping, and refusing a name that is not there."""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from domain.civil import JST, format_clock, format_h_mm

STATIC = Path(__file__).parents[1] / "static"

SHEETS = "sheets.css"
"""Under this name all of ``static/css`` is served as one: a page asks once, and keeps it while ``v`` is the same."""

_FIRST, _LAST = ("base", "layout", "parts"), ("print",)
"""What the other sheets build on, and what has the last word; between them the order says nothing."""


def make_environment(folder: Path | None = None) -> Environment:
    """Give the template environment of the pages, or of a folder's.

    ``draw_id`` in it is a form's id, by which the same sent twice is one.
    """
    environment = Environment(
        loader=FileSystemLoader(folder or Path(__file__).parents[1] / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    version = _static_version()
    environment.globals["static"] = lambda name: f"/static/{name}?v={version}"
    environment.globals["draw_id"] = lambda: secrets.token_hex(8)
    environment.filters["h_mm"] = format_h_mm
    environment.filters["clock"] = format_clock
    environment.filters["time"] = _time
    environment.filters["iso"] = lambda at: at.astimezone(JST).isoformat(timespec="seconds")
    return environment


def _time(at: datetime) -> str:
    return at.astimezone(JST).strftime("%H:%M:%S")


def join_sheets() -> str:
    """Give our own style sheets as one text, in the order in which they count."""
    folder = STATIC / "css"
    others = sorted(path.stem for path in folder.glob("*.css") if path.stem not in (*_FIRST, *_LAST))
    return "".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in (*_FIRST, *others, *_LAST))


class PageFiles(StaticFiles):
    """The files of the pages, and the style sheets as one."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)
        self._sheets = join_sheets()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or with the sheets put together at the start."""
        if path == SHEETS and scope["method"] in ("GET", "HEAD"):
            return Response(self._sheets, media_type="text/css")
        return await super().get_response(path, scope)


def _static_version() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
