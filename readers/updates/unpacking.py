"""A verified archive becomes a slot: plain files and folders alone, bounded, synced, and in place by one rename.

The signature says that the maker sent it; what is refused here would be the maker's mistake, or the thief of his keys
looking for more than the agent's own account.
"""

import gzip
import os
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import IO, cast

from readers.updates.errors import UpdateRefusedError
from readers.whole_file import sync_folder

PROGRAM = Path("bin", "sekisho")
"""What a release is started by, from its slot's folder."""

FILES_MAX = 50_000
HEADER_BYTES = 2048
"""Room for a member's headers and padding, beyond its bytes."""


def unpack_release(archive: Path, slot: Path, unpacked_bytes: int) -> None:
    """Unpack into ``slot``, whose former content goes first.

    Args:
        archive: a ``.tar.gz``, verified.
        slot: the folder that is there, whole and durable, when this returns.
        unpacked_bytes: what its files may have together; the signed list says it.

    Raises:
        UpdateRefusedError: it holds what no release may hold, more than was said, or no program; the slot is empty.
        OSError: the disk refused; the slot is empty.
    """
    half = slot.with_name(slot.name + ".part")
    for old in (slot, half):
        if old.exists():
            shutil.rmtree(old)
    half.mkdir(mode=0o700)
    try:
        _extract(archive, half, unpacked_bytes)
        _require_program(archive, half / PROGRAM)
        _sync_tree(half)
        half.rename(slot)
        sync_folder(slot.parent)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def _extract(archive: Path, folder: Path, unpacked_bytes: int) -> None:
    left = unpacked_bytes
    try:
        with gzip.open(archive, "rb") as packed, tarfile.open(fileobj=_bound(packed, left), mode="r|") as members:
            for number, member in enumerate(members):
                left -= member.size
                if number >= FILES_MAX or left < 0:
                    raise UpdateRefusedError(f"{archive.name}: 署名された大きさを超えます / larger than was signed")
                if not (member.isreg() or member.isdir()):
                    raise UpdateRefusedError(
                        f"{archive.name}: ファイルとフォルダ以外（リンク・装置）は使えません"
                        f" / a release holds plain files and folders alone, no links or devices"
                    )
                _require_inside(archive, member.name)
                members.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError) as error:
        raise UpdateRefusedError(f"{archive.name}: 展開できません / cannot be unpacked: {error}") from None


def _require_inside(archive: Path, name: str) -> None:
    """Refuse what the filter would quietly make harmless: a release that tries is no release."""
    if name.startswith("/") or ".." in Path(name).parts:
        raise UpdateRefusedError(f"{archive.name}: 外を指す名前です / a name that leads outside of the release")


def _require_program(archive: Path, program: Path) -> None:
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise UpdateRefusedError(f"{archive.name}: {PROGRAM} がありません / holds no program {PROGRAM}")


def _bound(stream: gzip.GzipFile, unpacked_bytes: int) -> IO[bytes]:
    """Give the stream with a bound; tarfile asks a stream for nothing but ``read``."""
    return cast("IO[bytes]", _Bounded(stream, unpacked_bytes))


class _Bounded:
    """The decompressed stream, which ends in a refusal when it is longer than its files can be."""

    def __init__(self, stream: gzip.GzipFile, unpacked_bytes: int) -> None:
        self._stream = stream
        self._left = unpacked_bytes + HEADER_BYTES * FILES_MAX

    def read(self, size: int = -1) -> bytes:
        """Give up to ``size`` bytes."""
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise UpdateRefusedError("展開が大きすぎます / the archive unpacks to more than was signed")
        return data


def _sync_tree(folder: Path) -> None:
    """Have every file and every name survive a power cut."""
    for where, _folders, files in os.walk(folder):
        for name in files:
            descriptor = os.open(Path(where, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(where))
