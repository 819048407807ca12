"""An input made of a Unix datagram socket: ``{"active": true}``. For scale, demonstrations and tests.

It is at rest until somebody says otherwise, and debounced like a wire: what is taken back within 30 ms did not happen.
Whoever can write to the socket can open the door it stands for, so its file is its owner's alone from the moment it
exists.
"""

import contextlib
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from readers.drivers.faults import ReaderError
from readers.drivers.simulated import clear_stale
from readers.inputs.port import Sample

DATAGRAM_BYTES_MAX = 64


class SimulatedState(BaseModel):
    """What a datagram holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    active: bool


class SimulatedSession:
    """The bound socket."""

    def __init__(self, name: str, path: str) -> None:
        """Listen at ``path``.

        Raises:
            ReaderError: another process listens there, or it is no socket.
            OSError: it cannot be made there.
        """
        self._name = name
        self._path = Path(path)
        self._active = False
        clear_stale(self._path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            os.fchmod(self._socket.fileno(), 0o600)  # Linux gives the file this mode at bind, with no moment in between
            self._socket.bind(path)
            self._inode = self._path.lstat().st_ino
        except OSError:
            self._socket.close()
            raise

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        """Wait for a datagram; see :class:`~readers.inputs.port.InputSession`."""
        self._socket.settimeout(max(0.001, within_seconds))
        try:
            payload = self._socket.recv(DATAGRAM_BYTES_MAX + 1)
        except TimeoutError:
            if not self._holds_path():
                raise ReaderError("lost", "unplugged") from None
        else:
            with contextlib.suppress(ValidationError):
                self._active = SimulatedState.model_validate_json(payload).active
        return (Sample(self._name, self._active, time.monotonic()),)

    def close(self) -> None:
        """Close the socket and take its file away, if it is still ours."""
        if self._holds_path():
            self._path.unlink(missing_ok=True)
        self._socket.close()

    def _holds_path(self) -> bool:
        with contextlib.suppress(OSError):
            return self._path.lstat().st_ino == self._inode
        return False
