"""A key cabinet in software: it hears its locks, and a hand takes a key or hangs it back, as whoever opened it would.

Its locks tell ``{"door": …, "action": "freed" | "locked"}`` to a Unix datagram socket, the door by the cabinet's id, a
hook as ``<cabinet>-hook-<number>``. Its hooks are told ``{"position": …, "tag": …}`` and its door ``{"open": …}``; what
hangs there lies in a file beside that socket (``.hung``), which survives everybody.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

STEP_SECONDS = 0.8
"""A hand takes so long for each thing that it does."""


class KeyCabinet:
    """One cabinet: whoever opens it brings back what is gone, or else takes the first key that is free.

    Args:
        cabinet: its id.
        locks: the socket that its locks tell; it is made here.
        hooks: the socket of its hooks, which the controller makes.
        tags: the number of the tag that hangs on each hook when everything is there.

    Raises:
        OSError: the socket of the locks cannot be made.
    """

    def __init__(self, cabinet: str, locks: Path, hooks: Path, tags: Mapping[int, bytes]) -> None:
        self._cabinet, self._hooks = cabinet, hooks
        self._tags = {position: tag.hex() for position, tag in tags.items()}
        hung = hooks.with_name(f"{hooks.name}.hung")
        if not hung.exists():
            hung.write_text(json.dumps({"hooks": self._tags}))
        there = {int(position) for position in json.loads(hung.read_text())["hooks"]}
        self._gone = self._tags.keys() - there
        self._freed: set[int] = set()
        locks.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(locks))
        self._socket.settimeout(0.5)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._hear, name=f"cabinet-{cabinet}", daemon=True)
        self._thread.start()

    @property
    def gone(self) -> frozenset[int]:
        """The hooks whose key is away."""
        return frozenset(self._gone)

    def close(self) -> None:
        """Move nothing any more."""
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def _hear(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                told = json.loads(self._socket.recv(512))
                self._follow(str(told["door"]), is_free=told["action"] == "freed")

    def _follow(self, door: str, *, is_free: bool) -> None:
        if door == self._cabinet:
            if is_free:
                threading.Thread(target=self._use, name=f"hand-{door}", daemon=True).start()
            return
        position = int(door.rpartition("-")[2])
        (self._freed.add if is_free else self._freed.discard)(position)

    def _use(self) -> None:
        """Open the door, move what there is to move, and close it."""
        self._closing.wait(STEP_SECONDS)
        self._tell(open=True)
        self._closing.wait(STEP_SECONDS)
        if self._gone:
            for position in sorted(self._gone):
                self._tell(position=position, tag=self._tags[position])
            self._gone = set()
        elif taken := sorted(self._freed & self._tags.keys())[:1]:
            self._tell(position=taken[0], tag=None)
            self._gone = set(taken)
        self._closing.wait(STEP_SECONDS)
        self._tell(open=False)

    def _tell(self, **word: object) -> None:
        with (
            contextlib.suppress(OSError),  # the controller is just starting
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        ):
            sender.sendto(json.dumps(word).encode(), str(self._hooks))
