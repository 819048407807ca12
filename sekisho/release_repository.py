"""The maker's repository of releases: TUF metadata and archives in one folder, and who signs what.

``metadata/`` holds the four roles (The Update Framework 1.0: root names the keys, targets the releases, snapshot and
timestamp say what belongs together and that it is fresh), ``targets/`` the archives under their digests. python-tuf
says what a role holds and how it is signed; here is when each is written, and that nothing half-signed ever is.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.repository import Repository

from readers.whole_file import replace_file
from sekisho.release_archive import place_archive
from sekisho.release_keys import KeyRing
from sekisho.release_roles import ROLES, Lifetimes, empty_word

SPARE_FRACTION = 0.5
"""A word with less of its life left than this is renewed along with what is written anyway."""


class RepositoryRefusedError(Exception):
    """The repository was not changed; the text says why and what to do."""


class ReleaseRepository(Repository):
    """One folder; every change writes whole files, the timestamp last, so that readers see the old or the new state."""

    def __init__(self, folder: Path, keys: KeyRing, now: datetime, lifetimes: Lifetimes | None = None) -> None:
        """Open a repository.

        Args:
            folder: where it lies.
            keys: those that are at hand; a role that lacks some of its threshold cannot be written.
            now: from when the written roles count.
            lifetimes: how long.
        """
        self._folder, self._keys, self._now = folder, keys, now.replace(microsecond=0)
        self._lifetimes = lifetimes or Lifetimes()
        self._former: Root | None = None

    @property
    def metadata(self) -> Path:
        """Where the roles lie."""
        return self._folder / "metadata"

    @property
    def archives(self) -> Path:
        """Where the releases lie."""
        return self._folder / "targets"

    @property
    def targets_infos(self) -> dict[str, MetaFile]:
        """What the snapshot says of the targets."""
        return {"targets.json": MetaFile(self.targets().version)}

    @property
    def snapshot_info(self) -> MetaFile:
        """What the timestamp says of the snapshot."""
        return MetaFile(self.snapshot().version)

    def open(self, role: str) -> Metadata[Any]:
        """Read a role's latest word; an empty one where there is none yet.

        Raises:
            RepositoryRefusedError: what lies there is no metadata.
        """
        path = self._latest(role)
        if path is None:
            return empty_word(role)
        try:
            return Metadata.from_bytes(path.read_bytes())
        except (DeserializationError, OSError) as error:
            raise RepositoryRefusedError(f"{path}: 読めません / cannot be read: {error}") from None

    def close(self, role: str, md: Metadata[Any]) -> None:
        """Sign and write a role's next word.

        Raises:
            TooFewKeysError: fewer keys are at hand than its threshold asks for.
            OSError: it cannot be written.
        """
        md.signed.version += 1
        md.signed.expires = self._now + self._lifetimes.of(role)
        root = md.signed if isinstance(md.signed, Root) else self.root()
        judges = [root] if self._former is None or not isinstance(md.signed, Root) else [self._former, root]
        md.signatures.clear()
        for judge in judges:
            self._keys.require(judge, role)
            for signer in self._keys.of_role(judge, role):
                md.sign(signer, append=True)
        self.metadata.mkdir(parents=True, exist_ok=True)
        name = f"{role}.json" if role == Timestamp.type else f"{md.signed.version}.{role}.json"
        path = self.metadata / name
        replace_file(path, md.to_bytes())
        path.chmod(0o644)

    def begin(self, *, thresholds: Mapping[str, int]) -> None:
        """Write the first word of every role; all the ring's keys of a role are named in root.

        Raises:
            RepositoryRefusedError: there is a repository already, or a threshold is beyond the keys.
        """
        if self._latest(Root.type) is not None:
            raise RepositoryRefusedError(f"{self.metadata}: 既にあります / there is a repository already")
        with self.edit_root() as root:
            for role in ROLES:
                for signer in self._keys.named(role):
                    root.add_key(signer.public_key, role)
                root.roles[role].threshold = thresholds.get(role, 1)
        with self.edit_targets():
            pass
        self.publish()

    def publish(self) -> None:
        """Write snapshot, where the targets moved or it is getting old, and timestamp: the moment of a change.

        Raises:
            TooFewKeysError: one of them cannot be signed.
        """
        self._keys.require(self.root(), Timestamp.type)
        self.do_snapshot(force=self._is_getting_old(Snapshot.type))
        self.do_timestamp(force=True)

    def add(self, archive: Path, *, name: str, target: TargetFile) -> None:
        """Put a release in: its archive first, the word about it last.

        Raises:
            RepositoryRefusedError: its name is there, or its serial is not the highest.
            TooFewKeysError: the list cannot be signed.
            OSError: it cannot be written.
        """
        self._require_next(target, name)
        self._keys.require(self.root(), Targets.type, Snapshot.type, Timestamp.type)
        self.archives.mkdir(parents=True, exist_ok=True)
        digest = target.hashes["sha256"]
        path = self.archives / f"{digest}.{target.path}"
        place_archive(archive, path)
        with self.edit_targets() as targets:
            targets.targets[target.path] = target
        self.publish()

    def rotate(self, role: str, fresh: KeyRing) -> None:
        """Replace all keys of a role; the former root keys and, for root, the new ones sign it. Torn, do it again.

        Raises:
            TooFewKeysError: see :meth:`require_rotation`.
        """
        self.require_rotation(role)
        self._former = self.root()
        self._keys = self._keys.with_others(fresh)
        try:
            with self.edit_root() as root:
                for key_id in list(root.roles[role].keyids):
                    root.revoke_key(key_id, role)
                for signer in fresh.named(role):
                    root.add_key(signer.public_key, role)
        finally:
            self._former = None
        if role == Targets.type:
            with self.edit_targets():
                pass
        if role != Root.type:
            self.do_snapshot(force=True)
            self.do_timestamp(force=True)

    def require_rotation(self, role: str) -> None:
        """Refuse a rotation that could not be ended: root signs it, and what hangs on the role is signed anew.

        Raises:
            TooFewKeysError: too few of the former keys are at hand.
        """
        anew = () if role == Root.type else {Snapshot.type, Timestamp.type} - {role}
        self._keys.require(self.root(), Root.type, *sorted(anew))

    def _require_next(self, target: TargetFile, name: str) -> None:
        listed = self.targets().targets
        if target.path in listed:
            raise RepositoryRefusedError(f"{target.path}: 既にあります / release {name} is there already")
        highest = max((each.unrecognized_fields["custom"]["version"] for each in listed.values()), default=0)
        if target.unrecognized_fields["custom"]["version"] <= highest:
            raise RepositoryRefusedError(
                f"--version: {highest} より大きい番号にしてください / expected a serial above {highest}"
            )

    def _is_getting_old(self, role: str) -> bool:
        expires: datetime = self.open(role).signed.expires
        return expires - self._now < self._lifetimes.of(role) * SPARE_FRACTION

    def _latest(self, role: str) -> Path | None:
        if role == Timestamp.type:
            path = self.metadata / f"{role}.json"
            return path if path.exists() else None
        found = [path for path in self.metadata.glob(f"*.{role}.json") if path.name.split(".")[0].isdigit()]
        return max(found, key=lambda path: int(path.name.split(".")[0]), default=None)
