"""What the signed list says of each release, and how its file is called."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from readers.updates.errors import UpdateRefusedError
from readers.updates.switch import Release

UNPACKED_BYTES_MAX = 2 * 1024**3
ARCHIVE_BYTES_MAX = 1024**3
_NAMED = re.compile(r"sekisho-edge-([0-9A-Za-z][0-9A-Za-z._+-]{0,63})\.tar\.gz")


class ReleaseNote(BaseModel):
    """The ``custom`` part of a target: ``version`` is the serial, ``unpacked_bytes`` the bytes of all its files."""

    model_config = ConfigDict(frozen=True, strict=True)

    version: Annotated[int, Field(ge=1, lt=2**53)]
    name: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._+-]{0,63}$")]
    unpacked_bytes: Annotated[int, Field(ge=0, le=UNPACKED_BYTES_MAX)]

    @property
    def release(self) -> Release:
        """The release as the trial knows it."""
        return Release(self.name, self.version)


def name_release(file_name: str) -> str | None:
    """Give the release's name that a target's file name carries; None when it is none of an edge's."""
    found = _NAMED.fullmatch(file_name)
    return found[1] if found else None


def read_note(file_name: str, custom: Mapping[str, Any] | None) -> ReleaseNote:
    """Read what is said of a release.

    Raises:
        UpdateRefusedError: it is not said as it should be, or of another file.
    """
    try:
        note = ReleaseNote.model_validate(custom or {})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "custom"
        raise UpdateRefusedError(
            f"{file_name}: 版の説明 {where} が不正です / what is said of it is malformed at {where}"
        ) from None
    if note.name != name_release(file_name):
        raise UpdateRefusedError(f"{file_name}: 版の名前が合いません / it is said to be release {note.name}")
    return note
