"""A lock that writes down each of its moves, for demonstrations, tests and benchmarks.

``path`` is a file, which gets a line a move, or where it ends in ``.sock`` a Unix datagram socket of somebody else's,
which gets a datagram a move: ``{"mono": 1234.5, "door": "main", "action": "freed"}``, or ``"locked"``. The kernel's
monotonic clock is one for all processes, so whoever reads it can tell how long a pulse was.
"""

import json
import socket
import time
from pathlib import Path

from readers.outputs.locks.relay import RelayError

_DATAGRAM_SECONDS = 0.5


class SimulatedLock:
    """A :class:`~readers.outputs.locks.relay.Relay` of paper."""

    looks = False

    def __init__(self, door: str, path: str) -> None:
        self.line = f"simulated {path}"
        self._door = door
        self._path = Path(path)

    def free(self, seconds: float | None) -> None:
        """Write that it is free; it has no timer of its own."""
        del seconds
        self._write("freed")

    def lock(self) -> None:
        """Write that it is locked."""
        self._write("locked")

    def look(self) -> bool | None:
        """Tell nothing: paper cannot be read back."""
        return None

    def close(self) -> None:
        """Do nothing: nothing is kept open."""

    def _write(self, action: str) -> None:
        line = json.dumps({"mono": time.monotonic(), "door": self._door, "action": action}).encode() + b"\n"
        try:
            if self._path.suffix == ".sock":
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                    sender.settimeout(_DATAGRAM_SECONDS)
                    sender.sendto(line, str(self._path))
            else:
                with self._path.open("ab", buffering=0) as file:
                    file.write(line)
        except OSError:
            raise RelayError("lock_unreachable") from None
