"""A maker of releases: his keys, his repository, archives that are tiny and whole, and what a thief could offer."""

import io
import shutil
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tuf.api.metadata import Metadata, Timestamp

from readers.updates.client import UpdateClient
from readers.updates.fetching import FolderFetcher
from readers.updates.slots import Slots
from readers.updates.staging import stage
from readers.updates.switch import Switch
from sekisho.release_archive import describe_archive
from sekisho.release_keys import KeyRing, make_keys
from sekisho.release_repository import ReleaseRepository
from sekisho.release_roles import ROLES, Lifetimes

ANY_PROGRAM = "#!/bin/sh\nexit 0\n"


def now() -> datetime:
    return datetime.now(UTC)


def pack(path: Path, files: Mapping[str, str]) -> Path:
    """Write an archive of executable files."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text.encode()), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def files_of(serial: int) -> dict[str, str]:
    """What a release of that serial holds."""
    return {"bin/sekisho": ANY_PROGRAM, "lib/serial": str(serial), "lib/deep/er": "x" * 3000}


def content_of(slot: Path) -> dict[str, str]:
    """What lies in a slot."""
    return {str(path.relative_to(slot)): path.read_text() for path in slot.rglob("*") if path.is_file()}


class Maker:
    """Two of three root keys sign; one key for each of the others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        ring = KeyRing(())
        for role in ROLES:
            ring = ring.with_others(make_keys(folder / "keys", role, 3 if role == "root" else 1))
        self.keys = ring
        self.open().begin(thresholds={"root": 2})
        self.root_file = folder / "root.json"
        shutil.copyfile(self.repository / "metadata" / "1.root.json", self.root_file)

    def open(
        self, keys: KeyRing | None = None, *, at: datetime | None = None, days: Mapping[str, float] | None = None
    ) -> ReleaseRepository:
        lifetimes = Lifetimes({"root": 365, "targets": 90, "snapshot": 14, "timestamp": 2, **(days or {})})
        return ReleaseRepository(self.repository, keys or self.keys, at or now(), lifetimes)

    def publish(self, serial: int, files: Mapping[str, str] | None = None) -> None:
        archive = pack(self.folder / f"sekisho-edge-0.{serial}.tar.gz", files or files_of(serial))
        name, target = describe_archive(archive, serial)
        self.open().add(archive, name=name, target=target)

    def copy(self, name: str) -> Path:
        """Keep the repository as it is now."""
        kept = self.folder / name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.repository, kept)
        return kept

    def expired(self) -> Path:
        """The maker's latest word, that he has not renewed in time."""
        kept = self.copy("before")
        self.open(at=now() - timedelta(days=10)).publish()
        out = self.copy("expired")
        shutil.rmtree(self.repository)
        shutil.copytree(kept, self.repository)
        return out

    def fast_forwarded(self) -> Path:
        """A stranger's timestamp of the highest version, put beside the maker's metadata."""
        out = self.copy("forward")
        path = out / "metadata" / "timestamp.json"
        word: Metadata[Timestamp] = Metadata.from_bytes(path.read_bytes())
        word.signed.version = 2**31
        word.sign(make_keys(self.folder / "thief", "timestamp", 1).keys[0].signer)
        path.write_bytes(word.to_bytes())
        return out

    def mixed(self) -> Path:
        """The newest snapshot's file replaced by an older one: two truths in one repository."""
        out = self.copy("mixed")
        found = sorted((out / "metadata").glob("*.snapshot.json"), key=lambda path: int(path.name.split(".")[0]))
        shutil.copyfile(found[0], found[-1])
        return out

    def forged(self) -> Path:
        """The same repository, in which a stranger has signed the targets."""
        out = self.copy("forged")
        found = max((out / "metadata").glob("*.targets.json"), key=lambda path: int(path.name.split(".")[0]))
        word = Metadata.from_bytes(found.read_bytes())
        word.sign(make_keys(self.folder / "thief", "targets", 1).keys[0].signer)
        found.write_bytes(word.to_bytes())
        return out


def client_of(maker: Maker, slots: Slots, repository: Path | None = None) -> UpdateClient:
    slots.ensure()
    return UpdateClient(slots.folder, maker.root_file, FolderFetcher(repository or maker.repository))


def fetch(maker: Maker, slots: Slots, repository: Path | None = None) -> Switch:
    """Fetch the newest into the free slot."""
    client = client_of(maker, slots, repository)
    newest = client.find_newest()
    assert newest is not None
    return stage(slots, client, newest, now)
