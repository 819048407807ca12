"""Log-ons by the hundred as a process of its own, so that asking does not slow down what is asked.

``radius PORT SECRET COUNT AT_ONCE``: to FreeRADIUS, so many outstanding; ``http PORT AUTHORIZATION COUNT RATE``: to the
gateway itself, so many a second whether it answers or not. Prints JSON: seconds of each answer, and how many permitted.
"""

import hashlib
import hmac
import json
import os
import selectors
import socket
import struct
import sys
import threading
import time
from http.client import HTTPConnection

from benchmarks.situations import CITIES

PEOPLE = CITIES[0]
SOCKETS = 8
LINES = 16
PERMIT = 2
"""Access-Accept."""


def _name(number: int) -> str:
    return f"t-s{number * 7 % PEOPLE:05}"


def _station(number: int) -> str:
    return f"02-00-00-{number >> 16 & 255:02x}-{number >> 8 & 255:02x}-{number & 255:02x}"


def _packet(number: int, identifier: int, secret: bytes) -> bytes:
    attributes = b"".join(
        bytes([kind, 2 + len(value)]) + value
        for kind, value in ((1, _name(number).encode()), (31, _station(number).encode()))
    )
    head = bytes([1, identifier]) + struct.pack("!H", 20 + len(attributes) + 18) + os.urandom(16)
    unsigned = head + attributes + bytes([80, 18])
    return unsigned + hmac.new(secret, unsigned + bytes(16), hashlib.md5).digest()


class RadiusLoad:
    """A closed loop: each answer lets the next question go."""

    def __init__(self, port: int, secret: bytes, count: int) -> None:
        self._secret = secret
        self._count = count
        self._sent = 0
        self._waiting: dict[tuple[int, int], float] = {}
        self._choice = selectors.DefaultSelector()
        self._lines = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(SOCKETS)]
        self._next = [0] * SOCKETS
        self.taken: list[float] = []
        self.permitted = 0
        for number, line in enumerate(self._lines):
            line.settimeout(0)
            line.connect(("127.0.0.1", port))
            self._choice.register(line, selectors.EVENT_READ, number)

    def run(self, at_once: int) -> None:
        """Ask all; what has no answer after three seconds is lost."""
        for _ in range(at_once):
            self._send()
        while self._waiting:
            found = self._choice.select(3)
            if not found:
                return
            for key, _ in found:
                self._read(key.data)

    def _send(self) -> None:
        if self._sent >= self._count:
            return
        line = self._sent % SOCKETS
        identifier = self._next[line] = (self._next[line] + 1) % 256
        self._sent += 1
        packet = _packet(self._sent, identifier, self._secret)
        self._waiting[line, identifier] = time.perf_counter()
        self._lines[line].send(packet)

    def _read(self, line: int) -> None:
        while True:
            try:
                data = self._lines[line].recv(4096)
            except BlockingIOError:
                return
            began = self._waiting.pop((line, data[1]), None)
            if began is not None:
                self.taken.append(time.perf_counter() - began)
                self.permitted += data[0] == PERMIT
                self._send()


class HttpLoad:
    """An open loop: each question has its time, and what comes late counts as late."""

    def __init__(self, port: int, authorization: str, count: int, rate: float) -> None:
        self._port = port
        self._headers = {"Authorization": authorization, "Content-Type": "application/json"}
        self._count = count
        self._every = 1 / rate
        self._began = time.perf_counter() + 0.5
        self._lock = threading.Lock()
        self.taken: list[float] = []
        self.permitted = 0

    def run(self) -> None:
        """Ask all, by lines that take turns."""
        threads = [threading.Thread(target=self._ask, args=(first,)) for first in range(LINES)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def _ask(self, first: int) -> None:
        line = HTTPConnection("127.0.0.1", self._port, timeout=5)
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(first, self._count, LINES):
            due = self._began + number * self._every
            time.sleep(max(0.0, due - time.perf_counter()))
            told = {
                "User-Name": _name(number),
                "TLS-Client-Cert-Common-Name": _name(number),
                "EAP-Type": "TLS",
                "Calling-Station-Id": _station(number),
                "FreeRADIUS-Client-Shortname": "office-sw",
            }
            body = json.dumps({name: {"type": "string", "value": [value]} for name, value in told.items()})
            line.request("POST", "/radius/v1/decide", body, self._headers)
            said = line.getresponse().read()
            with self._lock:
                self.taken.append(time.perf_counter() - due)
                self.permitted += b'"permit"' in said
        line.close()


def main() -> None:
    """Ask, and print what came of it."""
    kind, port, who, count, much = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    load: RadiusLoad | HttpLoad
    began = time.perf_counter()
    if kind == "radius":
        load = RadiusLoad(port, who.encode(), count)
        load.run(much)
    else:
        load = HttpLoad(port, who, count, much)
        load.run()
    figures = {"taken": load.taken, "permitted": load.permitted, "seconds": time.perf_counter() - began}
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()
