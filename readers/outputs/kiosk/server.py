"""Serves the kiosk pages over HTTP on this box's loopback address: to read only, and to nobody's page but ours."""

import logging
import socket
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from readers.outputs.kiosk.page import HEADERS, File
from readers.outputs.kiosk.screen import Screen, TooManyListenersError

BEAT_SECONDS = 2.0
REQUEST_SECONDS = 5.0
CONNECTIONS_MAX = 32
RETRY_MS = 500
EVENTS = "/events/"
_log = logging.getLogger(__name__)


class KioskServer(ThreadingHTTPServer):
    """Answers with ``files`` by path and with what ``screens`` are told, by ``/events/<point>``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: str, port: int, files: Mapping[str, File], screens: Mapping[str, Screen]) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), _Handler)
        name = f"[{address}]" if ":" in address else address
        self.hosts = {f"{name}:{port}", f"localhost:{port}"}
        self.files = files
        self.screens = screens
        self._free = threading.BoundedSemaphore(CONNECTIONS_MAX)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, unless there are too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the same)
        """Say in the log what went wrong; a browser that went away is nothing."""
        _log.debug("a kiosk page's connection ended", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Sekisho"
    sys_version = ""
    timeout = REQUEST_SECONDS
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with a file or a stream."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with a file's head."""
        self._answer(with_body=False)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what cannot be served: one line, and no more than its name."""
        del message, explain
        if code == HTTPStatus.NOT_IMPLEMENTED:
            code = HTTPStatus.METHOD_NOT_ALLOWED
        body = f"{code} {HTTPStatus(code).phrase}\n".encode()
        self._send_head(code, "text/plain; charset=utf-8", len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as the standard library has it)
        """Keep no log of requests."""

    def _answer(self, *, with_body: bool) -> None:
        server = cast("KioskServer", self.server)
        path = self.path.partition("?")[0]
        if self.headers.get("Host") not in server.hosts:
            # A name of somebody else's that leads here: a foreign page trying to read us.
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif (file := server.files.get(path)) is not None:
            self._send_head(HTTPStatus.OK, file.type, len(file.body))
            if with_body:
                self.wfile.write(file.body)
        elif with_body and (screen := server.screens.get(path.removeprefix(EVENTS))) and path.startswith(EVENTS):
            self._stream(screen)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _stream(self, screen: Screen) -> None:
        try:
            with screen.listening() as listener:
                self._send_head(HTTPStatus.OK, "text/event-stream; charset=utf-8", None)
                self.wfile.write(f"retry: {RETRY_MS}\n\n".encode())
                while True:
                    try:
                        told = listener.hear(BEAT_SECONDS)
                    except TimeoutError:
                        told = b"{}"
                    if told is None:
                        return
                    self.wfile.write(b"data: " + told + b"\n\n")
        except TooManyListenersError:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)

    def _send_head(self, code: int, type_: str, length: int | None) -> None:
        self.close_connection = True
        self.send_response(code)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", type_)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.send_header("Connection", "close")
        self.end_headers()
