"""Who may ask: a folder with one file for each, its name the user and its one line the password (HTTP Basic)."""

from base64 import b64decode
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from domain.ids import is_id
from gateway.settings import OWNER_ONLY, SettingsError


class Credentials:
    """Users and what their passwords hash to; may be asked from any thread."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = {name: _digest(name, password) for name, password in known.items()}

    def find(self, authorization: str) -> str | None:
        """Give the user of an ``Authorization`` header; None unless name and password are right.

        Every password is compared whole with each that is known, so that time says nothing.
        """
        scheme, _, told = authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = b64decode(told.strip(), validate=True).decode().partition(":")
        except ValueError:  # no base64, no ASCII, or no text within it
            return None
        asked = _digest(name, password)
        right = [known for known, digest in self._known.items() if compare_digest(digest, asked)]
        return right[0] if right else None


def read_credentials(folder: Path) -> Credentials:
    """Read a folder of credentials.

    Raises:
        SettingsError: it is none, somebody else may read a file of it, or a file is empty or has no name of a user.
    """
    if not folder.is_dir():
        raise SettingsError(f"{folder}: 資格情報のフォルダーがありません / expected a folder of credentials")
    known: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if not is_id(path.name):
            raise SettingsError(f"{path}: ファイル名が利用者名になりません / expected a user's name as the file's name")
        if (mode := path.stat().st_mode & 0o777) & OWNER_ONLY:
            raise SettingsError(f"{path}: 他人が読めます (mode {mode:o}) / expected mode 600: chmod 600 it")
        if not (password := path.read_text(encoding="utf-8").strip()):
            raise SettingsError(f"{path}: パスワードが空です / expected a password in one line")
        known[path.name] = password
    return Credentials(known)


def _digest(name: str, password: str) -> bytes:
    return sha256(f"{name}:{password}".encode()).digest()
