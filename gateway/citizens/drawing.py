"""How the citizens' pages are drawn: their templates, and the one style sheet and marks that they load."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException
from jinja2 import Environment
from starlette.responses import FileResponse, Response

from gateway.pages.drawing.rendering import STATIC, make_environment

OWN = Path(__file__).parent
SHEETS = (
    STATIC / "vendor" / "tokens.css",
    STATIC / "css" / "base.css",
    STATIC / "css" / "parts.css",
    OWN / "static" / "citizens.css",
)
"""In the order in which they count."""

router = APIRouter()


def make_citizens_environment() -> Environment:
    """Give the template environment of the citizens' pages."""
    environment = make_environment(OWN / "templates")
    version = hashlib.sha256(read_sheets()).hexdigest()[:12]
    environment.globals["static"] = lambda name: f"/static/{name}?v={version}"
    return environment


@cache
def read_sheets() -> bytes:
    """Give the style sheets as one."""
    return b"\n".join(path.read_bytes() for path in SHEETS)


@router.get("/static/{name}")
def get_static(name: str) -> Response:
    """Answer with the style sheet or the mark; there is nothing else."""
    if name == "citizens.css":
        return Response(read_sheets(), media_type="text/css")
    if name == "mark.svg":
        return FileResponse(STATIC / "mark.svg")
    raise HTTPException(404)
