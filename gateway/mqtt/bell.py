"""A bell that other threads ring for the thread that waits at the broker's socket: it can be waited for beside it."""

import socket
from contextlib import suppress


class Bell:
    """Rung from any thread, waited for by one; rings that come before it is heard are one."""

    def __init__(self) -> None:
        self._heard, self._rung = socket.socketpair()
        for end in (self._heard, self._rung):
            end.settimeout(0)

    def ring(self) -> None:
        """Wake whoever waits; a full buffer rings already, and after the end nobody waits."""
        with suppress(OSError):
            self._rung.send(b"\0")

    def fileno(self) -> int:
        """Give the descriptor that becomes readable (``select``)."""
        return self._heard.fileno()

    def quieten(self) -> bool:
        """Take every ring back; tells whether there was one."""
        rung = False
        with suppress(BlockingIOError):
            while self._heard.recv(4096):
                rung = True
        return rung

    def close(self) -> None:
        """Give the descriptors back."""
        self._heard.close()
        self._rung.close()
