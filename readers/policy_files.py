"""The files of a box's policy: each is an offer that the centre signed and the packed bytes which that names.

The offer stands on the first line as it was signed; the packed bytes follow, unless they are inside it. So a file says
by itself what it is and whether it is whole: the signature vouches for the digest, the digest for every byte, and no
byte is unpacked before it was checked. Kept packed, 100,000 cards are some 5 MB of a slow card to write and to read.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from contract.policy import PART_BYTES, PolicyOffer

LINE_BYTES_MAX = 4 * 1024 * 1024
"""The longest line of a policy: a schedule of some ten thousand windows."""

_OFFER_BYTES_MAX = 256 * 1024
_BLOCK = 64 * 1024
_OWNER_ONLY = 0o600

CheckOffer = Callable[[bytes], PolicyOffer]
"""Reads an offer and raises PolicyRefusedError unless the centre signed it for this device."""


class PolicyRefusedError(Exception):
    """A pointer, an offer or a policy that must not take the place of what is held; the text says why."""


def name_file(offer: PolicyOffer) -> str:
    """Give the name under which an offer and its bytes are kept."""
    return name_change(offer.from_version, offer.policy_version)


def name_change(from_version: int, policy_version: int) -> str:
    """Give the name of the file that leads from one version (0: none) to another."""
    if from_version == 0:
        return f"policy-{policy_version}.offer"
    return f"change-{from_version}-{policy_version}.offer"


def forget_others(folder: Path, versions: Sequence[int]) -> None:
    """Remove the files that are none of those that lead through these versions, the first of them whole.

    What the disk does not let go is harmless and goes the next time.
    """
    kept = {name_change(begins, leads) for begins, leads in pairwise((0, *versions))}
    with suppress(OSError):
        for file in folder.glob("*.offer"):
            if file.name not in kept:
                file.unlink(missing_ok=True)


class HalfFile:
    """An offer's file while its parts come, in any order; it gets its name once it is whole."""

    def __init__(self, path: Path, offer: PolicyOffer) -> None:
        """Begin the file anew.

        Raises:
            OSError: it cannot be written.
        """
        path.unlink(missing_ok=True)
        self.path = path
        self.offer = offer
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _OWNER_ONLY)
        self._file = os.fdopen(descriptor, "r+b")
        line = offer.encoded() + b"\n"
        self._begins = len(line)
        self._file.write(line)

    def store(self, number: int, data: bytes) -> None:
        """Write a part of the packed bytes.

        Raises:
            OSError: it cannot be written.
        """
        self._file.seek(self._begins + number * PART_BYTES)
        self._file.write(data)

    def seal(self) -> None:
        """Have it on the disk as far as it came; nothing more is written.

        Raises:
            OSError: it cannot be written.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def drop(self) -> None:
        """Give it up; does nothing once it was renamed."""
        with suppress(OSError):  # what a full disk would not take before it does not take now either
            self._file.close()
        self.path.unlink(missing_ok=True)


def read_file(path: Path, check: CheckOffer) -> tuple[PolicyOffer, Iterator[bytes]]:
    """Give a file's offer and the lines that it unpacks to.

    Raises:
        PolicyRefusedError: it is missing, or not what the centre signed; also while the lines are read.
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            offer = check(file.readline(_OFFER_BYTES_MAX))
            begins = file.tell()
            digest, size = sha256(), 0
            for block in _blocks_of(path, offer, begins):
                digest.update(block)
                size += len(block)
    except FileNotFoundError:
        raise PolicyRefusedError(f"{path.name} is missing") from None
    if size != offer.size or digest.hexdigest() != offer.digest:
        raise PolicyRefusedError(f"{path.name} does not hash to what its offer signs")
    return offer, unpack_lines(_blocks_of(path, offer, begins), offer.unpacked_size)


def _blocks_of(path: Path, offer: PolicyOffer, begins: int) -> Iterator[bytes]:
    try:
        inside = offer.inside_bytes()
    except ValueError:
        raise PolicyRefusedError("what is inside the offer is not base64") from None
    if inside is not None:
        yield inside
        return
    with path.open("rb") as file:
        file.seek(begins)
        while block := file.read(_BLOCK):
            yield block


def unpack_lines(blocks: Iterable[bytes], unpacked_size: int) -> Iterator[bytes]:
    """Unpack zlib's blocks and give the lines, holding no more than a line and a block.

    Raises:
        PolicyRefusedError: they are not packed, end early, or unpack to another size than was signed; a line beyond
            LINE_BYTES_MAX.
    """
    size, rest = 0, b""
    for piece in _unpack(blocks):
        size += len(piece)
        if size > unpacked_size:
            raise PolicyRefusedError(f"it unpacks to more than the {unpacked_size} bytes that were signed")
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > LINE_BYTES_MAX:
            raise PolicyRefusedError(f"a line of more than {LINE_BYTES_MAX} bytes")
    if size != unpacked_size:
        raise PolicyRefusedError(f"it unpacks to {size} bytes, not the {unpacked_size} that were signed")
    if rest:
        yield rest


def _unpack(blocks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    try:
        for block in blocks:
            packed = block
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, _BLOCK)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise PolicyRefusedError(f"it is not packed as it should be: {error}") from None
    if not unpacker.eof:
        raise PolicyRefusedError("its packed bytes end early")
