"""A disk that remembers every write and sync, and what it may hold after the power went at any of them.

:class:`RecordingDisk` is an APSW VFS under the real journal. :func:`draw_image` cuts its log at a random operation:
what a finished sync covers is there; each 512-byte sector written since then is there or not, by chance, in any order.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Write:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    name: str
    durable: bool


@dataclass(frozen=True, slots=True)
class Acked:
    """Not the disk's: the journal's append returned, and a person heard the tone."""

    seq: int
    pruned_upto: int


Operation = Write | Truncate | Sync | Delete | Acked


class RecordingDisk(apsw.VFS):
    """Passes everything on to the real file system and logs it; may run out of room or fail to sync."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: list[Operation] = []
        self.room: int | None = None
        """Bytes that writes may still add before the disk is full; None is no limit."""
        self.room_by_deleting: tuple[Path, int] | None = None
        """A file whose disappearance gives that much room."""
        self.failing_syncs = False
        self.before_sync: Callable[[], object] = lambda: None
        """A slow disk waits here."""
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "RecordingFile":  # noqa: N802 (SQLite's name)
        return RecordingFile(self, name, flags)

    def take_room(self, size: int) -> None:
        """Count bytes against the room that is left.

        Raises:
            apsw.FullError: there is not enough.
        """
        if self.room is None:
            return
        if self.room_by_deleting and not self.room_by_deleting[0].exists():
            self.room += self.room_by_deleting[1]
            self.room_by_deleting = None
        if size > self.room:
            raise apsw.FullError("disk full")
        self.room -= size

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(name, syncdir)
        self.log.append(Delete(Path(name).name, syncdir))


class RecordingFile(apsw.VFSFile):
    def __init__(self, disk: RecordingDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = Path(name if isinstance(name, str) else name.filename()).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.take_room(max(0, offset + len(data) - self.xFileSize()))
        self._disk.log.append(Write(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.log.append(Truncate(self._name, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.before_sync()
        if self._disk.failing_syncs:
            raise apsw.IOError("sync failed")
        # Only noted: what a real disk would do with it is the image's part, and the tests need not wait for one.
        self._disk.log.append(Sync(self._name))


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    since: list[Write | Truncate] = field(default_factory=list)
    perhaps_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """What a disk may hold after the cut: file contents by name, the last acknowledged seq, the last pruned one."""

    files: dict[str, bytes]
    acked: int
    pruned_upto: int


def draw_images(log: list[Operation], count: int, rng: random.Random) -> Iterator[Image]:
    """Give ``count`` images at random cut points of ``log``, in the log's order."""
    cuts = sorted(rng.randint(0, len(log)) for _ in range(count))
    files: dict[str, _File] = {}
    acked = pruned_upto = done = 0
    for cut in cuts:
        for operation in log[done:cut]:
            match operation:
                case Acked():
                    acked, pruned_upto = operation.seq, operation.pruned_upto
                case Sync():
                    file = files.setdefault(operation.name, _File())
                    for late in file.since:
                        _apply(file.synced, late)
                    file.since.clear()
                case Delete():
                    if operation.durable:
                        files.pop(operation.name, None)
                    elif operation.name in files:
                        files[operation.name].perhaps_deleted = True
                case Write() | Truncate():
                    files.setdefault(operation.name, _File()).since.append(operation)
        done = cut
        there = {name: file for name, file in files.items() if not (file.perhaps_deleted and rng.random() < 0.5)}
        yield Image({name: _torn(file, rng) for name, file in there.items()}, acked, pruned_upto)


def _torn(file: _File, rng: random.Random) -> bytes:
    if not file.since:
        return bytes(file.synced)
    pieces: list[Write | Truncate] = []
    for late in file.since:
        pieces += _sectors(late) if isinstance(late, Write) else [late]
    kept_share = rng.choice((0.0, 0.5, 0.9, 1.0, rng.random()))
    kept = [piece for piece in pieces if rng.random() < kept_share]
    if rng.random() < 0.5:
        rng.shuffle(kept)
    content = bytearray(file.synced)
    for piece in kept:
        _apply(content, piece)
    return bytes(content)


def _sectors(write: Write) -> list[Write]:
    """Cut a write where the disk's sectors end: each of them arrives whole or not at all."""
    parts = []
    start = 0
    while start < len(write.data):
        end = min(len(write.data), start + SECTOR - (write.offset + start) % SECTOR)
        parts.append(Write(write.name, write.offset + start, write.data[start:end]))
        start = end
    return parts


def _apply(content: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    end = change.offset + len(change.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[change.offset : end] = change.data
