"""One port of a switch: what its hardware does around hostapd, whose wired driver moves no port by itself.

hostapd speaks 802.1X and is the RADIUS client; this relays its questions to the network server, reads the VLAN of the
answer (Tunnel-Private-Group-Id, RFC 3580 §3.31), puts the port into that VLAN's bridge when hostapd says that the
terminal is in, and takes it out, with a bounce of the link, when hostapd says that it is not.
"""

import re
import select
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ACCESS_ACCEPT = 2
TUNNEL_PRIVATE_GROUP_ID = 81
HEADER = 20
"""Octets before a packet's attributes (RFC 2865 §3)."""

REPEATS = 2
"""So often a server is asked one thing."""

BOUNCE_SECONDS = 0.1
FORGETS_SECONDS = 5.2
"""hostapd keeps a terminal it has put off for five seconds, and asks for its identity again after that."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The port was put into a VLAN (None: into none) at a reading of ``time.monotonic``."""

    vlan: int | None
    at: float


@dataclass(slots=True)
class PortSwitch:
    """A port in a network namespace; ``run`` blocks, in a thread that is in that namespace.

    ``relay_port`` is where hostapd asks (loopback), ``servers`` are the network servers: one that leaves a question
    and its repetition unanswered is left for the next. ``control`` is hostapd's control socket of the port. Bridges are
    called ``br<vlan>``.
    """

    namespace: str
    port: str
    relay_port: int
    servers: list[tuple[str, int]]
    control: Path
    moves: list[Moved] = field(default_factory=list)
    asked: int = 0
    """Which of the servers is asked."""

    _vlan: int | None = None
    _open: tuple[int, int] = (-1, 0)
    """The identifier of the question that has no answer yet, and how often it was put."""

    _again: tuple[float, str] | None = None

    @property
    def vlan(self) -> int | None:
        """The VLAN that the port is in."""
        return self.moves[-1].vlan if self.moves else None

    def run(self, stop: threading.Event) -> None:
        """Relay and switch until ``stop`` is set."""
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hostapd,
        ):
            asked.bind(("127.0.0.1", self.relay_port))
            own = self.control.parent.with_name(f"{self.port}.follower")
            own.unlink(missing_ok=True)
            hostapd.bind(str(own))
            self._move(None)
            _until(self.control.exists, stop)
            hostapd.connect(str(self.control))
            hostapd.send(b"ATTACH")
            asks: tuple[str, int] | None = None
            while not stop.is_set():
                self._ask_identity(hostapd)
                for ready in select.select([asked, server, hostapd], [], [], 0.05)[0]:
                    if ready is asked:
                        data, asks = asked.recvfrom(4096)
                        server.sendto(data, self._choose(data[1]))
                    elif ready is server and asks is not None:
                        asked.sendto(self._note(server.recv(4096)), asks)
                    elif ready is hostapd:
                        self._hear(hostapd.recv(4096).decode(errors="replace"))

    def _choose(self, identifier: int) -> tuple[str, int]:
        """Give the server for a question."""
        times = self._open[1] + 1 if self._open[0] == identifier else 1
        if times > REPEATS:
            self.asked, times = (self.asked + 1) % len(self.servers), 1
        self._open = (identifier, times)
        return self.servers[self.asked]

    def _note(self, answer: bytes) -> bytes:
        self._open = (-1, 0)
        if answer[0] == ACCESS_ACCEPT:
            self._vlan = read_vlan(answer)
        return answer

    def _hear(self, told: str) -> None:
        words = re.sub(r"^<\d>", "", told).split() or [""]
        match words[0]:
            case "AP-STA-CONNECTED" | "CTRL-EVENT-EAP-SUCCESS2":
                self._move(self._vlan)
            case "CTRL-EVENT-EAP-FAILURE2":
                self._move(None)
            case "AP-STA-DISCONNECTED":
                self._move(None)
                self._bounce()
                self._again = (time.monotonic() + FORGETS_SECONDS, words[1])

    def _move(self, vlan: int | None) -> None:
        self._ip("link", "set", self.port, *(("master", f"br{vlan}") if vlan is not None else ("nomaster",)))
        if vlan != self.vlan or not self.moves:
            self.moves.append(Moved(vlan, time.monotonic()))

    def _bounce(self) -> None:
        self._ip("link", "set", self.port, "down")
        time.sleep(BOUNCE_SECONDS)
        self._ip("link", "set", self.port, "up")

    def _ask_identity(self, hostapd: socket.socket) -> None:
        if self._again is not None and time.monotonic() >= self._again[0]:
            hostapd.send(f"NEW_STA {self._again[1]}".encode())
            self._again = None

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", "-n", self.namespace, *words], check=True, timeout=10)


def read_vlan(packet: bytes) -> int | None:
    """Give the VLAN that a RADIUS packet names; None: it names none that is a number."""
    at = HEADER
    while at + 2 <= len(packet) and packet[at + 1] >= 2:
        if packet[at] == TUNNEL_PRIVATE_GROUP_ID:
            text = packet[at + 2 : at + packet[at + 1]].lstrip(b"\0")
            return int(text) if text.isdigit() else None
        at += packet[at + 1]
    return None


def _until(holds: Callable[[], bool], stop: threading.Event) -> None:
    while not holds() and not stop.wait(0.05):
        pass
