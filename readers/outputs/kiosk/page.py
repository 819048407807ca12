"""The files a kiosk's browser is given: one page an access point, one style, one script, one mark."""

from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from readers.outputs.kiosk.words import PAGE
from readers.outputs.settings import KioskPointSettings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""What every answer carries: nothing from elsewhere, nothing inline, nothing kept."""

_HERE = files(__package__)


@dataclass(frozen=True, slots=True)
class File:
    """A body and its type."""

    body: bytes
    type: str


def load_files() -> dict[str, File]:
    """Give what lies beside this module, by path."""
    types = {"kiosk.css": "text/css", "kiosk.js": "text/javascript", "mark.svg": "image/svg+xml"}
    return {f"/{name}": File((_HERE / name).read_bytes(), f"{type_}; charset=utf-8") for name, type_ in types.items()}


def render_page(point: str, settings: KioskPointSettings) -> File:
    """Give an access point's page."""
    texts = {
        f"{name}_{language}": escape(getattr(said, language))
        for name, said in PAGE.items()
        for language in ("ja", "en")
    }
    page = Template((_HERE / "page.html").read_text(encoding="utf-8")).substitute(
        texts,
        point=escape(point),
        name_ja=escape(settings.name),
        name_en=escape(settings.name_en),
        holding="" if settings.hold else " hidden",
    )
    return File(page.encode(), "text/html; charset=utf-8")
