"""What the signed list says of an archive: its length, digest, name, serial, and what it unpacks to.

The maker's archive is tried the way a box will unpack it, so that what no box would take is never signed.
"""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tuf.api.metadata import TargetFile

from readers.updates.errors import UpdateRefusedError
from readers.updates.release_note import ARCHIVE_BYTES_MAX, UNPACKED_BYTES_MAX, ReleaseNote, name_release
from readers.updates.unpacking import unpack_release
from readers.whole_file import sync_folder


def describe_archive(archive: Path, serial: int) -> tuple[str, TargetFile]:
    """Give a release's name and the word about it.

    Raises:
        UpdateRefusedError: the file's name is not one of a release, or a box would not unpack it.
        OSError: it cannot be read.
    """
    name = name_release(archive.name)
    if name is None:
        raise UpdateRefusedError(
            f"{archive.name}: ファイル名が正しくありません / expected a file named sekisho-edge-<version>.tar.gz"
        )
    if archive.stat().st_size > ARCHIVE_BYTES_MAX:
        raise UpdateRefusedError(f"{archive.name}: 大きすぎます / larger than {ARCHIVE_BYTES_MAX} bytes")
    with TemporaryDirectory(prefix="sekisho-release-") as folder:
        slot = Path(folder, "a")
        unpack_release(archive, slot, UNPACKED_BYTES_MAX)
        unpacked = sum(path.stat().st_size for path in slot.rglob("*") if path.is_file())
    target = TargetFile.from_file(archive.name, str(archive), ["sha256"])
    note = ReleaseNote(version=serial, name=name, unpacked_bytes=unpacked)
    target.unrecognized_fields["custom"] = note.model_dump()
    return name, target


def place_archive(source: Path, target: Path) -> None:
    """Put a copy there, whole or not at all, for everybody to read."""
    half = target.with_name(target.name + ".part")
    with source.open("rb") as read, half.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())
    half.chmod(0o644)
    half.rename(target)
    sync_folder(target.parent)
