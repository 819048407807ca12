"""How many records could not be written: a number on the disk that needs no room, told when writing works again.

An overflow must say how much was lost (docs/decisions/0003). The file is made at its full size while there is room and
later only written over.
"""

import logging
import os
import struct
from pathlib import Path

_NUMBER = struct.Struct(">Q")
_log = logging.getLogger(__name__)


class LossCount:
    """The count in ``path``; one thread uses it. A disk that refuses even this is told in the log alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ensure(self) -> None:
        """Make the file if it is not there."""
        if not self._path.exists():
            self._write(0)

    def add(self, records: int) -> None:
        """Count records that were not written."""
        self._write(self.lost + records)

    def clear(self) -> None:
        """Begin anew, once the count was recorded."""
        self._write(0)

    @property
    def lost(self) -> int:
        """The records that were not written since the count was last cleared."""
        try:
            return int(_NUMBER.unpack(self._path.read_bytes()[: _NUMBER.size])[0])
        except (OSError, struct.error):
            return 0

    def _write(self, number: int) -> None:
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, _NUMBER.pack(number), 0)
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            _log.exception("%s records could not be written, nor could their number", number)
