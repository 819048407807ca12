"""What the commands of an update read of ``edge.toml``, and where the releases come from.

They read ``[updates]``, ``[https]`` and ``state_dir`` alone: the program of one release must be able to read the file
of another.
"""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from readers.client_pair import ClientPair
from readers.setting_paths import BesidePath
from readers.settings import HttpsSettings
from readers.updates.errors import UpdateError
from readers.updates.settings import UpdateSettings
from readers.updates.slots import Slots

if TYPE_CHECKING:
    from readers.updates.client import UpdateClient


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    updates: UpdateSettings
    https: HttpsSettings
    state_dir: BesidePath | None = None


@dataclass(frozen=True, slots=True)
class UpdateSource:
    """One box's slots, trusted root, and where to ask."""

    slots: Slots
    root_file: Path
    https: HttpsSettings
    repository: Path | None
    state_dir: Path | None = None
    """Where a renewed certificate lies."""


def load_update_source(path: Path) -> UpdateSource:
    """Read what an update needs of ``edge.toml``.

    Raises:
        UpdateError: the file cannot be read, or a setting is missing or wrong; it is named.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        read = _Read.model_validate(data, context={"folder": path.absolute().parent})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UpdateError(f"設定ファイルを読めません: {path} / cannot read settings file {path}: {error}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise UpdateError(f"設定 {where} が正しくありません / setting {where}: {fault['msg']}") from None
    return UpdateSource(
        Slots(read.updates.folder), read.updates.root_file, read.https, read.updates.repository, read.state_dir
    )


@contextmanager
def open_repository(source: UpdateSource, folder: Path | None = None) -> "Iterator[UpdateClient]":
    """Give a client of ``folder``, else of the repository that the settings name, else of the centre; one at a time.

    Raises:
        UpdateError: there is no trusted root, or another command is at work.
        OSError: the slots' folder cannot be written, or a certificate cannot be read.
    """
    from readers.updates.client import UpdateClient
    from readers.updates.fetching import CentreFetcher, FolderFetcher

    where = folder or source.repository
    pair = ClientPair(source.https.certificate_file, source.https.key_file, source.state_dir)
    with source.slots.staging(), ExitStack() as stack:
        fetcher = FolderFetcher(where) if where else stack.enter_context(closing(CentreFetcher(source.https, pair)))
        yield UpdateClient(source.slots.folder, source.root_file, fetcher)
