"""Paths in a settings file: they count from the folder the file lies in, and secrets must be their owner's alone."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

OWNER_ONLY = 0o077
"""The mode bits that a secret file must not have."""


ELSEWHERE = "elsewhere"
"""Set in the validation's context where settings of another machine are checked: its files are not here."""


def _is_elsewhere(info: ValidationInfo) -> bool:
    return bool((info.context or {}).get(ELSEWHERE))


def _beside_settings(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    return Path(folder, path)


def _existing(path: Path, info: ValidationInfo) -> Path:
    if _is_elsewhere(info):
        return path
    if not path.is_file():
        raise ValueError(f"expected a readable file; there is none at {path}")
    return path


def _owner_only(path: Path, info: ValidationInfo) -> Path:
    if _is_elsewhere(info):
        return path
    mode = path.stat().st_mode & 0o777
    if mode & OWNER_ONLY:
        raise ValueError(f"expected a file only its owner may read (mode 600), {path} has mode {mode:o}: chmod 600 it")
    return path


BesidePath = Annotated[Path, AfterValidator(_beside_settings)]
ExistingFile = Annotated[BesidePath, AfterValidator(_existing)]
SecretFile = Annotated[ExistingFile, AfterValidator(_owner_only)]
