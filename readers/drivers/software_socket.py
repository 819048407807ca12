"""The Unix datagram socket of simulated readers and inputs: its file is its owner's alone from the moment it exists."""

import contextlib
import os
import socket
import stat
from pathlib import Path

from readers.drivers.faults import ReaderError, fault_of


class SoftwareSocket:
    """One bound socket."""

    def __init__(self, path: Path) -> None:
        """Listen at ``path``, in place of a socket that a dead process left there.

        Raises:
            ReaderError: another process listens there, or it is no socket.
            OSError: it cannot be made there.
        """
        self._path = path
        _clear_stale(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            os.fchmod(self._socket.fileno(), 0o600)  # Linux gives the file this mode at bind, with no moment in between
            self._socket.bind(str(path))
            self._inode = path.lstat().st_ino
        except OSError:
            self._socket.close()
            raise

    def receive(self, bytes_max: int, within_seconds: float) -> bytes | None:
        """Give a datagram, one byte beyond ``bytes_max`` at most; None when none came in time.

        Raises:
            ReaderError: the socket's file is gone or another's.
        """
        self._socket.settimeout(max(0.001, within_seconds))
        try:
            return self._socket.recv(bytes_max + 1)
        except TimeoutError:
            if not self._holds_path():
                raise ReaderError("lost", "unplugged") from None
            return None

    def close(self) -> None:
        """Close the socket and take its file away, if it is still ours."""
        if self._holds_path():
            self._path.unlink(missing_ok=True)
        self._socket.close()

    def _holds_path(self) -> bool:
        with contextlib.suppress(OSError):
            return self._path.lstat().st_ino == self._inode
        return False


def _clear_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ReaderError("failing", "path_taken")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise fault_of(error) from error
        else:
            raise ReaderError("busy", "other_process")
