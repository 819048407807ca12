"""LINE WORKS and a webhook's receiver of one's own: real sockets on loopback, faults to order, a book of what came."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt


@dataclass
class Receiver:
    """What came, and what is answered next: (status, headers), or ``None`` for a line that breaks."""

    public_key: str = ""
    port: int = 0
    tokens: list[str] = field(default_factory=list)
    good_tokens: set[str] = field(default_factory=set)
    token_answers: list[tuple[int, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]] | None] = field(default_factory=list)
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def give_token(self, form: dict[str, list[str]]) -> tuple[int, Any]:
        if self.token_answers:
            return self.token_answers.pop(0)
        claims = jwt.decode(
            form["assertion"][0],
            self.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False},
        )
        if claims["iss"] != form["client_id"][0] or claims["exp"] - claims["iat"] > 3600:
            return 400, {"error": "invalid_grant"}
        token = f"token-{len(self.tokens)}"
        self.tokens.append(token)
        self.good_tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": "86400", "scope": form["scope"][0]}


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith("/token"):
                return self._tell(*receiver.give_token(parse_qs(body.decode())))
            receiver.came.append((self.path, {name.lower(): told for name, told in self.headers.items()}, body))
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if receiver.public_key and bearer not in receiver.good_tokens:
                return self._tell(401, {"code": "UNAUTHORIZED"})
            answer = receiver.answers.pop(0) if receiver.answers else (201, {})
            if answer is None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return None
            return self._tell(answer[0], {}, answer[1])

        def _tell(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            for name, told in (headers or {}).items():
                self.send_header(name, told)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def receiver_of(public_key: str = "") -> Iterator[Receiver]:
    receiver = Receiver(public_key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
