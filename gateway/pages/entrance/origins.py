"""Which addresses the pages answer under, whose forms and cookies count, and where a form may lead: only ourselves."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.responses import RedirectResponse, Response

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Origins:
    """``hosts`` as the Host header spells them, ``origins`` as the Origin header does; ``secure`` means https."""

    secure: bool
    hosts: frozenset[str]
    origins: frozenset[str]

    def name_session(self, name: str) -> str:
        """Give the name of a session's cookie: bound to this host by ``__Host-`` wherever there is TLS."""
        return f"__Host-{name}" if self.secure else name

    def set_cookie(self, response: Response, name: str, value: str, *, age_max: timedelta) -> None:
        """Set a cookie that no script reads and that no other site's form sends."""
        response.set_cookie(
            name,
            value,
            max_age=int(age_max.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def delete_cookie(self, response: Response, name: str) -> None:
        """Take a cookie back from the browser."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


def read_origins(public_url: str) -> Origins:
    """Derive them from the public address; the names of this machine itself stand for each other."""
    parts = urlsplit(public_url)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    host = f"[{host}]" if ":" in host else host
    hosts = frozenset(f"{name}{port}" for name in (_LOOPBACK if host in _LOOPBACK else (host,)))
    return Origins(parts.scheme == "https", hosts, frozenset(f"{parts.scheme}://{name}" for name in hosts))


def safe_path(path: str) -> str:
    """Give ``path`` if it leads into these pages, else the home page: a form never sends anyone elsewhere."""
    if not path.startswith("/") or path.startswith("//") or any(ord(mark) < 33 or mark == "\\" for mark in path):
        return "/"
    return path


def see_other(path: str) -> RedirectResponse:
    """Answer a form with the page to see next; ``#`` begins the place on it, so a value in a query has it quoted."""
    return RedirectResponse(quote(safe_path(path), safe="/?&=#%:-_.~"), HTTPStatus.SEE_OTHER)
