"""The maker's signing keys: one file each, Ed25519, for its owner alone; a folder for whoever keeps it.

A file's name says its role and number (``root-2.pem``). Different keepers have different folders or sticks; a command
is told all that are plugged in.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Root

OWNER_ONLY = 0o077


class KeyFileError(Exception):
    """A key file is missing or wrong; the text names it and says what to do."""


class TooFewKeysError(Exception):
    """A role cannot be signed with the keys at hand; nothing was written."""


@dataclass(frozen=True, slots=True)
class NamedSigner:
    """A key and the role that its file is called after."""

    role: str
    signer: CryptoSigner


class KeyRing:
    """The keys at hand."""

    def __init__(self, keys: Iterable[NamedSigner]) -> None:
        self.keys = tuple(keys)

    @classmethod
    def read(cls, folders: Iterable[Path]) -> Self:
        """Read all keys of the folders.

        Raises:
            KeyFileError: a folder is none, a file is no Ed25519 key, or others than its owner may read it.
        """
        return cls(_read(path) for folder in folders for path in _list(folder))

    def named(self, role: str) -> Sequence[CryptoSigner]:
        """Give the keys that are called after a role."""
        return [each.signer for each in self.keys if each.role == role]

    def of_role(self, root: Root, role: str) -> Sequence[CryptoSigner]:
        """Give the keys that a root names for a role."""
        wanted = root.roles[role].keyids
        return [each.signer for each in self.keys if each.signer.public_key.keyid in wanted]

    def require(self, root: Root, *roles: str) -> None:
        """Refuse to begin what could not be ended.

        Raises:
            TooFewKeysError: for one of the roles fewer keys are at hand than its threshold in ``root``.
        """
        for role in roles:
            wanted = root.roles[role].threshold
            if len({signer.public_key.keyid for signer in self.of_role(root, role)}) < wanted:
                raise TooFewKeysError(
                    f"{role}: 署名に必要な鍵が足りません（{wanted} 本必要）。--keys で鍵のフォルダを指定してください"
                    f" / too few keys at hand, {wanted} of role {role} have to sign; name their folders by --keys"
                )

    def with_others(self, others: "KeyRing") -> "KeyRing":
        """Give both rings as one."""
        return KeyRing((*self.keys, *others.keys))


def make_keys(folder: Path, role: str, count: int) -> KeyRing:
    """Make new keys of a role in a folder, numbered after those that are there.

    Raises:
        OSError: they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = {path.name for path in folder.glob(f"{role}-*.pem")}
    free = (number for number in range(1, len(there) + count + 1) if f"{role}-{number}.pem" not in there)
    made = []
    for _ in range(count):
        signer = CryptoSigner.generate_ed25519()
        path = folder / f"{role}-{next(free)}.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(signer.private_bytes)
            file.flush()
            os.fsync(file.fileno())
        made.append(NamedSigner(role, signer))
    return KeyRing(made)


def _list(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        raise KeyFileError(f"--keys: {folder}: フォルダがありません / no such folder")
    return sorted(folder.glob("*-*.pem"))


def _read(path: Path) -> NamedSigner:
    mode = path.stat().st_mode & 0o777
    if mode & OWNER_ONLY:
        raise KeyFileError(f"{path}: 他人が読めます（{mode:o}）/ others may read it: chmod 600 {path}")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: Ed25519 の鍵ではありません / expected an Ed25519 key in PEM without password")
    return NamedSigner(path.stem.rpartition("-")[0], CryptoSigner(key))
