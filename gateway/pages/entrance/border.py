"""The border around every route of the pages: the Host that is answered, the size of a body, an answer's headers."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.csv_rows import KEPT_LENGTH_MAX
from contract.fee_tables import BYTES_MAX as FEE_TABLE_BYTES_MAX
from contract.firewall_export import BYTES_MAX as FIREWALL_BYTES_MAX
from contract.hr_file import BYTES_MAX as HR_FILE_BYTES_MAX
from contract.information_file import BYTES_MAX as INFORMATION_BYTES_MAX
from contract.terminal_file import PEM_BYTES_MAX
from gateway.operations.keys.register_key import PHOTO_BYTES_MAX
from gateway.pages.entrance.origins import Origins

BODY_BYTES_MAX = 16 * 1024
"""The largest form is a sign-in."""

UPLOAD_BYTES_MAX = {
    "/plans": 5 * 1024 * 1024 + BODY_BYTES_MAX,
    "/desk/loans": 128 * 1024,  # a signature
    "/attendance/rosters": 64 * 1024,  # every day of a month of a department may be ticked
    "/bookings/import": 8 * 1024 * 1024 + BODY_BYTES_MAX,
    "/attendance/pay": 20_000_000 + BODY_BYTES_MAX,
    "/keys/new/photo": PHOTO_BYTES_MAX + BODY_BYTES_MAX,
    "/facility-file": 3 * 128 * 1024 + BODY_BYTES_MAX,  # as a form sends text
    "/fee-tables": FEE_TABLE_BYTES_MAX + BODY_BYTES_MAX,
    "/takings/payouts": 20_000_000 + BODY_BYTES_MAX,
    "/clearances/decide": 64 * 1024,  # as many as wait
    "/trainings/attendances": 128 * 1024,  # everybody may be ticked
    "/trainings/import": KEPT_LENGTH_MAX + BODY_BYTES_MAX,
    "/trainings/drills/import": KEPT_LENGTH_MAX + BODY_BYTES_MAX,
    "/trainings/drills": 64 * 1024,
    "/clearances": 64 * 1024,
    "/terminals/import": KEPT_LENGTH_MAX + BODY_BYTES_MAX,
    "/terminals/certificates": PEM_BYTES_MAX + BODY_BYTES_MAX,
    "/information-classes": 2 * INFORMATION_BYTES_MAX + BODY_BYTES_MAX,  # as a form sends text
    "/specific-links/import": FIREWALL_BYTES_MAX + BODY_BYTES_MAX,
    "/specific-links/compare": FIREWALL_BYTES_MAX + BODY_BYTES_MAX,
    "/attendance/files": HR_FILE_BYTES_MAX + BODY_BYTES_MAX,
}
"""Where files are uploaded: the path → bytes of the form with its file."""

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""No inline script or style, nothing from elsewhere, in nobody's frame."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" browsers would send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"


class Border:
    """ASGI middleware; answers itself what must not reach a route."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; the answer gets its headers either way."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), scope, self._origins)
            await send(message)

        refusal = self._refuse(Request(scope))
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refuse(self, request: Request) -> Response | None:
        if request.headers.get("host", "").lower() not in self._origins.hosts:
            known = "  ".join(sorted(self._origins.origins))
            return PlainTextResponse(f"このアドレスでは使えません / not served under this address; use {known}\n", 421)
        if request.method in ("GET", "HEAD"):
            return None
        if request.method == "DELETE" and not {"content-length", "transfer-encoding"} & set(request.headers):
            return None  # it has no body
        length = request.headers.get("content-length", "")
        if not length.isdigit():
            return PlainTextResponse("Content-Length が要ります / Content-Length expected\n", 411)
        most = UPLOAD_BYTES_MAX.get(request.url.path, BODY_BYTES_MAX)
        if int(length) > most:
            return PlainTextResponse(f"{most} バイトまで / at most {most} bytes\n", 413)
        return None


def add_headers(headers: MutableHeaders, scope: Scope, origins: Origins) -> None:
    """Put the border's headers on an answer, also on a fault's, which Starlette gives outside every middleware."""
    for name, value in HEADERS.items():
        headers[name] = value
    if origins.secure:
        headers["Strict-Transport-Security"] = HSTS
    is_static = scope["path"].startswith("/static/")
    if not is_static:
        headers.setdefault("Cache-Control", "no-store")
    elif b"v=" in scope.get("query_string", b""):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers["Cache-Control"] = "no-cache"
