"""Reads a file that holds a secret: never one that others than its owner may read."""

import os
import stat
from pathlib import Path

from readers.keys.port import KeyUnavailableError

FILE_BYTES_MAX = 65536
_NOT_OWNER = 0o077


def read_secret_file(path: Path) -> bytes:
    """Read the file whole; the mode that counts is that of the very file that is read.

    Raises:
        KeyUnavailableError: it cannot be read, others may read or write it, or it is no ordinary file of a sensible
            size. The text never quotes it.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            data = file.read(FILE_BYTES_MAX + 1) if stat.S_ISREG(found.st_mode) else None
    except OSError as error:
        raise KeyUnavailableError(f"{path}: 読めません / cannot be read: {error.strerror}") from None
    if data is None or len(data) > FILE_BYTES_MAX:
        raise KeyUnavailableError(
            f"{path}: 秘密を入れるファイルではありません / expected an ordinary file of at most {FILE_BYTES_MAX} bytes"
        )
    if found.st_mode & _NOT_OWNER:
        raise KeyUnavailableError(
            f"{path}: 持ち主のほかも使える権限 {stat.S_IMODE(found.st_mode):o} です。chmod 600 してください"
            f" / expected a file only its owner may read (mode 600): chmod 600 it"
        )
    return data
