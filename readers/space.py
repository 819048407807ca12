"""Room on the disk for the last records: a file given up when the disk is full, and a look at how full it is."""

import os
import shutil
from pathlib import Path

RESERVE_BYTES = 4 * 1024 * 1024
"""Some hundreds of taps, each of which adds two or three pages to the WAL until the next checkpoint."""

ALARM_FRACTION = 0.8
"""How full the disk may be before a person is told."""


class Reserve:
    """A file of ``size`` really allocated bytes at ``path``; giving it up frees them for the journal."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._size = size
        self.given_up = False
        """Set when the journal had to take the reserve; the disk is full and somebody must make room."""

    def ensure(self) -> bool:
        """Allocate the file if it is not there; gives whether the reserve is there now."""
        try:
            with self._path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError:
            # A half-allocated reserve would only make a full disk fuller.
            self._path.unlink(missing_ok=True)
            return False
        self.given_up = False
        return True

    def give_up(self) -> bool:
        """Free the bytes; gives whether there were any to free."""
        if not self._path.exists():
            return False
        self._path.unlink()
        self.given_up = True
        return True


def assess_fullness(directory: Path) -> float:
    """Give how full the file system of ``directory`` is, 0.0 to 1.0."""
    usage = shutil.disk_usage(directory)
    return 1 - usage.free / usage.total if usage.total else 1.0
