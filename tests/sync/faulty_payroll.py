"""A payroll service of one's own with faults to order: real sockets on loopback, and a book of what it did."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-the-test"
SHOWN = {
    "work_days": "work_days",
    "total_work_mins": "total_work_mins",
    "total_normal_work_mins": "total_normal_work_mins",
    "total_excess_statutory_work_mins": "total_excess_statutory_work_mins",
    "total_overtime_work_mins": "total_overtime_except_normal_work_mins",
    "total_holiday_work_mins": "total_holiday_work_mins",
    "total_latenight_work_mins": "total_latenight_work_mins",
    "num_absences": "num_absences",
    "num_paid_holidays": "num_paid_holidays",
}
"""What an answer shows of what was written, under its own names."""

FAULTS = (
    "close_before",
    "close_after",
    "stall_before",
    "stall_after",
    "busy",
    "fail_before",
    "fail_after",
    "cut",
    "bare",
)
QUICK_FAULTS = tuple(fault for fault in FAULTS if not fault.startswith("stall"))
CODE, SECRET = "a-code-that-was-shown", "a-secret-of-the-test"
LIFE_SECONDS = 21_600


class Held:
    """A way in that never changes."""

    def __init__(self, token: str = TOKEN) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self, refused: str) -> str:
        return self._token


@dataclass
class PayrollService:
    """What it holds, what it did, and the faults still to come, one a request; ``grants`` are pairs it gave."""

    port: int = 0
    employees: dict[str, int] = field(default_factory=dict)
    summaries: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: list[tuple[str, str]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    token: str = TOKEN
    refresh: str = ""
    code: str = CODE
    secret: str = SECRET
    grants: int = 0
    grant_faults: list[str] = field(default_factory=list)
    grant_requests: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any, key: str) -> tuple[int, Any]:
        if path.endswith("/employees"):
            offset, limit = int(query["offset"][0]), int(query["limit"][0])
            listed = [{"id": employee_id, "num": number} for number, employee_id in self.employees.items()]
            return 200, listed[offset : offset + limit]
        if method == "PUT":
            if any(not isinstance(value, int | float) or value < 0 for value in body.values()):
                return 400, {"errors": ["negative"]}
            self.summaries[path] = body
            self.written.append((path, key))
        held = self.summaries.get(path, {})
        return 200, {shown: held.get(name, 0) for name, shown in SHOWN.items()}

    def grant(self, form: dict[str, str]) -> tuple[int, Any]:
        """A code and a refresh token are good once; the token before stops to be one."""
        if (form["client_id"], form["client_secret"]) != ("app", self.secret):
            return 401, {"error": "invalid_client"}
        given, wanted = {
            "authorization_code": (form.get("code"), self.code),
            "refresh_token": (form.get("refresh_token"), self.refresh),
        }[form["grant_type"]]
        if not wanted or given != wanted:
            return 401, {"error": "invalid_grant", "error_description": f"{given} is used up"}
        self.grants += 1
        self.code = ""
        self.token, self.refresh = f"access-{self.grants}", f"refresh-{self.grants}"
        return 200, {
            "access_token": self.token,
            "refresh_token": self.refresh,
            "token_type": "bearer",
            "expires_in": LIFE_SECONDS,
            "company_id": "1",
        }


class _Handler(BaseHTTPRequestHandler):
    service: PayrollService
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.service.grant_requests.append(form["grant_type"])
        fault = self.service.grant_faults.pop(0) if self.service.grant_faults else ""
        self._answer(fault, lambda: self.service.grant(form))

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        self.service.requests.append((method, parts.path))
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        if self.headers.get("Authorization") != f"Bearer {self.service.token}":
            return self._tell(401, {"message": "expired"})
        fault = self.service.faults.pop(0) if self.service.faults else ""
        query, key = parse_qs(parts.query), self.headers.get("Idempotency-Key", "")
        return self._answer(fault, lambda: self.service.answer(method, parts.path, query, body, key))

    def _answer(self, fault: str, act: Callable[[], tuple[int, Any]]) -> None:
        if fault in {"close_before", "stall_before"}:
            return self._vanish(fault)
        if fault == "busy":
            return self._tell(429, {}, ("Retry-After", "7"))
        if fault == "fail_before":
            return self._tell(500, {})
        if fault == "forbidden":
            return self._tell(403, {"error": "access_denied"})
        status, value = act()
        if fault in {"close_after", "stall_after"}:
            return self._vanish(fault)
        if fault == "fail_after":
            return self._tell(503, {})
        if fault == "bare":
            return self._tell(200, {"year": 2025})
        return self._tell(status, value, cut=fault == "cut")

    def _vanish(self, fault: str) -> None:
        if fault.startswith("stall"):
            self.service.release.wait(10)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _tell(self, status: int, value: Any, *headers: tuple[str, str], cut: bool = False) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, told in headers:
            self.send_header(name, told)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = cut

    def log_message(self, *_: object) -> None:
        pass


def freee_settings(service: PayrollService, folder: Path) -> dict[str, object]:
    """The table ``[freee]`` that leads to the service; its secret lies in the folder."""
    secret = folder / "freee.secret"
    secret.write_text(f"{SECRET}\n")
    secret.chmod(0o600)
    return {
        "company_id": 1,
        "client_id": "app",
        "client_secret_file": str(secret),
        "url": service.url,
        "auth_url": f"{service.url}/public_api",
        "timeout_seconds": 5,
    }


@contextmanager
def payroll_service() -> Iterator[PayrollService]:
    service = PayrollService()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    server.daemon_threads = True
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
