"""Which release is newest, and its archive, verified by python-tuf's client from the box's trusted root on.

Signatures, thresholds, expiry (by the box's clock), versions that only grow and the fit of all metadata to each other
are TUF's. Ours is the choice among the releases listed, and that what was verified is durable before it counts.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from readers.updates.errors import UpdateRefusedError, UpdateUnreachableError
from readers.updates.release_note import ARCHIVE_BYTES_MAX, ReleaseNote, name_release, read_note
from readers.whole_file import sync_folder


@dataclass(frozen=True, slots=True)
class Offered:
    """A release of the signed list."""

    note: ReleaseNote
    target: TargetFile


class UpdateClient:
    """One look into a repository; make a new one for the next."""

    def __init__(self, folder: Path, root_file: Path, fetcher: FetcherInterface) -> None:
        """Begin from the trusted root.

        Args:
            folder: the slots' folder, where what was verified is kept.
            root_file: ``root.json``, laid down by the installer.
            fetcher: brings the repository's files.

        Raises:
            UpdateRefusedError: there is no trusted root, or it is none.
            OSError: the folder cannot be written.
        """
        self._metadata, self._downloads = folder / "metadata", folder / "downloads"
        for each in (self._metadata, self._downloads):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            root = root_file.read_bytes()
        except OSError as error:
            raise UpdateRefusedError(
                f"root_file: 信頼の起点を読めません。導入時の root.json を置いてください"
                f" / the trusted root cannot be read; lay down the root.json of the installation: {error}"
            ) from None
        with _sorted_errors():
            self._updater = Updater(
                str(self._metadata),
                "metadata/",
                str(self._downloads),
                "targets/",
                fetcher=fetcher,
                config=UpdaterConfig(root_max_length=64 * 1024, snapshot_max_length=64 * 1024),
                bootstrap=root,
            )

    def find_newest(self) -> Offered | None:
        """Refresh what is known and give the release with the highest serial; None when there is none.

        Raises:
            UpdateUnreachableError: the repository does not answer.
            UpdateRefusedError: what it offers cannot be trusted, or is malformed.
            OSError: the disk refused.
        """
        with _sorted_errors():
            try:
                self._updater.refresh()
            finally:
                _sync_files(self._metadata)
            listed = Metadata[Targets].from_file(str(self._metadata / "targets.json")).signed.targets
            offered = [
                Offered(read_note(name, target.custom), target) for name, target in listed.items() if name_release(name)
            ]
        return max(offered, key=lambda each: each.note.version, default=None)

    def download(self, offered: Offered) -> Path:
        """Give the verified archive; one that an interrupted fetch has left is used again if it is whole.

        Raises:
            UpdateUnreachableError: the repository does not answer.
            UpdateRefusedError: the archive is not the one that was signed, or larger than any release.
            OSError: the disk refused.
        """
        if offered.target.length > ARCHIVE_BYTES_MAX:
            raise UpdateRefusedError(
                f"{offered.target.path}: 大きすぎます / larger than a release may be: {offered.target.length} bytes"
            )
        for other in self._downloads.iterdir():
            if other.name != offered.target.path:
                other.unlink()
        with _sorted_errors():
            found = self._updater.find_cached_target(offered.target)
            return Path(found or self._updater.download_target(offered.target))


@contextmanager
def _sorted_errors() -> Iterator[None]:
    """Sort python-tuf's errors into what may pass and what will not."""
    try:
        yield
    except ExpiredMetadataError as error:
        raise UpdateRefusedError(
            f"署名の期限切れです。配布元の更新と、この箱の時計を確かめてください"
            f" / the signed list has run out; look at the repository and at this box's clock: {error}"
        ) from None
    except DownloadLengthMismatchError as error:
        raise UpdateRefusedError(f"署名より大きい / larger than was signed: {error}") from None
    except DownloadHTTPError as error:
        raise UpdateUnreachableError(
            f"配布元にファイルがありません（{error.status_code}）/ the repository does not give a file: {error}"
        ) from None
    except DownloadError as error:
        raise UpdateUnreachableError(
            f"配布元に届きません。回線か媒体を確かめてください"
            f" / the repository cannot be reached; look at network or stick: {error}"
        ) from None
    except RepositoryError as error:
        raise UpdateRefusedError(f"信頼できません（{type(error).__name__}）/ not to be trusted: {error}") from None


def _sync_files(folder: Path) -> None:
    """Have what was verified survive a power cut: a repository must not be believed to be younger than it was."""
    for where, _folders, names in os.walk(folder):
        for name in names:
            with Path(where, name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(where))
