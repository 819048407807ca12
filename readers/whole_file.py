"""Files that are replaced whole, so that whoever reads them after a power cut finds the old one or the new one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER_ONLY = 0o600


class FileHeldError(Exception):
    """Another process works with the file; the text names it."""


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, readable by its owner alone; it has survived a power cut when this returns.

    Raises:
        OSError: it cannot be written; what stood there still stands.
    """
    half = path.with_name(path.name + ".part")
    half.unlink(missing_ok=True)
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the folder's names survive a power cut.

    Raises:
        OSError: the disk refused.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def hold_file(path: Path) -> Iterator[None]:
    """Keep other holders of ``path`` out; the lock is a file beside it, for the file itself is replaced.

    Raises:
        FileHeldError: another process holds it.
        OSError: the folder cannot be written.
    """
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileHeldError(
                f"{path}: 別のプログラムが使っています。終わるのを待ってください"
                " / another program works with it; wait until it has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)
