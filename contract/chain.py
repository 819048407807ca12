r"""The hash chain of a journal: each record's hash covers the one before, so a cut or a swap shows.

``hash(0) = SHA-256("sekisho journal\n<device>\n<epoch>\n")`` and ``hash(n) = SHA-256(hash(n-1) ‖ line(n))`` where
``line(n)`` is the record's exact bytes without the line break.
"""

from collections.abc import Iterable
from hashlib import sha256

from domain.ids import DeviceId


def chain_start(device: DeviceId, epoch: int) -> bytes:
    """Give hash(0) of a journal: bound to its device and epoch, so chains cannot be spliced."""
    return sha256(f"sekisho journal\n{device}\n{epoch}\n".encode()).digest()


def chain_step(previous: bytes, line: bytes) -> bytes:
    """Give the hash of the record ``line`` that follows ``previous``."""
    return sha256(previous + line).digest()


def chain_hashes(previous: bytes, lines: Iterable[bytes]) -> list[bytes]:
    """Give the hash of each line in order."""
    hashes = []
    for line in lines:
        previous = chain_step(previous, line)
        hashes.append(previous)
    return hashes
