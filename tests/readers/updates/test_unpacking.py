"""Archives that no box takes, though they were signed, and the one it takes."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from readers.updates.errors import UpdateRefusedError
from readers.updates.unpacking import unpack_release
from tests.readers.updates.maker import ANY_PROGRAM, content_of, files_of, pack

GOOD = ("bin/sekisho", ANY_PROGRAM)


def add(archive: tarfile.TarFile, name: str, text: str = "x", mode: int = 0o755, **fields: object) -> None:
    member = tarfile.TarInfo(name)
    member.mode = mode
    member.size = len(text.encode())
    for field, value in fields.items():
        setattr(member, field, value)
    archive.addfile(member, io.BytesIO(text.encode()) if member.isreg() else None)


def link(name: str, to: str, kind: bytes) -> Callable[[tarfile.TarFile], None]:
    return lambda archive: add(archive, name, "", type=kind, linkname=to)


HOSTILE: dict[str, Callable[[tarfile.TarFile], None]] = {
    "absolute": lambda archive: add(archive, "/etc/evil"),
    "upwards": lambda archive: add(archive, "../evil"),
    "upwards within": lambda archive: add(archive, "lib/../../evil"),
    "link out": link("lib", "/etc", tarfile.SYMTYPE),
    "link up": link("lib", "../..", tarfile.SYMTYPE),
    "link inside": link("lib", "bin", tarfile.SYMTYPE),
    "hard link": link("copy", "bin/sekisho", tarfile.LNKTYPE),
    "device": lambda archive: add(archive, "dev", "", type=tarfile.CHRTYPE, devmajor=1, devminor=5),
    "pipe": lambda archive: add(archive, "pipe", "", type=tarfile.FIFOTYPE),
    "more than signed": lambda archive: add(archive, "big", "x" * 5000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_release_may_hold(tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        add(archive, *GOOD)
        HOSTILE[name](archive)
    (tmp_path / "box").mkdir()
    with pytest.raises(UpdateRefusedError, match="hostile"):
        unpack_release(path, tmp_path / "box" / "a", 1000)
    assert list((tmp_path / "box").iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_bomb_ends_before_it_is_large(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tar.gz"
    header = tarfile.TarInfo("zeros")
    header.size = 8 * 1024**3
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(header.tobuf())
        for _ in range(300):
            packed.write(bytes(1024 * 1024))
    with pytest.raises(UpdateRefusedError):
        unpack_release(path, tmp_path / "a", 10_000_000)
    header.type = tarfile.XHDTYPE
    header.size = 1024**3
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(header.tobuf())
        for _ in range(300):
            packed.write(bytes(1024 * 1024))
    with pytest.raises(UpdateRefusedError):
        unpack_release(path, tmp_path / "a", 10_000_000)
    assert [each.name for each in tmp_path.iterdir()] == ["bomb.tar.gz"]


def test_a_release_without_a_program(tmp_path: Path) -> None:
    for files in ({"lib/serial": "1"}, {}):
        with pytest.raises(UpdateRefusedError, match="bin/sekisho"):
            unpack_release(pack(tmp_path / "r.tar.gz", files), tmp_path / "a", 1000)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("length", [0, 10, 60, 100])
def test_half_an_archive(tmp_path: Path, length: int) -> None:
    path = pack(tmp_path / "half.tar.gz", files_of(1))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(UpdateRefusedError):
        unpack_release(path, tmp_path / "a", 100_000)
    assert not (tmp_path / "a").exists()


def test_what_was_there_goes_first(tmp_path: Path) -> None:
    slot = tmp_path / "a"
    for serial in (1, 2):
        unpack_release(pack(tmp_path / "r.tar.gz", files_of(serial) | {f"only-{serial}": ""}), slot, 100_000)
        assert content_of(slot) == files_of(serial) | {f"only-{serial}": ""}
    assert {path.name for path in tmp_path.iterdir()} == {"a", "r.tar.gz"}


def test_nobody_else_may_write_and_no_identity_is_lent(tmp_path: Path) -> None:
    path = tmp_path / "modes.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        add(archive, *GOOD)
        add(archive, "lib/loose", mode=0o6777)
    unpack_release(path, tmp_path / "a", 1000)
    assert (tmp_path / "a" / "lib" / "loose").stat().st_mode & 0o7022 == 0
