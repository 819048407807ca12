"""Network namespaces of our own with wires between them: a terminal, a switch, the centre, and a server in each tier.

Everything is called by one prefix with this process's number, and goes when the lab ends.
"""

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CENTRE, SWITCH, TERMINAL = "10.99.0.1", "10.99.0.2", "172.16.0.50"
ZONE_SERVER = "172.16.0.1"
"""Every tier's server answers at one address: whoever answers tells which tier the port is in."""

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class NoNamespacesError(Exception):
    """This machine makes no network namespaces for us; the text says why."""


@dataclass(frozen=True)
class Wires:
    """The namespaces by name: ``centre``, ``switch``, ``terminal``; one more for the server of each VLAN."""

    prefix: str
    vlans: tuple[int, ...]

    def name(self, place: str) -> str:
        return f"{self.prefix}-{place}"

    def command(self, place: str, *words: str) -> list[str]:
        """Give a command that runs in a namespace."""
        return ["ip", "netns", "exec", self.name(place), *words]

    def run(self, place: str, *words: str, seconds: float = 30) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(place, *words), capture_output=True, text=True, check=False, timeout=seconds)

    def thread(self, place: str, task: Callable[[], None]) -> threading.Thread:
        """Start a thread that is in a namespace: what it opens is there."""
        entered = threading.Event()
        faults: list[OSError] = []

        def inside() -> None:
            with Path(f"/run/netns/{self.name(place)}").open("rb") as namespace:
                if _libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
                    faults.append(OSError(ctypes.get_errno(), "setns"))
            entered.set()
            if not faults:
                task()

        thread = threading.Thread(target=inside, name=place, daemon=True)
        thread.start()
        entered.wait()
        if faults:
            raise faults[0]
        return thread

    def socket(self, place: str) -> socket.socket:
        """Open a UDP socket in a namespace; any thread may use it."""
        opened: list[socket.socket] = []
        self.thread(place, lambda: opened.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))).join()
        return opened[0]


@contextmanager
def laid_wires(vlans: Sequence[int]) -> Iterator[Wires]:
    """Lay them, and take them away however it ends.

    Raises:
        NoNamespacesError: namespaces cannot be made here.
    """
    wires = Wires(f"sk{os.getpid()}", tuple(vlans))
    places = ("centre", "switch", "terminal", *(f"zone{vlan}" for vlan in vlans))
    try:
        for place in places:
            _ip("netns", "add", wires.name(place))
            _ip("-n", wires.name(place), "link", "set", "lo", "up")
        _join(wires, ("centre", "mgmt0", CENTRE), ("switch", "mgmt0", SWITCH))
        _join(wires, ("terminal", "eth0", TERMINAL), ("switch", "port1", None))
        for vlan in vlans:
            bridge = f"br{vlan}"
            _ip("-n", wires.name("switch"), "link", "add", bridge, "type", "bridge")
            _ip("-n", wires.name("switch"), "link", "set", bridge, "up")
            _join(wires, (f"zone{vlan}", "eth0", ZONE_SERVER), ("switch", f"up{vlan}", None))
            _ip("-n", wires.name("switch"), "link", "set", f"up{vlan}", "master", bridge)
        yield wires
    finally:
        for place in places:
            subprocess.run(["ip", "netns", "del", wires.name(place)], capture_output=True, check=False, timeout=10)


def _join(wires: Wires, one: tuple[str, str, str | None], other: tuple[str, str, str | None]) -> None:
    """Lay one wire; each end is (place, interface, its address or None)."""
    ends = [(wires.name(place), interface, address) for place, interface, address in (one, other)]
    (here, interface, _), (there, peer, _) = ends
    _ip("link", "add", interface, "netns", here, "type", "veth", "peer", "name", peer, "netns", there)
    for namespace, name, address in ends:
        if address is not None:
            _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", name)
        _ip("-n", namespace, "link", "set", name, "up")


def _ip(*words: str) -> None:
    try:
        subprocess.run(["ip", *words], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoNamespacesError(f"ip {' '.join(words)}: {getattr(error, 'stderr', error)}") from error
