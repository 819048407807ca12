"""Doors in software: each hears its lock and moves its contact, as if somebody went through whenever it is freed.

A simulated lock tells ``{"door": …, "action": "freed" | "locked"}`` to a Unix datagram socket; a simulated contact is
told ``{"active": true}`` while the door stands open.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

OPENS_AFTER_SECONDS = 0.8
STANDS_OPEN_SECONDS = 1.6


def send_input(path: Path | str, *, active: bool) -> None:
    """Move a simulated input.

    Raises:
        OSError: nobody listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(json.dumps({"active": active}).encode(), str(path))


class DoorLeaves:
    """The doors of one controller: one socket their locks tell, one contact each."""

    def __init__(self, locks: Path, contacts: Mapping[str, Path]) -> None:
        """Listen at ``locks`` and move ``contacts``, by door.

        Raises:
            OSError: the socket cannot be made.
        """
        self._contacts = contacts
        locks.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(locks))
        self._socket.settimeout(0.5)
        self._closing = threading.Event()
        self._passing: set[str] = set()
        self._thread = threading.Thread(target=self._hear, name="doors", daemon=True)
        self._thread.start()

    def push(self, door: str) -> None:
        """Go through a door that is free, or force one that is not; returns at once."""
        if door not in self._passing:
            self._passing.add(door)
            threading.Thread(target=self._swing, args=(door,), name=f"door-{door}", daemon=True).start()

    def close(self) -> None:
        """Move no door any more."""
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def _hear(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                told = json.loads(self._socket.recv(512))
                if told["action"] == "freed":
                    self.push(told["door"])

    def _swing(self, door: str) -> None:
        self._closing.wait(OPENS_AFTER_SECONDS)
        self._move(door, is_open=True)
        self._closing.wait(STANDS_OPEN_SECONDS)
        self._move(door, is_open=False)
        self._passing.discard(door)

    def _move(self, door: str, *, is_open: bool) -> None:
        with contextlib.suppress(OSError):  # the controller is just starting
            send_input(self._contacts[door], active=is_open)
