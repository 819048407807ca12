"""Templates to HTML: Jinja2, always escaping, and refusing a name that is not there."""

import hashlib
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from domain.civil import JST, format_clock, format_h_mm

STATIC = Path(__file__).parent / "static"


def make_environment() -> Environment:
    """Give the template environment of the pages."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    version = _static_version()
    environment.globals["static"] = lambda name: f"/static/{name}?v={version}"
    environment.filters["h_mm"] = format_h_mm
    environment.filters["clock"] = format_clock
    environment.filters["time"] = _time
    environment.filters["iso"] = lambda at: at.astimezone(JST).isoformat(timespec="seconds")
    return environment


def _time(at: datetime) -> str:
    return at.astimezone(JST).strftime("%H:%M:%S")


def _static_version() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
